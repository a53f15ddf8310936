import { deepEqual, equal, rejects } from "node:assert/strict";
import { readEmotions } from "../../lib/datasets/emotions.ts";
import { defaultValence } from "../../lib/datasets/valence.ts";
import { withFolder } from "./temporary_folder.ts";

const header = ",text,label\n";

Deno.test("readEmotions() reads the six labels with ids by line", async () => {
  const texts = ["so low", "what a day", "my dear", "how dare they", "who is there", "oh my"];
  const content = header + texts.map((text, label) => `${label},${text},${label}\n`).join("");
  await withFolder({ "text.csv": content }, async (folder) => {
    const corpus = await readEmotions(folder);
    equal(corpus.modality, "text");
    deepEqual(corpus.samples.map(({ id, emotion, label }) => [id, emotion, label]), [
      ["text.csv:2", "sadness", 0],
      ["text.csv:3", "joy", 1],
      ["text.csv:4", "love", 1],
      ["text.csv:5", "anger", 0],
      ["text.csv:6", "fear", 0],
      ["text.csv:7", "surprise", 1],
    ]);
    deepEqual(corpus.excluded, {});
    deepEqual(corpus.notes, ["6 rows; the file on Kaggle has 416809"]);
    deepEqual(await readEmotions(`${folder}/text.csv`), corpus);
  });
});

Deno.test("readEmotions() hashes the text's UTF-8 bytes and groups by the normalised text", async () => {
  await withFolder({ "text.csv": header + '0,"Café, NOW!",1\n' }, async (folder) => {
    const [sample] = (await readEmotions(folder)).samples;
    deepEqual(sample!.source, { text: "Café, NOW!" });
    equal(sample!.group, "café now");
    // printf 'Café, NOW!' | sha256sum
    equal(sample!.hash, "b9cbf7e3f48e9c48a2ff409fac5d95314425d2c7bccbfdb70e9b372915693164");
  });
});

Deno.test("readEmotions() leaves out and counts empty, conflicting, duplicate and excluded rows", async () => {
  const lines = [
    "0,i am glad,1", // kept
    "1,i am glad,1", // duplicate
    "2,i am glad,2", // duplicate: love is as positive as joy
    "3,I am glad!,1", // kept: other bytes, same group
    "4,,0", // empty
    "5, ?! ,0", // empty
    "6,i am torn,1", // conflicting, all three
    "7,I am torn.,0",
    "8,i am torn,1",
    "9,wow,5", // excluded by the map below
    "10,i am low,0", // kept
  ];
  await withFolder({ "text.csv": header + lines.join("\r\n") }, async (folder) => {
    const valence = { ...defaultValence, surprise: "excluded" } as const;
    const { samples, excluded } = await readEmotions(folder, { valence });
    deepEqual(samples.map(({ id }) => id), ["text.csv:2", "text.csv:5", "text.csv:12"]);
    equal(samples[0]!.group, samples[1]!.group);
    deepEqual(excluded, { empty: 2, duplicate: 2, conflicting: 3, surprise: 1 });
  });
});

Deno.test("readEmotions() names file, line and label of a bad label", async () => {
  for (const label of ["9", "6", "-1", "joy", "1.0", ""]) {
    await withFolder({ "text.csv": `${header}0,a,1\n1,b,${label}\n` }, async (folder) => {
      await rejects(readEmotions(folder), {
        name: "RangeError",
        message:
          `Cannot read "${folder}/text.csv", line 3: expected a label from 0 to 5, got "${label}"`,
      });
    });
  }
});

Deno.test("readEmotions() refuses a file without text column, rows, or closing quote", async () => {
  const cases: [string, string, RegExp][] = [
    [",tweet,label\n0,a,1\n", "RangeError", /line 1: expected a header/],
    [header, "RangeError", /expected labelled texts, got none/],
    [header + '0,"a,1\n1,b,0\n', "SyntaxError", /line 2: expected a closing quote/],
  ];
  for (const [content, name, message] of cases) {
    await withFolder({ "text.csv": content }, async (folder) => {
      await rejects(readEmotions(folder), { name, message });
    });
  }
});

Deno.test("readEmotions() takes text.csv, else the only CSV file, else asks", async () => {
  const content = header + "0,a,1\n";
  await withFolder({ "text.csv": content, "b.csv": "x" }, async (folder) => {
    equal((await readEmotions(folder)).samples[0]!.id, "text.csv:2");
  });
  await withFolder(
    { "b.csv": content, "notes.txt": "", "._b.csv": "\0\x05\x16\x07" },
    async (folder) => {
      equal((await readEmotions(folder)).samples[0]!.id, "b.csv:2");
    },
  );
  await withFolder({ "b.csv": content, "a.csv": content }, async (folder) => {
    await rejects(readEmotions(folder), { name: "RangeError", message: /got a\.csv, b\.csv/ });
  });
  await withFolder({}, async (folder) => {
    await rejects(readEmotions(folder), { name: "RangeError", message: /got none/ });
    await rejects(readEmotions(`${folder}/x.csv`), { name: "RangeError", message: /got nothing/ });
  });
});

Deno.test("readEmotions() names an emotion that the valence map lacks, with its count", async () => {
  await withFolder({ "text.csv": header + "0,a,1\n1,b,2\n2,c,2\n" }, async (folder) => {
    await rejects(readEmotions(folder, { valence: { joy: "positive" } }), {
      name: "RangeError",
      message: /expected some of joy, got also "love" \(2\)$/,
    });
  });
});

Deno.test("readEmotions() streams 50,000 rows", async () => {
  const rows = Array.from({ length: 50_000 }, (_, i) => `${i},i feel number ${i} today,${i % 6}\n`);
  await withFolder({ "text.csv": header + rows.join("") }, async (folder) => {
    const { samples, excluded } = await readEmotions(folder);
    equal(samples.length, 50_000);
    deepEqual(excluded, {});
    const { id, source, label } = samples[49_999]!;
    // 49,999 = 1 modulo 6: joy.
    deepEqual([id, source, label], [
      "text.csv:50001",
      { text: "i feel number 49999 today" },
      1,
    ]);
  });
});

Deno.test("readEmotions() tells how many kilobytes of the file are read, to the last", async () => {
  const rows = Array.from({ length: 20_000 }, (_, i) => `${i},number ${i},${i % 6}\n`).join("");
  await withFolder({ "text.csv": header + rows }, async (folder) => {
    const steps: [number, number][] = [];
    await readEmotions(folder, { onProgress: (done, total) => steps.push([done, total]) });
    const kilobytes = Math.ceil((header.length + rows.length) / 1e3);
    equal(steps.length > 2, true);
    deepEqual(steps.at(-1), [kilobytes, kilobytes]);
    deepEqual(steps, steps.toSorted(([a], [b]) => a - b));
  });
});
