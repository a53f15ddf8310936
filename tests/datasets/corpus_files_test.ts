import { deepEqual, equal, rejects } from "node:assert/strict";
import { hashFiles, listFiles, noteOfOthers } from "../../lib/datasets/corpus_files.ts";
import { sha256 } from "../../lib/files.ts";
import { withFolder } from "./temporary_folder.ts";

Deno.test("listFiles() sorts by code unit and passes over hidden files", async () => {
  const files = { "b/c.txt": "", "a.txt": "", "B.txt": "", ".hidden/x": "", "b/Thumbs.db": "" };
  await withFolder(files, async (folder) => {
    deepEqual((await listFiles(folder)).map(({ id }) => id), ["B.txt", "a.txt", "b/c.txt"]);
  });
});

Deno.test("listFiles() passes over what systems leave beside files, and keeps every other name", async () => {
  const kept = ["a (1).jpg", "caf\u00e9.png", "cafe\u0301.png", "h\u00e4 ppy/\u5b66 b.wav"];
  const litter = ["._a (1).jpg", ".DS_Store", "Thumbs.db", "desktop.ini", "__MACOSX/._a (1).jpg"];
  const files = Object.fromEntries([...kept, ...litter].map((name) => [name, ""]));
  await withFolder(files, async (folder) => {
    deepEqual((await listFiles(folder)).map(({ id }) => id), kept.sort());
  });
});

const links = { ignore: Deno.build.os === "windows" };

Deno.test("listFiles() follows links inside the corpus, and no others", links, async () => {
  await withFolder({ "in/a.txt": "", "in/b/c.txt": "", "out/b.txt": "" }, async (folder) => {
    const link = (to: string, name: string) => Deno.symlink(to, `${folder}/in/${name}`);
    await link("a.txt", "file");
    await link("b", "folder");
    deepEqual((await listFiles(`${folder}/in`)).map(({ id }) => id), [
      ...["a.txt", "b/c.txt", "file", "folder/c.txt"],
    ]);
    await Deno.symlink(`${folder}/in`, `${folder}/elsewhere`);
    equal((await listFiles(`${folder}/elsewhere`)).length, 4);
    const refused: [string, string, string][] = [
      ["../out", "link", `a link out of the corpus, to "${await Deno.realPath(folder)}/out"`],
      [
        "../out/b.txt",
        "link",
        `a link out of the corpus, to "${await Deno.realPath(folder)}/out/b.txt"`,
      ],
      ["nowhere", "link", "a link to nothing"],
      ["link", "link", "a link to nothing"],
      ["..", "b/link", "a link in a circle"],
      ["/dev/null", "link", 'a link out of the corpus, to "/dev/null"'],
    ];
    for (const [to, name, got] of refused) {
      await link(to, name);
      const told: string[] = [];
      const rest = await listFiles(`${folder}/in`, { onCorrupt: (_, { id }) => told.push(id) });
      deepEqual(told.every((id) => id.endsWith("link")), true, told.join());
      equal(rest.length, 4);
      await rejects(listFiles(`${folder}/in`), {
        name: "RangeError",
        message: new RegExp(`/in/.*link": expected a file or folder, got ${got}$`),
      });
      await Deno.remove(`${folder}/in/${name}`);
    }
  });
});

Deno.test(
  "listFiles() follows the links of the hub's cache to its blobs, and no further",
  links,
  async () => {
    const own = "datasets--a--b";
    const files = { [`${own}/blobs/123`]: "x", "datasets--c--d/blobs/456": "y" };
    await withFolder(files, async (folder) => {
      const revision = `${folder}/${own}/snapshots/abc/happy`;
      await Deno.mkdir(revision, { recursive: true });
      await Deno.symlink("../../../blobs/123", `${revision}/1.jpg`);
      for (const at of [revision, `${folder}/${own}/snapshots/abc`]) {
        const [file, ...others] = await listFiles(at);
        deepEqual([others, await Deno.readTextFile(file!.path)], [[], "x"]);
      }
      await Deno.symlink("../../../../datasets--c--d/blobs/456", `${revision}/2.jpg`);
      await rejects(listFiles(revision), /2.jpg": .+, got a link out of the corpus, to ".+456"$/);
    });
  },
);

Deno.test("noteOfOthers() counts the endings of files that nothing reads, and names the first", () => {
  const files = ["a.txt", "b/c.txt", "d.mov", "e", "f.txt"].map((id) => ({ id, path: id }));
  deepEqual(noteOfOthers(files), [
    'not read, by the endings of their names: ".mov" (1), ".txt" (3), "without" (1): a.txt, b/c.txt, d.mov, …',
  ]);
  deepEqual(noteOfOthers([]), []);
});

Deno.test("listFiles() refuses what is neither file nor folder, whose end may never come", {
  ignore: Deno.build.os === "windows",
}, async () => {
  await withFolder({}, async (folder) => {
    const { success } = await new Deno.Command("mkfifo", { args: [`${folder}/a.wav`] }).output();
    equal(success, true);
    await rejects(listFiles(folder), {
      name: "RangeError",
      message: `Cannot read "${folder}/a.wav": expected a file or folder, got neither`,
    });
  });
});

Deno.test("listFiles() lists a folder that is named as a sample, and hashFiles() refuses it", async () => {
  await withFolder({ "x.wav/hidden.wav": "abc", "a/x.wave": "abc" }, async (folder) => {
    const files = await listFiles(folder);
    deepEqual(files.map(({ id }) => id), ["a/x.wave", "x.wav"]);
    await rejects(hashFiles(files, { look: () => {} }), {
      name: "RangeError",
      message: `Cannot read "${folder}/x.wav": expected a file of 64 MB or less, got a folder`,
    });
  });
});

Deno.test("hashFiles() tells of what is corrupt in the order of the files", async () => {
  await withFolder({ "a": "bad", "b": "abc", "c": "bad" }, async (folder) => {
    const files = await listFiles(folder);
    const look = (bytes: Uint8Array, path: string) => {
      if (bytes[0] === 98) throw new Error(path);
      return bytes.length;
    };
    const told: string[] = [];
    const hashes = await hashFiles(files, {
      look,
      onCorrupt: ({ message }, { id }) => told.push(`${id}: ${message}`),
    });
    deepEqual(hashes, [undefined, { hash: sha256("abc"), seen: 3 }, undefined]);
    deepEqual(told, [`a: ${folder}/a`, `c: ${folder}/c`]);
    await rejects(hashFiles(files, { look }), { message: `${folder}/a` });
  });
});

Deno.test("hashFiles() tells of files that can't be read, or are too long to be a sample", async () => {
  await withFolder({ "b": "abc" }, async (folder) => {
    // A file of nothing but a hole takes no room on the disk.
    using file = await Deno.open(`${folder}/a`, { write: true, create: true });
    await file.truncate(64e6 + 1);
    const files = ["a", "b", "c"].map((id) => ({ id, path: `${folder}/${id}` }));
    const told: string[] = [];
    const options = {
      look: (bytes: Uint8Array) => bytes.length,
      onCorrupt: ({ message }: Error) => told.push(message),
    };
    const [a, b, c] = await hashFiles(files, options);
    deepEqual([a, b?.seen, c], [undefined, 3, undefined]);
    const wanted = "expected a file of 64 MB or less, got";
    equal(told[0], `Cannot read "${folder}/a": ${wanted} 65 MB`);
    equal(told[1]!.startsWith(`Cannot read "${folder}/c": ${wanted} No such file`), true);
    equal(told.length, 2);
    await file.truncate(64e6);
    equal((await hashFiles(files.slice(0, 1), options))[0]!.seen, 64e6);
  });
});

Deno.test("hashFiles() counts the files as they are read, corrupt ones too", async () => {
  await withFolder({ "a": "bad", "b": "abc" }, async (folder) => {
    const steps: string[] = [];
    await hashFiles(await listFiles(folder), {
      look: (bytes) => {
        if (bytes[0] === 98) throw new Error("bad");
      },
      onCorrupt: () => {},
      onProgress: (done, total) => steps.push(`${done}/${total}`),
    });
    deepEqual(steps, ["1/2", "2/2"]);
  });
});
