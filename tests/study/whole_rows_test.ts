import { deepEqual, equal } from "node:assert/strict";
import type { Pair } from "../../lib/datasets/paired.ts";
import { byModality, modalities } from "../../lib/modality.ts";
import { type Job, named } from "../../lib/study/job.ts";
import { examsOf } from "../../lib/study/run.ts";
import { shownOfWholeRows, wholeRowExams } from "../../lib/study/whole_rows.ts";

const none = { train: [], validation: [], test: [] };
const parts = (train: number, test: readonly number[]) => ({ ...none, train: [train], test });
const labels = byModality((m) => ({
  labels: Array.from({ length: 30 }, (_, row) => m === "image" ? row - 10 : row),
}));

Deno.test("every subset of whole rows is asked for, of the same rows in one order", () => {
  // Image row i + 10 belongs to text i; rows 0, 3 and 5 are whole, 4 lacks the audio, 2 is in training.
  const pairs: Pair[] = [
    { text: 5, image: 15, audio: 5 },
    { text: 2, image: 12, audio: 2 },
    { text: 0, image: 10, audio: 0 },
    { text: 4, image: 14 },
    { text: 3, image: 13, audio: 3 },
  ];
  const split = {
    text: parts(2, [0, 3, 4, 5]),
    image: parts(12, [10, 13, 14, 15]),
    audio: parts(2, [0, 3, 5]),
  };
  const exams = wholeRowExams({ pairs, split }, labels);
  deepEqual(exams.map(({ name }) => name), [
    "text of whole rows",
    "image of whole rows",
    "text+image of whole rows",
    "audio of whole rows",
    "text+audio of whole rows",
    "image+audio of whole rows",
    "text+image+audio of whole rows",
  ]);
  deepEqual(exams[5]!.rows, { image: [15, 10, 13], audio: [5, 0, 3] });
  for (const exam of exams) {
    deepEqual(exam.labels, [5, 0, 3]);
    equal(exam.head, "unified");
    equal(exam.name, `${Object.keys(exam.rows).join("+")} of whole rows`);
    deepEqual(shownOfWholeRows(exam.name), Object.keys(exam.rows));
  }
  // Behind what the job asks otherwise, if it asks for parts.
  const job: Job = named({
    ...{ system: "Late fusion", kind: "rows", seed: 1, split, pairs } as const,
    ...{ protocol: "natural", present: modalities } as const,
  });
  const usual = examsOf(job, labels);
  deepEqual(usual.map(({ name }) => name), ["text+image+audio", "text+image"]);
  deepEqual(usual.map(({ name }) => shownOfWholeRows(name)), [undefined, undefined]);
  deepEqual(examsOf({ ...job, parts: true }, labels), [...usual, ...exams]);
});

Deno.test("a modality that training lacks is not asked for, and without whole rows nothing is", () => {
  const split = { text: parts(2, [0]), image: parts(12, [10]), audio: { ...none, test: [0] } };
  const pairs: Pair[] = [{ text: 0, image: 10, audio: 0 }];
  equal(wholeRowExams({ pairs, split }, labels).length, 3);
  deepEqual(wholeRowExams({ pairs: [{ text: 0 }], split }, labels), []);
});
