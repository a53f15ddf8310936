import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import {
  clipProbe,
  clipZeroShot,
  type PolarityPrompts,
  zeroShotPrompts,
} from "../../lib/baselines/clip.ts";
import { linearProbe } from "../../lib/baselines/linear_probe.ts";
import { defaultValence } from "../../lib/datasets/valence.ts";
import { byModality, modalities } from "../../lib/modality.ts";
import type { CorpusFeatures } from "../../lib/systems/features.ts";
import type { Problem } from "../../lib/systems/system.ts";
import { withOtherRows } from "../systems/tiny_corpus.ts";
import { problem, test } from "./tiny_problem.ts";

/** The first segment of each sample's states as its embedding. */
function withClip(features: CorpusFeatures): CorpusFeatures {
  return byModality((m) => {
    const { states } = features[m].tables;
    const [rows, segments, width] = states!.shape as [number, number, number];
    const data = states!.data.filter((_, i) => Math.floor(i / width) % segments === 0);
    const tables = { ...features[m].tables, clip: { shape: [rows, 1, width], data } };
    return { ...features[m], tables };
  });
}

const own: Problem = { ...problem, features: withClip(problem.features) };

Deno.test("the CLIP probe is the linear probe on embeddings, alone and joined", async () => {
  for (const protocol of ["single", "label"] as const) {
    const features = byModality((m) => {
      const { clip } = own.features[m].tables, rows = clip!.shape[0]!;
      const mask = { shape: [rows, 1], data: new Float32Array(rows).fill(1) };
      return { ...own.features[m], tables: { states: clip!, mask } };
    });
    const found = await clipProbe().fit({ ...own, protocol });
    const wanted = await linearProbe().fit({ ...own, features, protocol });
    deepEqual(found.record, wanted.record);
    const rows = protocol === "label" ? test : { image: test.image };
    deepEqual(await found.predict(rows), await wanted.predict(rows));
  }
});

Deno.test("the CLIP probe tells separable samples from unseen rows, and learns nothing from these", async () => {
  const label: Problem = { ...own, protocol: "label" };
  const probe = await clipProbe().fit(label);
  const scores = (await probe.predict(test)).unified!;
  const right = test.text.filter((row, i) => scores[i]! >= 0.5 === (row % 2 === 1)).length;
  ok(right >= 7, `${right}`);
  const other = withClip(withOtherRows(problem.features, test));
  deepEqual((await clipProbe().fit({ ...label, features: other })).record, probe.record);
});

Deno.test("the CLIP probe asks for embeddings of what it reads, and of nothing else", async () => {
  const { image: { tables: { clip: _, ...rest }, labels }, ...others } = own.features;
  const lacking: Problem = { ...own, features: { ...others, image: { tables: rest, labels } } };
  await clipProbe().fit({ ...lacking, present: ["text"] });
  await rejects(clipProbe().fit({ ...lacking, present: ["image"] }), {
    name: "RangeError",
    message: /^Cannot read image features: expected one of .*, got clip$/,
  });
  await rejects(clipProbe().fit({ ...lacking, protocol: "label" }), /got clip/);
});

/** Samples with two numbers each, and one class of either polarity along the axes. */
function onAxes(rows: readonly (readonly [number, number])[]): Problem {
  const clip = { shape: [rows.length, 1, 2], data: Float32Array.from(rows.flat()) };
  const labels = rows.map(() => 0 as const);
  return {
    ...problem,
    features: byModality(() => ({ tables: { clip }, labels })),
    train: byModality(() => []),
    validation: byModality(() => []),
  };
}

const axes: PolarityPrompts = {
  positive: [Float32Array.of(1, 0)],
  negative: [Float32Array.of(0, 1)],
};
const prompts = byModality(() => axes);

const near = (found: ArrayLike<number>, wanted: readonly number[]) => {
  equal(found.length, wanted.length);
  wanted.forEach((p, i) => ok(Math.abs(found[i]! - p) < 1e-6, `${i}: ${found[i]}, not ${p}`));
};

Deno.test("zero-shot is the softmax of scaled cosines, whatever the lengths", async () => {
  const two = onAxes([[3, 4], [0.3, 0.4], [5, 0], [0, 0]]);
  const { predict, record } = await clipZeroShot({ prompts, scale: 10 }).fit(two);
  const scores = (await predict({ image: [0, 1, 2, 3] })).image!;
  // Cosines 3/5 and 4/5: p = 1 / (1 + e^(10 · 0.2)); then 1 and 0; and nothing to go by.
  const p = 1 / (1 + Math.exp(2));
  near(scores, [p, p, 1 / (1 + Math.exp(-10)), 0.5]);
  deepEqual((record.classes as { text: unknown }).text, { positive: 1, negative: 1 });
});

Deno.test("zero-shot adds the mass of all classes of a polarity", async () => {
  const many: PolarityPrompts = {
    positive: [Float32Array.of(1, 0), Float32Array.of(2, 0)],
    negative: [Float32Array.of(0, 1)],
  };
  const { predict } = await clipZeroShot({ prompts: { ...prompts, text: many }, scale: 1 }).fit(
    onAxes([[1, 0]]),
  );
  near((await predict({ text: [0] })).text!, [2 * Math.E / (2 * Math.E + 1)]);
  // Scores stay finite where e^s does not.
  const hot = await clipZeroShot({ prompts, scale: 1e4 }).fit(onAxes([[1, 0], [0, 1]]));
  near((await hot.predict({ audio: [0, 1] })).audio!, [1, 0]);
});

Deno.test("zero-shot judges triples by the mean of the logits, and needs no training part", async () => {
  const triple = onAxes([[1, 0], [0, 1]]);
  const { predict } = await clipZeroShot({ prompts, scale: 3 }).fit({
    ...triple,
    protocol: "label",
  });
  const { unified, text, audio } = await predict({ text: [0], image: [0], audio: [1] });
  near(unified!, [1 / (1 + Math.exp(-1))]);
  near(text!, [1 / (1 + Math.exp(-3))]);
  near(audio!, [1 / (1 + Math.exp(3))]);
});

Deno.test("zero-shot refuses prompts of another width, and modalities that it was not fitted on", async () => {
  const wide: PolarityPrompts = { ...axes, negative: [new Float32Array(3)] };
  await rejects(
    clipZeroShot({ prompts: { ...prompts, image: wide }, scale: 1 }).fit(onAxes([[1, 0]])),
    /^RangeError: Cannot compare image with prompts: expected prompts 2 wide, .*, got 3$/,
  );
  const alone = await clipZeroShot({ prompts, scale: 1 }).fit({
    ...onAxes([[1, 0]]),
    present: ["text"],
  });
  await rejects(alone.predict({ audio: [0] }), /Cannot predict from audio: expected text/);
});

/** Embeds a text by whether it has the word `happy`, `smiling`, `positive`, or another. */
function tellingEncoder() {
  const seen: string[] = [];
  return {
    seen,
    encode: (texts: readonly string[]) => {
      seen.push(...texts);
      return Promise.resolve(texts.map((text) => ({
        clip: /happy/.test(text)
          ? Float32Array.of(2, 0, 0)
          : /smiling/.test(text)
          ? Float32Array.of(0, 5, 0)
          : Float32Array.of(0, 0, 1),
      })));
    },
  };
}

Deno.test("prompts are the published ones, a class the mean of its words' directions", async () => {
  const text = tellingEncoder();
  const { prompts, scale } = await zeroShotPrompts({ text, scale: 7 }, { valence: defaultValence });
  equal(scale, 7);
  // Six templates for each of ten words; those of neutral are not asked for.
  equal(text.seen.filter((t) => /review of a movie|this text expresses/.test(t)).length, 4);
  equal(text.seen.length, 4 + 6 * (1 + 1 + 1 + 2 + 2 + 3));
  ok(text.seen.includes("a photo of a smiling looking face."));
  ok(text.seen.includes("look at how depressed they are."));
  ok(!text.seen.some((t) => t.includes("bored")));
  const { positive, negative } = prompts.image;
  // Happy and surprised; angry, disgusted, fearful and sad.
  deepEqual([positive.length, negative.length], [2, 4]);
  near(positive[0]!, [Math.SQRT1_2, Math.SQRT1_2, 0]);
  near(negative[3]!, [0, 0, 1]);
  deepEqual(prompts.audio, prompts.image);
  deepEqual([prompts.text.positive.length, prompts.text.negative.length], [1, 1]);
});

Deno.test("prompts follow the valence map, and need a class of both polarities", async () => {
  const text = tellingEncoder();
  const wary = { ...defaultValence, surprised: "excluded" as const };
  const { prompts } = await zeroShotPrompts({ text, scale: 1 }, { valence: wary });
  equal(prompts.image.positive.length, 1);
  await rejects(
    zeroShotPrompts({ text, scale: 1 }, { valence: { ...wary, happy: "excluded" } }),
    /^RangeError: Cannot make prompts: expected a positive class among angry, .*, got none/,
  );
});

Deno.test("zero-shot prompts survive being sent to a worker", async () => {
  const made = await zeroShotPrompts({ text: tellingEncoder(), scale: 2 }, {
    valence: defaultValence,
  });
  deepEqual(structuredClone(made), made);
  deepEqual(Object.keys(made.prompts), [...modalities]);
});
