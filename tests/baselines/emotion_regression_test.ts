import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { linearProbeOnEmotions } from "../../lib/baselines/linear_probe.ts";
import { speechRegressionOnEmotions } from "../../lib/baselines/speech_regression.ts";
import type { ModalityFeatures } from "../../lib/systems/features.ts";
import type { Problem } from "../../lib/systems/system.ts";
import { range } from "../systems/tiny_corpus.ts";
import { near } from "./logistic_regression_reference.ts";
import { problem } from "./tiny_problem.ts";

const reference: {
  readonly width: number;
  readonly trainRows: number;
  readonly inputs: number[];
  readonly emotions: string[];
  readonly polarities: Readonly<Record<string, 0 | 1 | null>>;
  readonly trials: readonly {
    readonly C: number;
    readonly loss: number;
    readonly classes: number[];
    readonly verdicts: number[];
  }[];
} = JSON.parse(
  Deno.readTextFileSync(new URL("../fixtures/emotion_regression.json", import.meta.url)),
);
const { width, trainRows, emotions, polarities } = reference;
const count = emotions.length;
const rows = Array.from({ length: count }, (_, i) => i);
const training = rows.slice(0, trainRows), rest = rows.slice(trainRows);
const isPolar = (row: number) => polarities[emotions[row]!] !== null;
const data = Float32Array.from(reference.inputs);

/** The reference's clips, their numbers told as measurements and as the states of one segment. */
function clips(change: Partial<ModalityFeatures> = {}): Problem {
  const audio: ModalityFeatures = {
    tables: {
      speechSummary: { shape: [count, 1, width], data },
      states: { shape: [count, 1, width], data },
      mask: { shape: [count, 1], data: new Float32Array(count).fill(1) },
    },
    // Of what has no polarity a label may say anything.
    labels: emotions.map((emotion) => polarities[emotion] ?? 1),
    emotions,
    ...change,
  };
  return {
    ...problem,
    features: { ...problem.features, audio },
    train: { ...range(0, 0), audio: training.filter(isPolar) },
    validation: { ...range(0, 0), audio: rest.filter(isPolar) },
    neutral: { audio: training.filter((row) => !isPolar(row)) },
    present: ["audio"],
  };
}

const systems = [speechRegressionOnEmotions(), linearProbeOnEmotions()];

for (const system of systems) {
  Deno.test(`${system.name}: scikit-learn's probabilities, summed among those of a polarity`, async () => {
    const { predict, inspect, record } = await system.fit(clips());
    const best = reference.trials.reduce((a, b) => (b.loss < a.loss ? b : a));
    equal(record.C, best.C);
    near(
      (record.trials as { validationLogLoss: number }[]).map((t) => t.validationLogLoss),
      reference.trials.map(({ loss }) => loss),
      1e-3,
    );
    near(Array.from((await predict({ audio: rest })).audio!), best.verdicts, 1e-2);
    deepEqual(record.classes, Object.keys(polarities).sort());
    equal(record.parameters, 5 * (width + 1));
    const { classes } = await inspect!({ audio: rest });
    equal(classes!.width, 5);
    near(Array.from(classes!.values), best.classes, 2e-2);
  });
}

Deno.test("without rows of neutral there is no such class, and their labels say nothing", async () => {
  const { neutral: _, ...without } = clips();
  const { record, inspect } = await speechRegressionOnEmotions().fit(without);
  deepEqual(record.classes, ["anger", "calm", "joy", "sadness"]);
  const { classes } = await inspect!({ audio: rest });
  equal(classes!.values.length, 4 * rest.length);
  const labels = Array.from(clips().features.audio.labels, (y, row) => isPolar(row) ? y : 0);
  const [one, other] = await Promise.all(
    [clips(), clips({ labels })].map((of) => speechRegressionOnEmotions().fit(of)),
  );
  deepEqual(
    (await one!.predict({ audio: rest })).audio,
    (await other!.predict({ audio: rest })).audio,
  );
});

Deno.test("two emotions are two probabilities, of which one is the verdict", async () => {
  const moods = emotions.map((emotion) => polarities[emotion] === 0 ? "sadness" : "joy");
  const { neutral: _, ...two } = clips({ emotions: moods });
  const { predict, inspect, record } = await speechRegressionOnEmotions().fit(two);
  deepEqual(record.classes, ["joy", "sadness"]);
  const verdicts = Array.from((await predict({ audio: rest })).audio!);
  const { values } = (await inspect!({ audio: rest })).classes!;
  verdicts.forEach((p, i) => {
    ok(Math.abs(p - values[2 * i]!) < 1e-12);
    ok(Math.abs(values[2 * i]! + values[2 * i + 1]! - 1) < 1e-12);
  });
});

Deno.test("an emotion that training lacks chooses nothing", async () => {
  const last = rest.filter(isPolar).at(-1)!;
  const other = emotions.with(last, "surprise");
  const of = clips();
  const validation = { ...of.validation, audio: of.validation.audio.filter((row) => row !== last) };
  const [named, without] = await Promise.all(
    [clips({ emotions: other }), { ...of, validation }].map((p) =>
      speechRegressionOnEmotions().fit(p)
    ),
  );
  deepEqual(named!.record, without!.record);
});

Deno.test("a regression on emotions says what it needs", async () => {
  const refuses = (of: Problem, message: string) =>
    rejects(speechRegressionOnEmotions().fit(of), {
      name: "RangeError",
      message: `Cannot fit Regression on speech measurements, emotions: expected ${message}`,
    });
  const { emotions: _, ...nameless } = clips().features.audio;
  const { features } = problem;
  await refuses(
    { ...clips(), features: { ...features, audio: nameless } },
    "emotions of the audio samples, got none",
  );
  await refuses(
    clips({ labels: emotions.map(() => 1) }),
    "training samples of both polarities, got those of one",
  );
  await refuses(
    { ...clips(), target: { kind: "score", low: -3, high: 3 } },
    "two polarities to learn, got other labels",
  );
  await rejects(linearProbeOnEmotions().fit({ ...clips(), present: ["text", "audio"] }), {
    name: "RangeError",
    message: "Cannot fit Linear probe, emotions: expected protocol single and one modality, " +
      "got single and text, audio",
  });
});
