import { deepEqual, equal } from "node:assert/strict";
import { predictionsFromCsv, predictionsToCsv } from "../../experiments/predictions.ts";
import type { Sample } from "../../lib/datasets/mod.ts";
import { byModality, type Modality } from "../../lib/modality.ts";
import { parseWhole } from "../../lib/deps/csv_parse.ts";

/** Samples with these ids, the same for each modality. */
function samplesNamed(...ids: string[]): Record<Modality, Sample[]> {
  return byModality((modality) =>
    ids.map((id) => ({
      id,
      modality,
      source: { text: id },
      emotion: "joy",
      polarity: 1,
      group: id,
      hash: id,
    }))
  );
}

Deno.test("predictions are a line a sample, with the ids of what was shown", () => {
  const samples = samplesNamed("a.jpg", "b.jpg", "c.jpg");
  const alone = { rows: { image: [2, 0] }, labels: [0, 1], scores: [0.25, 1] };
  equal(
    predictionsToCsv({ ...alone, head: "image" }, samples),
    "text,image,audio,label,score\n,c.jpg,,0,0.25\n,a.jpg,,1,1\n",
  );
  const rows = { text: Uint32Array.of(0), image: Uint32Array.of(1), audio: Uint32Array.of(2) };
  equal(
    predictionsToCsv({
      head: "unified",
      rows,
      labels: Uint8Array.of(1),
      scores: Float64Array.of(0.5),
    }, samples),
    "text,image,audio,label,score\na.jpg,b.jpg,c.jpg,1,0.5\n",
  );
});

Deno.test("labels and scores are read back to the last bit, whatever the ids hold", () => {
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
  const csv = predictionsToCsv({ head: "text", rows, labels, scores }, samplesNamed(...ids));
  deepEqual(predictionsFromCsv(csv), { labels, scores: [...scores] });
  const read = parseWhole(csv, { columns: true }) as Record<string, string>[];
  deepEqual(read.map(({ text }) => text), ids);
  deepEqual(read.map(({ image }) => image), ids.map(() => ""));
  deepEqual(read.map(({ audio }) => audio), ids.toReversed());
});

Deno.test("scores too small for a decimal point are read back too", () => {
  const scores = [1e-30, Number.MIN_VALUE, 0.1 + 0.2, 1 - 2 ** -53];
  const verdicts = {
    head: "text",
    rows: { text: [0, 0, 0, 0] },
    labels: [0, 0, 1, 1],
    scores,
  } as const;
  deepEqual(predictionsFromCsv(predictionsToCsv(verdicts, samplesNamed("a"))).scores, scores);
});
