import { deepEqual, equal, ok } from "node:assert/strict";
import { key, uniforms } from "../../../../lib/tensor/random.ts";
import { answersOf, systemNames } from "../../../../experiments/natural/people/judge.ts";
import { labelPaired } from "../../../../experiments/natural/people/label_paired.ts";
import {
  fitAlone,
  fitRegression,
  lateFusion,
  places,
  projected,
  type Training,
} from "../../../../experiments/natural/people/fusions.ts";
import {
  gather,
  type Question,
  questionsOf,
} from "../../../../experiments/natural/people/question.ts";

const near = (got: ArrayLike<number>, wanted: readonly number[], off = 1e-9) => {
  equal(got.length, wanted.length);
  wanted.forEach((one, i) => ok(Math.abs(got[i]! - one) < off, `${i}: ${got[i]} for ${one}`));
};
const hot = (verdicts: readonly number[], width: number) =>
  Float32Array.from(verdicts.flatMap((v) => Array.from({ length: width }, (_, k) => +(k === v))));

Deno.test("verdict tables and Bayes' rule agree with counts worked by hand", () => {
  const labels = [0, 0, 0, 1];
  const training: Training = {
    classes: ["a", "b"],
    modalities: ["audio", "image"],
    told: "verdicts",
    width: 2,
    labels,
    inputs: { audio: hot([0, 0, 1, 1], 2), image: hot([0, 1, 0, 1], 2) },
  };
  const alone = training.modalities.map((m) => fitAlone(training, m));
  const asked = { audio: hot([1], 2), image: hot([1], 2) };
  // Of a: 3 rows, one said 1: (1 + 1) / (3 + 2) = 2/5. Of b: 1 row, it said 1: 2/3. Prior 3/4 and 1/4.
  // p(b | 1) = 1/4 · 2/3 / (3/4 · 2/5 + 1/4 · 2/3) = 5/14, of either modality.
  for (const one of alone) near(one(asked).map(Math.exp), [9 / 14, 5 / 14]);
  // Both: 3/4 · 4/25 against 1/4 · 4/9, as 27 to 25.
  const [a, b] = lateFusion(training, alone)(asked);
  near([Math.exp(b! - a!)], [25 / 27]);
});

Deno.test("votes are read as log shares, each emotion with half a vote more; ties of all are no label", () => {
  const votes = (...all: number[]) => ({ audio: [3, 0], image: [2, 2], all });
  const [meant, said] = questionsOf({
    ...{ name: "a set", emotions: ["x", "y"], modalities: ["image", "audio"], groupedBy: "actor" },
    samples: [
      { id: "1", group: "a", intended: 0, votes: votes(1, 4) },
      { id: "2", group: "a", intended: 1, votes: votes(2, 2) },
    ],
    leftOut: {},
  });
  deepEqual(meant!.rows.map(({ label }) => label), [0, 1]);
  deepEqual(said!.rows.map(({ id, label }) => [id, label]), [["1", 1]]);
  equal(said!.told, "shares");
  near(said!.inputs.audio!, [Math.log(2 * 3.5 / 4), Math.log(2 * 0.5 / 4)], 1e-7);
  near(said!.inputs.image!, [0, 0]);
});

/** Rows of which the label is whether voice and face agree, but for some noise. */
function planted(groups: number, told: "verdicts" | "shares"): Question {
  const next = uniforms(key(5));
  const rows = Array.from({ length: 40 * groups }, (_, i) => {
    const audio = Number(next() < 0.5), image = Number(next() < 0.5);
    const label = next() < 0.9 ? Number(audio === image) : Number(audio !== image);
    return { audio, image, label, id: `${i}`, group: `${i % groups}`, part: undefined };
  });
  const inputs = (m: "audio" | "image") => {
    const verdicts = hot(rows.map((row) => row[m]), 2);
    return told === "verdicts" ? verdicts : verdicts.map((x) => x === 1 ? 0.5 : -1);
  };
  return {
    ...{ set: "planted", target: "agreement", classes: ["no", "yes"], told, width: 2, rows },
    ...{
      modalities: ["audio", "image"],
      inputs: { audio: inputs("audio"), image: inputs("image") },
    },
  };
}

const rightOf = (question: Question, test: readonly number[], answers: readonly number[]) =>
  answers.filter((answer, i) => answer === question.rows[test[i]!]!.label).length / test.length;

for (const told of ["verdicts", "shares"] as const) {
  Deno.test(`products find a planted exclusive or of ${told}, and what is additive does not`, () => {
    const question = planted(20, told);
    const places = [...question.rows.keys()];
    const train = places.filter((row) => row % 4 > 0), test = places.filter((row) => row % 4 === 0);
    const answers = answersOf(question, { train, test }, key(1));
    const right = (system: string) => rightOf(question, test, answers[system]!);
    ok(right(systemNames.products) > 0.85);
    const { late, additive, projected } = systemNames;
    for (const system of [late, additive, projected]) ok(right(system) < 0.62, system);
  });
}

Deno.test("the additive projection of an additive regression is the regression itself", () => {
  const question = planted(5, "shares");
  const { rows } = question;
  const training = { ...question, labels: rows.map(({ label }) => label) };
  const additive = fitRegression(training, "additive"),
    products = fitRegression(training, "products");
  const asked = gather(question, () => [0, 3, 5, 6, 11]);
  near(projected(additive, question)(asked), [...additive(asked)], 1e-12);
  const whole = products(asked);
  ok(projected(products, question)(asked).some((value, i) => Math.abs(value - whole[i]!) > 0.1));
});

Deno.test("the additive projection is the mean over all pairs of rows", () => {
  const question = planted(2, "verdicts");
  const training = { ...question, labels: question.rows.map(({ label }) => label) };
  const f = fitRegression(training, "products");
  const rows = [0, 1, 4, 7, 9], n = rows.length;
  const pair = (audio: readonly number[], image: readonly number[]) =>
    f(gather(question, (m) => m === "audio" ? audio : image));
  const got = projected(f, question)(gather(question, () => rows));
  const mean = (values: Float64Array, k: number) =>
    values.reduce((sum, value, i) => i % 2 === k ? sum + value : sum, 0) / (values.length / 2);
  const everyPair = pair(rows.flatMap((row) => rows.map(() => row)), rows.flatMap(() => rows));
  rows.forEach((row, i) => {
    const own = Array<number>(n).fill(row);
    for (const k of [0, 1]) {
      const wanted = mean(pair(own, rows), k) + mean(pair(rows, own), k) - mean(everyPair, k);
      near([got[2 * i + k]!], [wanted], 1e-6);
    }
  });
});

Deno.test("label-pairing makes a fusion look better where modalities err together", () => {
  // All three are right in the same seven rows of ten: two say nothing that the first does not.
  const next = uniforms(key(8));
  const rows = Array.from({ length: 600 }, (_, i) => {
    const label = Number(next() < 0.5), isRight = next() < 0.7;
    const said = isRight ? label : 1 - label;
    return { id: `${i}`, group: `${i % 10}`, part: undefined, label, said };
  });
  const verdicts = hot(rows.map(({ said }) => said), 2);
  const question: Question = {
    ...{ set: "planted", target: "label", classes: ["0", "1"], told: "verdicts", width: 2, rows },
    modalities: ["text", "image", "audio"],
    inputs: { text: verdicts, image: verdicts, audio: verdicts },
  };
  const train = [...rows.keys()].slice(0, 300), test = [...rows.keys()].slice(300);
  const answers = answersOf(question, { train, test }, key(2));
  const right = (system: string) => rightOf(question, test, answers[system]!);
  ok(Math.abs(right(systemNames.late) - 0.7) < 0.06);
  // Two of three right: .7³ + 3 · .7² · .3 = .784.
  ok(right(systemNames.latePaired) > right(systemNames.late) + 0.04);
});

Deno.test("label-paired rows are test rows of the same label, and the first modality stays", () => {
  const question = planted(4, "verdicts");
  const test = [...question.rows.keys()].slice(20, 90);
  const drawn = labelPaired(question, test, key(3));
  deepEqual(drawn.audio, test);
  ok(drawn.image.some((row, i) => row !== test[i]));
  drawn.image.forEach((row, i) => {
    ok(test.includes(row));
    equal(question.rows[row]!.label, question.rows[test[i]!]!.label);
  });
  deepEqual(labelPaired(question, test, key(3)), drawn);
});

Deno.test("a gate listens to the modality that is right where another speaks up", () => {
  // The face says 2 where it knows nothing; then the voice knows, and else the voice is at random.
  const next = uniforms(key(9));
  const rows = Array.from({ length: 400 }, (_, i) => {
    const label = Number(next() < 0.5), blind = next() < 0.5;
    const voice = blind ? label : Number(next() < 0.5);
    return {
      id: `${i}`,
      group: `${i % 8}`,
      part: undefined,
      label,
      voice,
      face: blind ? 2 : label,
    };
  });
  const question: Question = {
    ...{ set: "planted", target: "label", classes: ["0", "1"], told: "verdicts", width: 3, rows },
    modalities: ["image", "audio"],
    inputs: { image: hot(rows.map((r) => r.face), 3), audio: hot(rows.map((r) => r.voice), 3) },
  };
  const train = [...rows.keys()].slice(0, 200), test = [...rows.keys()].slice(200);
  const answers = answersOf(question, { train, test }, key(2));
  equal(rightOf(question, test, answers[systemNames.gated]!), 1);
  ok(rightOf(question, test, answers["Face alone"]!) < 0.85);
});

Deno.test("places() has the first of the highest numbers of each row", () => {
  deepEqual(places(Float64Array.of(0, 2, 2, 5, 1, 1), 3), [1, 0]);
});
