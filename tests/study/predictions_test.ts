import { deepEqual, equal } from "node:assert/strict";
import { predictionsFromCsv, predictionsToCsv } from "../../lib/study/predictions.ts";
import type { Sample } from "../../lib/datasets/mod.ts";
import { byModality, type Modality } from "../../lib/modality.ts";
import { parseWhole } from "../../lib/deps/csv_parse_sync.ts";

/** Samples with these ids, the same for each modality. */
function samplesNamed(...ids: string[]): Record<Modality, Sample[]> {
  return byModality((modality) =>
    ids.map((id) => ({
      id,
      modality,
      source: { text: id },
      emotion: "joy",
      label: 1,
      group: id,
      hash: id,
    }))
  );
}

Deno.test("predictions are a line a sample, with the ids of what was shown", () => {
  const samples = samplesNamed("a.jpg", "b.jpg", "c.jpg");
  const alone = {
    name: "image",
    head: "image",
    rows: { image: [2, 0] },
    labels: [0, 1],
    scores: [0.25, 1],
  } as const;
  const triple = {
    name: "all, at once",
    head: "unified",
    rows: { text: [0], image: [1], audio: [2] },
    labels: [1],
    scores: Float64Array.of(0.5),
  } as const;
  equal(
    predictionsToCsv([alone, triple], samples),
    "exam,head,text,image,audio,label,score\n" +
      "image,image,,c.jpg,,0,0.25\n" +
      "image,image,,a.jpg,,1,1\n" +
      '"all, at once",unified,a.jpg,b.jpg,c.jpg,1,0.5\n',
  );
});

Deno.test("exams are read back to the last bit, whatever the ids hold", () => {
  const ids = [
    "plain",
    "a,b",
    'say "hi"',
    '"',
    "two\nlines",
    "cr\rlf\r\n",
    " spaces ",
    "ünïcødé",
    "=",
  ];
  const scores = Float32Array.from(ids, (_, i) => 1 / (i + 3));
  const labels = ids.map((_, i) => i % 2);
  const rows = { text: ids.map((_, i) => i), audio: ids.map((_, i) => ids.length - 1 - i) };
  const exam = { name: "both", head: "text", rows, labels, scores } as const;
  const other = { ...exam, name: "one", rows: { text: [3] }, labels: [1], scores: [0.5] } as const;
  const csv = predictionsToCsv([exam, other], samplesNamed(...ids));
  deepEqual(predictionsFromCsv(csv), [
    {
      exam: "both",
      head: "text",
      ids: { text: ids, audio: ids.toReversed() },
      labels,
      scores: [...scores],
    },
    { exam: "one", head: "text", ids: { text: ['"'] }, labels: [1], scores: [0.5] },
  ]);
  const read = parseWhole(csv, { columns: true }) as Record<string, string>[];
  deepEqual(read.slice(0, ids.length).map(({ image }) => image), ids.map(() => ""));
});

Deno.test("scores too small for a decimal point are read back too", () => {
  const scores = [1e-30, Number.MIN_VALUE, 0.1 + 0.2, 1 - 2 ** -53];
  const verdicts = {
    name: "text",
    head: "text",
    rows: { text: [0, 0, 0, 0] },
    labels: [0, 0, 1, 1],
    scores,
  } as const;
  const [exam] = predictionsFromCsv(predictionsToCsv([verdicts], samplesNamed("a")));
  deepEqual(exam!.scores, scores);
});
