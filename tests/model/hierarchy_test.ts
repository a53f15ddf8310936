import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { modalities, type Modality } from "../../lib/modality.ts";
import * as tf from "../../lib/deps/tf.ts";
import {
  type AttentionWeights,
  hierarchy,
  type HierarchyConfig,
  type HierarchyParams,
  initHierarchy,
} from "../../lib/model/hierarchy.ts";
import { maskedMean } from "../../lib/tensor/layers.ts";
import {
  asTree,
  flatten,
  layoutOf,
  type Parameter,
  split,
  tensors,
} from "../../lib/tensor/parameter.ts";
import { key } from "../../lib/tensor/random.ts";
import type { Tree } from "../../lib/tensor/tree.ts";
import type { CustomAttention } from "../../lib/model/config.ts";
import { gradientsAgree, probe } from "../gradient_check.ts";
import { differ, near, same, uniform, uniformTensor } from "../tensor_values.ts";

tf.setBackend("cpu");

type ByModality = { readonly [M in Modality]?: tf.Tensor };
type Input = { segments: ByModality; masks: ByModality };

const flags = [false, true];
const combinations = flags.flatMap((within) =>
  flags.flatMap((across) => flags.map((summaries) => ({ within, across, summaries })))
);
const everyLevel = { within: true, across: true, summaries: true };
const subsets = Array.from({ length: 7 }, (_, i) => modalities.filter((_, m) => (i + 1) >> m & 1));

const configOf = (levels: HierarchyConfig["levels"], residual = true): HierarchyConfig => ({
  width: 4,
  heads: 2,
  levels,
  residual,
});

/** The levels with seeded parameters, as a function of its input alone. */
function levelsOf(levels: HierarchyConfig["levels"], residual = true) {
  const config = configOf(levels, residual);
  const params: HierarchyParams = tensors(initHierarchy(key(3), config));
  return (input: Input) => hierarchy(params, input, config);
}

const pick = <T>(from: { readonly [M in Modality]?: T }, which: readonly Modality[]) =>
  Object.fromEntries(which.map((m) => [m, from[m]])) as { [M in Modality]?: T };
const mapped = <T, U>(from: { readonly [M in Modality]?: T }, fn: (value: T, m: Modality) => U) =>
  Object.fromEntries(
    modalities.flatMap((m) => from[m] === undefined ? [] : [[m, fn(from[m], m)]]),
  ) as { [M in Modality]?: U };

/** A batch of two: 2, 3 and 2 segments, the last of the second sample's image missing. */
const full: Required<Input> = {
  segments: {
    text: uniformTensor("text", 2, 2, 4),
    image: uniformTensor("image", 2, 3, 4),
    audio: uniformTensor("audio", 2, 2, 4),
  },
  masks: {
    text: tf.ones([2, 2]),
    image: tf.tensor2d([[1, 1, 1], [1, 1, 0]]),
    audio: tf.tensor2d([[1, 0], [1, 1]]),
  },
};

/** The same batch with the modalities outside `present` masked. */
const masked = (present: readonly Modality[]): Input => ({
  segments: full.segments,
  masks: mapped(full.masks, (mask, m) => present.includes(m) ? mask : tf.zerosLike(mask)),
});

/** The rows of `summaries` by modality. */
function rows(summaries: tf.Tensor): Record<Modality, tf.Tensor> {
  const [text, image, audio] = tf.unstack(summaries, 1);
  return { text: text!, image: image!, audio: audio! };
}

/** Attention that gives every segment that exists the same share of its plain value: width 1. */
const evenly = {
  query: tf.zeros([1, 1]),
  key: tf.ones([1, 1]),
  value: tf.ones([1, 1]),
  output: tf.ones([1, 1]),
  norm: { scale: tf.ones([1]), shift: tf.zeros([1]) },
};

Deno.test("hierarchy() agrees with its equations worked by hand, level by level", () => {
  // Text 1 and 3, image 8 and a masked 100, no audio.
  const input = {
    segments: {
      text: tf.tensor3d([[[1], [3]]]),
      image: tf.tensor3d([[[8], [100]]]),
      audio: tf.tensor3d([[[50]]]),
    },
    masks: { text: tf.ones([1, 2]), image: tf.tensor2d([[1, 0]]), audio: tf.zeros([1, 1]) },
  };
  const of = (params: Partial<HierarchyParams>) =>
    hierarchy({ within: {}, across: {}, summaries: {}, ...params }, input, {
      heads: 1,
      residual: false,
    }).summaries;
  // No level: the means 2 and 8.
  near(of({}), [[[2], [8], [0]]]);
  // Within: text becomes 2 and 2, with W^O = 2 4 and 4.
  near(of({ within: { text: { ...evenly, output: tf.fill([1, 1], 2) } } }), [[[4], [8], [0]]]);
  // Across: every segment becomes (1 + 3 + 8) / 3.
  near(of({ across: { attention: evenly } }), [[[4], [4], [0]]]);
  // Summaries: every summary becomes (2 + 8) / 2.
  near(of({ summaries: { attention: evenly } }), [[[5], [5], [0]]]);
  // All: text 4 and 4, then all (4 + 4 + 8) / 3, then their mean.
  near(
    of({
      within: { text: { ...evenly, output: tf.fill([1, 1], 2) } },
      across: { attention: { ...evenly, output: tf.fill([1, 1], 3) } },
      summaries: { attention: evenly },
    }),
    [[[16], [16], [0]]],
    1e-5,
  );
});

for (const levels of combinations) {
  const on = Object.entries(levels).flatMap(([name, is]) => is ? [name] : []);
  const name = on.length === 0 ? "no level" : on.join(" and ");

  Deno.test(`with ${name}, leaving modalities out equals masking them, for all subsets`, () => {
    for (const residual of flags) {
      const run = levelsOf(levels, residual);
      for (const present of subsets) {
        const kept = { segments: pick(full.segments, present), masks: pick(full.masks, present) };
        const out = run(kept).summaries;
        near(run(masked(present)).summaries, out, 1e-6, present.join());
        deepEqual(out.shape, [2, 3, 4]);
        for (const m of modalities) {
          equal(differ(rows(out)[m], tf.zeros([2, 4]), 0), present.includes(m), m);
        }
      }
    }
  });

  Deno.test(`with ${name}, a modality that exists moves the others if levels join them`, () => {
    const run = levelsOf(levels);
    const joined = levels.across || levels.summaries;
    for (const changed of modalities) {
      const segments = { ...full.segments, [changed]: tf.neg(full.segments[changed]!) };
      const before = rows(run(full).summaries);
      const after = rows(run({ ...full, segments }).summaries);
      for (const m of modalities) {
        equal(differ(before[m], after[m], 1e-4), m === changed || joined, `${changed} on ${m}`);
      }
    }
  });
}

/** The attention maps of all levels with the mask of their keys. */
function maps(weights: AttentionWeights, { masks }: Input): [map: tf.Tensor, keys: tf.Tensor][] {
  const there = modalities.filter((m) => masks[m]);
  const all = there.map((m) => masks[m]!);
  const present = tf.stack(all.map((mask) => tf.max(mask, 1)), 1);
  return [
    ...there.map((m): [tf.Tensor, tf.Tensor] => [weights.within[m]!, masks[m]!]),
    [weights.across.attention!, tf.concat(all, 1)],
    [weights.summaries.attention!, present],
  ];
}

Deno.test("on every level masked segments get no attention at all, existing ones some", () => {
  for (const present of subsets) {
    const input = masked(present);
    const all = maps(levelsOf(everyLevel)(input).weights, input);
    equal(all.length, 5);
    for (const [map, keys] of all) {
      const [batch, segments] = keys.shape as [number, number];
      deepEqual(map.shape, [batch, 2, segments, segments]);
      const some = tf.greater(tf.min(map, [1, 2]), 0);
      same(tf.cast(some, "float32"), keys);
      same(tf.mul(map, tf.reshape(tf.sub(1, keys), [batch, 1, 1, segments])), tf.zerosLike(map));
    }
  }
});

Deno.test("the values of masked segments change nothing", () => {
  for (const levels of combinations) {
    for (const present of subsets) {
      const run = levelsOf(levels), input = masked(present);
      const segments = mapped(input.segments, (x, m) => {
        const gone = tf.expandDims(tf.sub(1, input.masks[m]!), 2);
        return tf.add(x, tf.mul(gone, tf.mul(uniformTensor("junk", ...x.shape), 1000)));
      });
      same(run({ ...input, segments }).summaries, run(input).summaries);
    }
  }
});

Deno.test("more padding changes nothing", () => {
  const padded: Input = {
    segments: mapped(
      full.segments,
      (x) => tf.concat([x, uniformTensor("padding", 2, 3, 4)], 1),
    ),
    masks: mapped(full.masks, (mask) => tf.concat([mask, tf.zeros([2, 3])], 1)),
  };
  for (const levels of combinations) {
    near(levelsOf(levels)(padded).summaries, levelsOf(levels)(full).summaries);
  }
});

Deno.test("permuting the batch permutes the summaries and the weights", () => {
  const turned: Input = {
    segments: mapped(full.segments, (x) => tf.reverse(x, 0)),
    masks: mapped(full.masks, (mask) => tf.reverse(mask, 0)),
  };
  const run = levelsOf(everyLevel);
  const there = run(full), back = run(turned);
  near(back.summaries, tf.reverse(there.summaries, 0));
  near(back.weights.across.attention!, tf.reverse(there.weights.across.attention!, 0));
});

Deno.test("a batch of one keeps its shapes and its numbers", () => {
  const one: Input = {
    segments: mapped(full.segments, (x) => tf.slice(x, 0, 1)),
    masks: mapped(full.masks, (mask) => tf.slice(mask, 0, 1)),
  };
  const run = levelsOf(everyLevel);
  const { summaries, weights } = run(one);
  near(summaries, tf.slice(run(full).summaries, 0, 1));
  deepEqual(summaries.shape, [1, 3, 4]);
  deepEqual(weights.within.image!.shape, [1, 2, 3, 3]);
  deepEqual(weights.across.attention!.shape, [1, 2, 7, 7]);
  deepEqual(weights.summaries.attention!.shape, [1, 2, 3, 3]);
});

Deno.test("a level that is switched off has neither parameters nor weights", () => {
  for (const levels of combinations) {
    const params = initHierarchy(key(3), configOf(levels));
    const { weights } = levelsOf(levels)(full);
    for (const tree of [params, weights]) {
      equal(Object.keys(tree.within).length, levels.within ? 3 : 0);
      equal(tree.across.attention !== undefined, levels.across);
      equal(tree.summaries.attention !== undefined, levels.summaries);
    }
  }
});

Deno.test("each level has weights of its own, the same whatever else is switched on", () => {
  const all = initHierarchy(key(3), configOf(everyLevel));
  const firsts = [
    ...modalities.map((m) => all.within[m]!),
    all.across.attention!,
    all.summaries.attention!,
  ].map(({ query }) => query.values[0]);
  equal(new Set(firsts).size, 5);
  const alone = initHierarchy(key(3), configOf({ ...everyLevel, within: false }));
  deepEqual(alone.across, all.across);
});

Deno.test("the gradients of hierarchy() are central differences, whatever modalities there are", () => {
  const config = configOf(everyLevel);
  const params: HierarchyParams = tensors(initHierarchy(key(3), config));
  const all = {
    text: uniform("text", 2, 2, 4),
    image: uniform("image", 2, 3, 4),
    audio: uniform("audio", 2, 2, 4),
  };
  for (const present of [["text"], ["image"], ["text", "audio"], modalities] as const) {
    gradientsAgree(
      pick(all, present) as Partial<typeof all> as typeof all,
      (segments) =>
        probe(
          hierarchy(params, { segments, masks: pick(full.masks, present) }, config).summaries,
        ),
    );
  }
});

/** Segments get the mean of those that exist: a level that is brought along. */
const averaging: CustomAttention = {
  name: "averaging",
  init: () => ({}),
  apply: (_, { x, mask }) => ({ y: tf.add(x, tf.expandDims(maskedMean(x, mask), 1)) }),
};

Deno.test("views give what repeated samples give, and the same gradients", () => {
  for (const levels of [...combinations, { ...everyLevel, across: averaging }]) {
    const config = configOf(levels);
    const initial = initHierarchy(key(3), config);
    const layout = layoutOf(initial as Tree<Parameter>);
    const start = tf.tensor1d(flatten(initial as Tree<Parameter>));
    // Three views of two samples.
    const rows = [[1, 1, 1], [1, 1, 1], [0, 1, 1], [1, 0, 0], [0, 0, 1], [0, 1, 0]];
    const presence = tf.tensor2d(rows);
    const repeated = (x: tf.Tensor) => tf.concat([x, x, x]);
    const inViews = (mask: tf.Tensor, m: Modality) =>
      tf.mul(repeated(mask), tf.slice(presence, [0, modalities.indexOf(m)], [-1, 1]));
    const run = (seen: (segments: ByModality) => Parameters<typeof hierarchy>[1]) => {
      let summaries!: tf.Tensor;
      const { grads } = tf.valueAndGrads((theta: tf.Tensor, ...parts: tf.Tensor[]) => {
        const params = asTree(initial as Tree<Parameter>, split(layout, theta));
        const segments = Object.fromEntries(modalities.map((m, i) => [m, parts[i]!]));
        const out = hierarchy(params as HierarchyParams, seen(segments), config);
        summaries = tf.keep(out.summaries);
        const shown = modalities.map((m) =>
          // What is hidden is no one's to look at.
          probe(tf.mul(out.segments[m]!, tf.expandDims(inViews(full.masks[m]!, m), 2)))
        );
        // Without levels there are no parameters; of their sum the gradient is 1.
        return tf.addN([probe(summaries), tf.sum(theta), ...shown]) as tf.Scalar;
      })([start, ...modalities.map((m) => full.segments[m]!)]);
      return { summaries, grads };
    };
    const once = run((segments) => ({ segments, masks: full.masks, presence }));
    const each = run((segments) => ({
      segments: mapped(segments, repeated),
      masks: mapped(full.masks, inViews),
    }));
    near(once.summaries, each.summaries, 2e-6);
    once.grads.forEach((gradient, i) => near(gradient, each.grads[i]!, 1e-5, `gradient ${i}`));
  }
});

Deno.test("hierarchy() refuses a presence of other samples or modalities", () => {
  for (const [rows, columns] of [[5, 3], [1, 3], [2, 2]] as const) {
    throws(
      () => levelsOf(everyLevel)({ ...full, presence: tf.ones([rows, columns]) } as Input),
      /RangeError: Cannot use presence: expected shape \[\d, 3\], got/,
    );
  }
});

Deno.test("hierarchy() refuses a mask of other segments than its modality has", () => {
  throws(
    () => levelsOf(everyLevel)({ ...full, masks: { ...full.masks, image: tf.ones([2, 2]) } }),
    /RangeError: Cannot use the image mask: expected shape \[2, 3\], got \[2, 2\]/,
  );
  throws(
    () => levelsOf(everyLevel)({ ...full, masks: { ...full.masks, image: tf.ones([1, 3]) } }),
    /RangeError: Cannot use the image mask: expected shape \[2, 3\], got \[1, 3\]/,
  );
  ok(levelsOf(everyLevel)(full));
});

Deno.test("hierarchy() refuses segments without a mask, and no segments at all", () => {
  const { audio: _, ...masks } = full.masks;
  throws(() => levelsOf(everyLevel)({ ...full, masks }), /RangeError: .*expected a mask for audio/);
  throws(
    () => levelsOf(everyLevel)({ segments: {}, masks: {} }),
    /RangeError: .*expected segments of a modality, got none/,
  );
});
