import { deepEqual, equal, match } from "node:assert/strict";
import { hashFiles, listFiles } from "../../lib/datasets/corpus_files.ts";
import { openFileHashes } from "../../lib/datasets/file_hashes.ts";
import { sha256 } from "../../lib/files.ts";
import { withFolder } from "./temporary_folder.ts";

const longAgo = new Date(1e12);

/** Hashes every file of `folder/in`, with what is kept in `folder/kept`; says which were read. */
async function hashed(
  folder: string,
  { name = "first byte", ...options }: Parameters<typeof openFileHashes>[1] & { name?: string } =
    {},
) {
  const read: string[] = [];
  const hashes = openFileHashes(`${folder}/cache/kept`, { parts: 1, ...options });
  const found = await hashFiles(await listFiles(`${folder}/in`), {
    ...{ hashes, name },
    look(bytes, path) {
      read.push(path.slice(path.lastIndexOf("/") + 1));
      return bytes[0];
    },
  });
  return { read: read.sort(), found };
}

/** Pretends that a file has been as it is for long: what was written just now is not kept. */
async function settle(folder: string, names: readonly string[], time = longAgo): Promise<void> {
  for (const name of names) await Deno.utime(`${folder}/in/${name}`, time, time);
}

async function withSettled(run: (folder: string) => Promise<void>): Promise<void> {
  const clock = Date.now;
  // The time of a change of rights or times can't be set back, so the test's own clock is ahead.
  Date.now = () => clock() + 60_000;
  try {
    await withFolder({ "in/a": "abc", "in/b": "bcd" }, async (folder) => {
      await settle(folder, ["a", "b"]);
      await run(folder);
    });
  } finally {
    Date.now = clock;
  }
}

Deno.test("hashFiles() reads a file once, and again when its look has another name", async () => {
  await withSettled(async (folder) => {
    const first = await hashed(folder);
    deepEqual(first.read, ["a", "b"]);
    deepEqual(first.found, [{ hash: sha256("abc"), seen: 97 }, { hash: sha256("bcd"), seen: 98 }]);
    const second = await hashed(folder);
    deepEqual(second.read, []);
    deepEqual(second.found, first.found);
    deepEqual((await hashed(folder, { name: "another look" })).read, ["a", "b"]);
    deepEqual((await hashed(folder)).read, []);
  });
});

Deno.test("hashFiles() reads a file again that has changed in size, time, or place", async () => {
  await withSettled(async (folder) => {
    await hashed(folder);
    await Deno.writeTextFile(`${folder}/in/a`, "abcd");
    await settle(folder, ["a"]);
    deepEqual((await hashed(folder)).read, ["a"]);
    // As long as before: the time tells.
    await Deno.writeTextFile(`${folder}/in/a`, "xyzw");
    await settle(folder, ["a"], new Date(longAgo.getTime() + 1));
    const { read, found } = await hashed(folder);
    deepEqual(read, ["a"]);
    equal(found[0]!.hash, sha256("xyzw"));
    await Deno.rename(`${folder}/in/a`, `${folder}/in/c`);
    deepEqual((await hashed(folder)).read, ["c"]);
  });
});

Deno.test("hashFiles() keeps nothing of a file that was written just now, or can't be used", async () => {
  await withFolder({ "in/a": "abc" }, async (folder) => {
    deepEqual((await hashed(folder)).read, ["a"]);
    deepEqual((await hashed(folder)).read, ["a"]);
  });
  await withSettled(async (folder) => {
    const look = () => {
      throw new RangeError("no such sample");
    };
    for (let i = 0; i < 2; i++) {
      const told: string[] = [];
      await hashFiles(await listFiles(`${folder}/in`), {
        hashes: openFileHashes(`${folder}/cache/kept`),
        ...{ look, name: "refused", onCorrupt: (error: Error) => told.push(error.message) },
      });
      deepEqual(told, ["no such sample", "no such sample"]);
    }
  });
});

Deno.test("openFileHashes() makes anew what is damaged, and says so", async () => {
  await withSettled(async (folder) => {
    await hashed(folder);
    const path = `${folder}/cache/kept/00`;
    const whole = await Deno.readTextFile(path);
    const damages = [whole.slice(0, -5), whole.replace("97", "96"), "", "\0\n\0", "{}"];
    for (const damage of damages) {
      await Deno.writeTextFile(path, damage);
      const told: string[] = [];
      const onDamage = (message: string) => told.push(message);
      const { read, found } = await hashed(folder, { onDamage });
      deepEqual(read, ["a", "b"]);
      equal(found[0]!.seen, 97);
      equal(told.length, 1);
      match(told[0]!, /^Cannot use the hashes in ".*kept.00", which are made anew: /);
      equal((await Deno.readTextFile(path)).length, whole.length);
    }
    deepEqual(
      await Array.fromAsync(Deno.readDir(`${folder}/cache/kept`), ({ name }) => name),
      ["00"],
    );
  });
});

Deno.test("openFileHashes() goes on where nothing can be written, and says so", async () => {
  await withSettled(async (folder) => {
    await Deno.writeTextFile(`${folder}/cache`, "a file where the folder should be");
    const told: string[] = [];
    const { found } = await hashed(folder, { onDamage: (message) => told.push(message) });
    equal(found.length, 2);
    match(told.at(-1)!, /^Cannot keep hashes in /);
  });
});

Deno.test("openFileHashes() keeps what another process has written since, and most of all what was used last", async () => {
  await withSettled(async (folder) => {
    const path = `${folder}/cache/kept`;
    const open = (most = 9) => openFileHashes(path, { most, parts: 1 });
    const [one, two] = [open(), open()];
    const keep = async (hashes: typeof one, name: string, look: string) =>
      (await hashes.find({ path: `${folder}/in/${name}` }, look)).keep({
        hash: name,
        seen: undefined,
      });
    await keep(one, "a", "x");
    await keep(two, "b", "x");
    await one.save();
    await two.save();
    const known = async (most = 9) => {
      const hashes = open(most);
      const records = ["a", "b"].map((name) => hashes.find({ path: `${folder}/in/${name}` }, "x"));
      return (await Promise.all(records)).map(({ known }) => known?.hash);
    };
    deepEqual(await known(), ["a", "b"]);
    const bounded = open(2);
    await keep(bounded, "a", "y");
    await bounded.find({ path: `${folder}/in/a` }, "x");
    await bounded.save();
    deepEqual(await known(), ["a", undefined]);
  });
});

Deno.test("openFileHashes() divides files among parts, and writes only those with something new", async () => {
  await withFolder({}, async (folder) => {
    const keep = async (names: readonly string[]) => {
      const hashes = openFileHashes(`${folder}/kept`, { parts: 16 });
      for (const name of names) {
        const file = { path: name, bytes: new TextEncoder().encode(name) };
        (await hashes.find(file, "x")).keep({ hash: sha256(name), seen: [1, name] });
      }
      await hashes.save();
    };
    const names = Array.from({ length: 200 }, (_, i) => `file ${i}`);
    await keep(names);
    const parts = await Array.fromAsync(Deno.readDir(`${folder}/kept`), ({ name }) => name);
    deepEqual(parts.sort(), Array.from({ length: 16 }, (_, i) => i.toString(16).padStart(2, "0")));
    const written = () =>
      Promise.all(parts.map((part) => Deno.stat(`${folder}/kept/${part}`).then(({ ino }) => ino)));
    const before = await written();
    await keep(["one more"]);
    const after = await written();
    equal(after.filter((ino, i) => ino !== before[i]).length, 1);
    const hashes = openFileHashes(`${folder}/kept`, { parts: 16 });
    for (const name of [...names, "one more"]) {
      const { known } = await hashes.find(
        { path: name, bytes: new TextEncoder().encode(name) },
        "x",
      );
      deepEqual(known, { hash: sha256(name), seen: [1, name] });
    }
  });
});

Deno.test("openFileHashes() of many processes that write at a time leaves whole parts", async () => {
  await withFolder({}, async (folder) => {
    const told: string[] = [];
    const open = () =>
      openFileHashes(`${folder}/kept`, { parts: 2, onDamage: (message) => told.push(message) });
    const contentOf = (writer: number, i: number) => new TextEncoder().encode(`${writer} ${i}`);
    await Promise.all(Array.from({ length: 8 }, async (_, writer) => {
      const hashes = open();
      for (let i = 0; i < 20; i++) {
        const bytes = contentOf(writer, i);
        (await hashes.find({ path: "p", bytes }, "x")).keep({ hash: sha256(bytes), seen: null });
        if (i % 5 === 0) await hashes.save();
      }
      await hashes.save();
    }));
    const hashes = open();
    let there = 0;
    for (let writer = 0; writer < 8; writer++) {
      for (let i = 0; i < 20; i++) {
        const bytes = contentOf(writer, i);
        const { known } = await hashes.find({ path: "p", bytes }, "x");
        if (known === undefined) continue;
        equal(known.hash, sha256(bytes));
        there++;
      }
    }
    deepEqual(told, []);
    // At least those of whoever wrote last; what is lost is read once more.
    equal(there >= 20, true);
  });
});
