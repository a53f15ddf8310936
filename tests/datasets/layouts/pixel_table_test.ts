import { deepEqual, equal, rejects } from "node:assert/strict";
import { decodeImage } from "../../../lib/encoders/decode_image.ts";
import { loadInput } from "../../../lib/encoders/load_input.ts";
import { readPairedTable } from "../../../lib/datasets/table.ts";
import { fold, key, uniforms } from "../../../lib/tensor/random.ts";
import { withFolder } from "../temporary_folder.ts";
import { readSet } from "./read_set.ts";

/** The grey levels of a square of 8, of its own for each seed, and smooth enough to have a hash. */
function levels(seed: number): number[] {
  const next = uniforms(fold(key(seed), "levels"));
  return Array.from({ length: 64 }, () => Math.floor(256 * next()));
}

const line = (emotion: number, seed: number, usage: string) =>
  [emotion, levels(seed).join(" "), usage].join(",");

Deno.test("fer2013.csv gives images that are no files, and its Usage as the split", async () => {
  const file = [
    "emotion,pixels,Usage",
    ...[line(0, 1, "Training"), line(3, 2, "PublicTest"), line(3, 3, "PrivateTest")],
    ...[line(6, 4, "Training"), line(0, 1, "PrivateTest")],
  ].join("\n");
  await withFolder({ "fer2013.csv": file }, async (folder) => {
    const path = `${folder}/fer2013.csv`;
    const { corpora: { image }, given, report } = await readPairedTable(path);
    deepEqual(given, ["train", "validation", "test", "test"]);
    deepEqual(
      image.samples.map(({ id, emotion, label }) => [id, emotion, label]),
      [
        ...[["fer2013.csv:2", "angry", 0], ["fer2013.csv:3", "happy", 1]],
        ...[["fer2013.csv:4", "happy", 1], ["fer2013.csv:6", "angry", 0]],
      ],
    );
    deepEqual(report.leftOut, [{ reason: "neutral", rows: 1, places: [5] }]);
    // A test face that is a training face stays, and is told of.
    deepEqual(
      report.notes.filter((note) => note.startsWith("the given split leaks"))
        .map((note) => note.replace(/".+"/, "…")),
      ["hash", "near-duplicates"].map((what) =>
        `the given split leaks: ${what} in two parts, 1 times (1 of train, 1 of test): … ` +
        "(fer2013.csv:2 in train, fer2013.csv:6 in test)"
      ),
    );
    equal(report.layout, "FER2013 as pixels (fer2013.csv)");
    const input = await loadInput(image.samples[1]!) as { path: string; bytes: Uint8Array };
    const { data, width, height } = await decodeImage(input);
    deepEqual([width, height], [8, 8]);
    deepEqual([...data], levels(2).flatMap((level) => [level, level, level]));
    // The folder that holds it is as good.
    deepEqual((await readPairedTable(folder)).report.labels, report.labels);
  });
});

Deno.test("columns may begin with a space, and a file without PrivateTest is tested on PublicTest", async () => {
  const lines = Array.from(
    { length: 24 },
    (_, i) => [i % 2 ? 3 : 4, i < 18 ? "Training" : "PublicTest", levels(i).join(" ")].join(","),
  );
  const file = ["emotion, Usage, pixels", ...lines].join("\r\n");
  const { report } = await readSet({ "icml_face_data.csv": file }, { at: "icml_face_data.csv" });
  const { train, validation, test } = report.split!;
  deepEqual([train, validation, test], [18, 0, 6]);
  deepEqual(report.notes.slice(1), [
    "no test part is there: the set's validation part is tested on",
    "no validation part is there: one is drawn from the training part, by group",
  ]);
});

Deno.test("CK+ in the same columns has contempt as 7, which a map leaves out", async () => {
  const file = ["emotion,pixels", `7,${levels(1).join(" ")}`, `3,${levels(2).join(" ")}`].join(
    "\n",
  );
  const { rows, report } = await readSet({ "ck.csv": file });
  deepEqual(
    rows,
    [
      "image ck.csv:2 contempt 0 row ck.csv:2 -",
      "image ck.csv:3 happy 1 row ck.csv:3 -",
    ],
  );
  equal(report.layout, "CK+ as pixels (ck.csv)");
  const without = await readSet({ "ck.csv": file }, { labels: { contempt: "excluded" } });
  deepEqual(without.report.leftOut, [{ reason: "contempt", rows: 1, places: ["ck.csv:2"] }]);
});

Deno.test("pixels that are none are refused by line", async () => {
  const cases: [string[], RegExp][] = [
    [
      ["emotion,pixels", "0,1 2 3"],
      /fer\.csv", line 2: expected the grey levels of a square, got 3/,
    ],
    [
      ["emotion,pixels", `0,${levels(1).join(" ")} 256`],
      /line 2: expected grey levels from 0 to 255, got "256"/,
    ],
    [
      ["emotion,pixels,Usage", line(0, 1, "Training"), line(0, 2, "Later")],
      /line 3: expected a usage of Training, PublicTest, PrivateTest, got "Later"/,
    ],
    [
      ["emotion,pixels,Usage", line(0, 1, "Training"), line(0, 2, "")],
      /line 3: expected a usage for all rows or none, got some without/,
    ],
    [["emotion,pixels", `9,${levels(1).join(" ")}`], /got also "9" \(1\)/],
  ];
  for (const [lines, message] of cases) {
    await rejects(readSet({ "fer.csv": lines.join("\n") }, { at: "fer.csv" }), message);
  }
});
