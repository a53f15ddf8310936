import { deepEqual, equal, match, notEqual, rejects } from "node:assert/strict";
import { lchownSync } from "node:fs";
import { findCompiler } from "../../../lib/compile/c/compiler.ts";
import { whyNoC } from "../../../lib/compile/c/mod.ts";
import { assertUsable, openCache } from "../../../lib/compile/c/object_cache.ts";
import { compilerTest } from "../../some_compiler.ts";

const folder = await Deno.makeTempDir();
const source = "int run(void) { return 7; }";
const library = { kind: "library", objects: [] } as const;

globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

Deno.test("a folder of compiled files is made for its owner alone", async () => {
  const made = `${folder}/a/b`;
  await openCache(made);
  equal((await Deno.stat(made)).mode! & 0o777, 0o700);
  deepEqual([...Deno.readDirSync(made)], []);
});

Deno.test("a folder that others may enter, or a link to one, is refused", async () => {
  const open = `${folder}/open`;
  await Deno.mkdir(open, { mode: 0o755 });
  await Deno.chmod(open, 0o755);
  await rejects(openCache(open), /others may enter .*open \(mode 755\); chmod 700 mends it/);
  await Deno.chmod(open, 0o700);
  await Deno.symlink(open, `${folder}/link`);
  await rejects(openCache(`${folder}/link`), /link is no folder/);
});

Deno.test("a folder of another user is refused", { ignore: Deno.uid() !== 0 }, async () => {
  const theirs = `${folder}/theirs`;
  await Deno.mkdir(theirs, { mode: 0o700 });
  await Deno.chown(theirs, 12345, null);
  await rejects(openCache(theirs), /theirs belongs to another user/);
});

Deno.test("a folder that others could exchange is refused, wherever on the way to it", async () => {
  const open = `${folder}/all`;
  await Deno.mkdir(open);
  await Deno.chmod(open, 0o777);
  const reason = /others may write to .*all \(mode 777\); chmod go-w mends it/;
  await rejects(openCache(`${open}/mine`), reason);
  await rejects(assertUsable(`${open}/mine`), reason);
  await Deno.symlink(open, `${folder}/elsewhere`);
  await rejects(openCache(`${folder}/elsewhere/mine`), reason);
  // Where nobody may move what is another's, as in /tmp.
  await Deno.chmod(open, 0o1777);
  await openCache(`${open}/mine`);
  await Deno.chmod(open, 0o775);
  await Deno.chown(open, null, 12345).catch(() => {});
  const { gid } = await Deno.stat(open);
  if (gid === 12345) await rejects(openCache(`${open}/mine`), /others may write to .*mode 775/);
});

Deno.test("so is one below a folder or a link of another user", {
  ignore: Deno.uid() !== 0,
}, async () => {
  const theirs = `${folder}/lent`;
  await Deno.mkdir(theirs);
  await Deno.chown(theirs, 12345, null);
  await rejects(openCache(`${theirs}/mine`), /lent belongs to another user/);
  await Deno.mkdir(`${folder}/own`);
  await Deno.symlink(`${folder}/own`, `${folder}/lent-link`);
  lchownSync(`${folder}/lent-link`, 12345, 0);
  await rejects(openCache(`${folder}/lent-link/mine`), /lent-link belongs to another user/);
});

Deno.test("without the permissions to read and write the reason names them", {
  permissions: { read: true, write: false },
}, async () => {
  await rejects(openCache(`${folder}/none`), /no permission to write .*none, which --allow-write/);
});

compilerTest("a text is compiled once, and again for other arguments", async () => {
  const cache = await openCache(`${folder}/once`);
  const compiler = await findCompiler();
  // Side by side, as workers that share nothing else.
  const counted = `${folder}/counted`;
  await Deno.writeTextFile(
    counted,
    `#!/bin/sh\necho >> ${counted}.log\nexec ${compiler.command} "$@"\n`,
  );
  await Deno.chmod(counted, 0o755);
  const caches = await Promise.all([1, 2, 3].map(() => openCache(`${folder}/counts`)));
  const [first, ...others] = await Promise.all(
    caches.map((own) => own.get({ ...compiler, command: counted }, source, library)),
  );
  deepEqual(others, [first, first]);
  equal(await Deno.readTextFile(`${counted}.log`), "\n");
  const one = await cache.get(compiler, source, library);
  const { mtime } = await Deno.stat(one!);
  equal(await cache.get(compiler, source, library), one);
  deepEqual((await Deno.stat(one!)).mtime, mtime);
  notEqual(
    await cache.get({ ...compiler, flags: [...compiler.flags, "-DOTHER"] }, source, library),
    one,
  );
  notEqual(await cache.get({ ...compiler, version: "another" }, source, library), one);
  const left = [...Deno.readDirSync(`${folder}/once`)].filter(({ name }) => name.startsWith("."));
  deepEqual(left, []);
});

compilerTest("a compiled file that is not what was compiled is refused", async () => {
  const cache = await openCache(`${folder}/tampered`);
  const compiler = await findCompiler();
  const path = await cache.get(compiler, source, library);
  const bytes = await Deno.readFile(path);
  bytes[bytes.length - 1]! ^= 1;
  await Deno.writeFile(path, bytes);
  await rejects(
    cache.get(compiler, source, library),
    /is not what was compiled: expected SHA-256 [0-9a-f]{64}, got [0-9a-f]{64}; delete /,
  );
  // A record may name files of this folder only.
  const record = [...Deno.readDirSync(`${folder}/tampered`)].find(({ name }) =>
    name.endsWith(".json")
  )!.name;
  await Deno.writeTextFile(`${folder}/tampered/${record}`, '{"file":"../x","sha256":""}');
  await rejects(cache.get(compiler, source, library), /names no compiled file/);
});

compilerTest("a text that is not C is refused with what the compiler says", async () => {
  const cache = await openCache(`${folder}/refused`);
  const compiler = await findCompiler();
  await rejects(cache.get(compiler, "int run(", library), /fails: .*error/);
  deepEqual([...Deno.readDirSync(`${folder}/refused`)], []);
});

Deno.test("a compiler that is named and not there is the reason", async () => {
  match(
    (await whyNoC({ compiler: "no-such-compiler", cache: folder }))!,
    /^no C compiler: no no-such-compiler on the PATH$/,
  );
});

Deno.test("a compiler that another user could have put there is not called", async () => {
  const open = `${folder}/bin`;
  await Deno.mkdir(open);
  await Deno.writeTextFile(`${open}/cc`, `#!/bin/sh\necho called > ${folder}/called\n`);
  await Deno.chmod(`${open}/cc`, 0o755);
  await Deno.symlink(`${open}/cc`, `${folder}/cc`);
  const refuse = async (mode: number, compiler: string, reason: RegExp) => {
    await Deno.chmod(open, mode);
    match((await whyNoC({ compiler, cache: `${folder}/a/b` }))!, reason);
    await rejects(Deno.stat(`${folder}/called`), Deno.errors.NotFound);
  };
  const writable = /^no C compiler: others may write to .*bin \(mode 777\); chmod go-w mends it$/;
  await refuse(0o777, `${open}/cc`, writable);
  await refuse(0o777, `${folder}/cc`, writable);
  await Deno.chmod(`${open}/cc`, 0o757);
  await refuse(0o755, `${folder}/cc`, /others may write to .*bin\/cc \(mode 757\)/);
  // Nor where it comes first on the PATH.
  await Deno.chmod(`${open}/cc`, 0o755);
  await Deno.chmod(open, 0o777);
  const found = await within(`${open}:.:/nowhere`, `{ cache: "${folder}/a/b" }`);
  match(found, /^no C compiler: others may write to .*bin \(mode 777\).*; no gcc on the PATH/);
  await rejects(Deno.stat(`${folder}/called`), Deno.errors.NotFound);
});

/** What `whyNoC` of these options says in a process with this PATH. */
async function within(path: string, options: string): Promise<string> {
  const url = import.meta.resolve("../../../lib/compile/c/mod.ts");
  const script = `import { whyNoC } from "${url}"; console.log(await whyNoC(${options}));`;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", script],
    env: { PATH: path },
  }).output();
  return new TextDecoder().decode(stdout).trim();
}
