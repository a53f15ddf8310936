import { deepEqual, equal, rejects } from "node:assert/strict";
import {
  clipIds,
  embeddedClip,
  embeddedFace,
  embeddedSentences,
  makeEmbeddedCorpus,
  readEmbeddedCorpusInfo,
  sentencesToCsv,
} from "../../../lib/datasets/embedded/mod.ts";
import { readRavdess } from "../../../lib/datasets/ravdess.ts";

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function listFiles(folder: string, prefix = ""): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) files.push(...await listFiles(`${folder}/${name}`, `${prefix}${name}/`));
    else files.push(prefix + name);
  }
  return files.sort();
}

Deno.test("makeEmbeddedCorpus() repairs an interrupted run and then writes what each part gives", () =>
  inFolder(async (folder) => {
    const interrupt = ({ part, done }: { part: string; done: number }) => {
      if (part === "faces" && done === 3) throw new Error("power cut");
    };
    // Another seed, so that a face left over would be in the wrong place.
    const first = makeEmbeddedCorpus(folder, { size: "tiny", seed: 2, onProgress: interrupt });
    await rejects(first, /power cut/);
    equal(await readEmbeddedCorpusInfo(folder), undefined);

    const reports: string[] = [];
    await makeEmbeddedCorpus(folder, {
      size: "tiny",
      onProgress: ({ part, done, total }) => done === total && reports.push(`${part} ${total}`),
    });
    deepEqual(reports, ["sentences 60", "faces 28", "clips 60"]);

    const faces = await Promise.all(Array.from({ length: 28 }, (_, i) => embeddedFace(i)));
    const clips = clipIds({ actors: 2, repetitions: [1] }).map(embeddedClip);
    deepEqual(
      await listFiles(folder),
      [
        "corpus.json",
        "emotions/text.csv",
        ...faces.map(({ path }) => `faces/${path}`),
        "faces/groups.csv",
        ...clips.map(({ path }) => `ravdess/${path}`),
      ].sort(),
    );
    equal(
      await Deno.readTextFile(`${folder}/emotions/text.csv`),
      sentencesToCsv(embeddedSentences({ count: 60 })),
    );
    equal(
      await Deno.readTextFile(`${folder}/faces/groups.csv`),
      "path,group\n" + faces.map(({ path, group }) => `${path},${group}\n`).join(""),
    );
    for (const { path, bytes } of faces.slice(0, 7)) {
      deepEqual(await Deno.readFile(`${folder}/faces/${path}`), new Uint8Array(bytes));
    }
    for (const { path, bytes } of clips.slice(0, 5)) {
      deepEqual(await Deno.readFile(`${folder}/ravdess/${path}`), bytes);
    }
    const { samples, excluded } = await readRavdess(`${folder}/ravdess`);
    deepEqual([samples.length, excluded], [56, { neutral: 4 }]);
  }));

Deno.test("of two that make one corpus at once, one waits for the other", () =>
  inFolder(async (folder) => {
    const parts: string[] = [];
    const onProgress = ({ part, done }: { part: string; done: number }) => {
      parts.push(`${part} ${done}`);
    };
    await Promise.all([1, 2].map(() => makeEmbeddedCorpus(folder, { size: "tiny", onProgress })));
    equal(parts.length, new Set(parts).size);
    deepEqual(
      (await listFiles(folder)).filter((path) => !path.includes("/")),
      ["corpus.json"],
    );
  }));

Deno.test("a finished corpus is left as it is, and one of another seed is refused", () =>
  inFolder(async (folder) => {
    const info = {
      name: "embedded",
      version: 2,
      seed: 1,
      size: "quick",
      counts: { sentences: 900, faces: 420, clips: 240 },
      credits: [],
    };
    await Deno.writeTextFile(`${folder}/corpus.json`, JSON.stringify(info));
    await makeEmbeddedCorpus(folder, { size: "quick" });
    deepEqual(await listFiles(folder), ["corpus.json"]);
    deepEqual(await readEmbeddedCorpusInfo(folder), info);
    await rejects(makeEmbeddedCorpus(folder, { size: "quick", seed: 2 }), {
      message: `Cannot make the embedded corpus in "${folder}": expected a free place ` +
        `or corpus "embedded", version 2, seed 2, size quick, ` +
        `found corpus "embedded", version 2, seed 1, size quick`,
    });
  }));

Deno.test("a corpus of an earlier version is refused with what to do", () =>
  inFolder(async (folder) => {
    const info = { name: "embedded", version: 1, seed: 1, size: "tiny" };
    await Deno.writeTextFile(`${folder}/corpus.json`, JSON.stringify(info));
    await rejects(makeEmbeddedCorpus(folder, { size: "tiny" }), {
      message: `Cannot make the embedded corpus in "${folder}": expected a free place ` +
        `or corpus "embedded", version 2, seed 1, size tiny, found corpus "embedded", version 1, ` +
        "seed 1, size tiny; remove the folder, and it is made anew",
    });
    deepEqual(await listFiles(folder), ["corpus.json"]);
  }));

Deno.test("makeEmbeddedCorpus() touches no recordings that it has not made", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/ravdess`);
    await Deno.writeTextFile(`${folder}/ravdess/mine.wav`, "");
    await rejects(makeEmbeddedCorpus(folder, { size: "tiny" }), {
      message: `Cannot make the embedded corpus in "${folder}": expected a free place, ` +
        "found ravdess that no unfinished run has left",
    });
    deepEqual(await listFiles(folder), ["ravdess/mine.wav"]);
  }));

Deno.test("makeEmbeddedCorpus() refuses a bad seed before it writes anything", () =>
  inFolder(async (folder) => {
    const place = `${folder}/corpus`;
    await rejects(makeEmbeddedCorpus(place, { size: "tiny", seed: -1 }), /expected an integer/);
    deepEqual(await listFiles(folder), []);
  }));

Deno.test("readEmbeddedCorpusInfo() says which file is no JSON", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/corpus.json`, "{");
    await rejects(readEmbeddedCorpusInfo(folder), (error: Error) =>
      error.name === "SyntaxError" &&
      error.message.startsWith(`Cannot read "${folder}/corpus.json": expected JSON, got `));
  }));
