import { deepEqual, equal, ok } from "node:assert/strict";
import { linearProbe } from "../../lib/baselines/linear_probe.ts";
import { fitModalityEvidence } from "../../lib/fusion/modality_evidence.ts";
import { residualFusion } from "../../lib/fusion/mod.ts";
import type { Problem } from "../../lib/systems/system.ts";
import { key } from "../../lib/tensor/random.ts";
import { range, tinyFeatures, tinySettings, tinyTraining } from "../systems/tiny_corpus.ts";

const clean = tinyFeatures({ text: 60, image: 60, audio: 60 }, { signal: 1.5 });
const count = 40;

/** Row 60 + i is row i of the text's, of which noise leaves nothing and shouts. */
const features = {
  ...clean,
  text: {
    labels: [...Array.from(clean.text.labels), ...Array.from(clean.text.labels).slice(0, count)],
    tables: Object.fromEntries(
      Object.entries(clean.text.tables).map(([name, { shape, data }]) => {
        const size = data.length / 60;
        const noise = Float32Array.from(
          { length: count * size },
          (_, i) => name === "mask" ? 1 : 9 * Math.sin(7.3 * i * i),
        );
        return [name, {
          shape: [60 + count, ...shape.slice(1)],
          data: Float32Array.from([...data, ...noise]),
        }];
      }),
    ),
  },
};
const copies = Array.from({ length: count }, (_, i) => ({ row: 60 + i, of: i }));
const problem: Problem = {
  ...{ features, train: range(0, 30), validation: range(30, 40), noisy: { text: copies } },
  ...{ protocol: "label", present: ["text", "image", "audio"], key: key(4) },
};

Deno.test("a modality under noise is hardly believed, and its copies are judged out of fold", async () => {
  const text = await fitModalityEvidence(problem, "text");
  const [usual, noisy] = [[50, 51, 52, 53], [90, 91, 92, 93]].map((rows) =>
    Math.max(...text.reliability!(rows))
  ) as [number, number];
  ok(usual > 5 * noisy, `${usual} ${noisy}`);
  deepEqual(text.noisyOutOfFold!.rows, copies.slice(0, 30).map(({ row }) => row));
  equal(text.noisyOutOfFold!.evidence.length, 30);
  const size = (values: Float64Array) => values.reduce((sum, e) => sum + Math.abs(e), 0) / 30;
  ok(size(text.outOfFold) > 2 * size(text.noisyOutOfFold!.evidence));
  // Without copies of its own a modality has a temperature and nothing else.
  const image = await fitModalityEvidence(problem, "image");
  equal(image.reliability, undefined);
  equal(image.noisyOutOfFold, undefined);
});

Deno.test("clean rows choose the strength, and noise is learnt by a probe of its own", async () => {
  const fits: string[] = [];
  const probeOf = (strengths?: readonly number[]) => {
    const { name, fit } = linearProbe(strengths ? { strengths } : {});
    const counted = (part: Problem) => {
      fits.push(`${strengths ? "chosen" : "tried"}, ${part.noisy ? "noisy" : "clean"}`);
      return fit(part);
    };
    return { name, fit: counted };
  };
  const quiet = await fitModalityEvidence({ ...problem, noisy: {} }, "text", { probeOf, folds: 3 });
  fits.length = 0;
  const text = await fitModalityEvidence(problem, "text", { probeOf, folds: 3 });
  // Three folds and, of what is chosen, the whole.
  const counts = Object.fromEntries(
    [...Map.groupBy(fits, (fit) => fit)].map(([fit, all]) => [fit, all.length]),
  );
  deepEqual(counts, { "tried, clean": 3, "chosen, clean": 4, "chosen, noisy": 4 });
  deepEqual(text.record.trials, quiet.record.trials);
  equal((text.record.reliability as { probes: unknown[] }).probes.length, 2);
});

Deno.test("residual fusion under noise says what it says without the modality, and shows why", async () => {
  const fitted = await residualFusion(tinySettings, tinyTraining, { gate: 0 }).fit(problem);
  const rest = { image: [50, 51, 52, 53], audio: [50, 51, 52, 53] };
  const { unified: without } = await fitted.predict(rest);
  const { unified: noisy } = await fitted.predict({ text: [90, 91, 92, 93], ...rest });
  Array.from(noisy!, (p, i) => ok(Math.abs(p - without![i]!) < 0.1, `${p} ${without![i]}`));
  const shown = await fitted.inspect!({ text: [50, 90], image: [50, 51], audio: [50, 51] });
  const [believed, doubted] = Array.from(shown["reliability of text"]!.values) as [number, number];
  ok(believed > 5 * doubted, `${believed} ${doubted}`);
  equal(shown["reliability of image"], undefined);
  await fitted.dispose();
});
