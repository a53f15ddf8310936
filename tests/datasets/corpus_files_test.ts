import { deepEqual, equal, rejects } from "node:assert/strict";
import { hashFiles, listFiles } from "../../lib/datasets/corpus_files.ts";
import { sha256 } from "../../lib/files.ts";
import { withFolder } from "./temporary_folder.ts";

Deno.test("listFiles() sorts by code unit and passes over hidden files", async () => {
  const files = { "b/c.txt": "", "a.txt": "", "B.txt": "", ".hidden/x": "", "b/Thumbs.db": "" };
  await withFolder(files, async (folder) => {
    deepEqual((await listFiles(folder)).map(({ id }) => id), ["B.txt", "a.txt", "b/c.txt"]);
  });
});

Deno.test("listFiles() refuses links, which may lead outside", async () => {
  await withFolder({ "in/a.txt": "", "out/b.txt": "" }, async (folder) => {
    await Deno.symlink(`${folder}/out`, `${folder}/in/link`);
    await rejects(listFiles(`${folder}/in`), {
      name: "RangeError",
      message: `Cannot read "${folder}/in/link": expected a file or folder, got a link`,
    });
  });
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
