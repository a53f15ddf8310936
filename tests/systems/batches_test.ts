import { deepEqual, equal, notDeepEqual, ok, throws } from "node:assert/strict";
import { byModality, modalities, type Modality } from "../../lib/modality.ts";
import { key } from "../../lib/tensor/random.ts";
import { batches, type BatchSource, type BatchValues } from "../../lib/systems/batches.ts";
import type { CorpusFeatures } from "../../lib/systems/features.ts";
import { proposedNetwork } from "../../lib/systems/proposed_network.ts";
import { tinyConfig, tinyFeatures } from "./tiny_corpus.ts";

const counts = { text: 20, image: 50, audio: 14 };
const features = numbered(tinyFeatures(counts));

/** Every third sample is held out: labels still alternate in pairs. */
const indices = byModality((m) =>
  Array.from({ length: counts[m] }, (_, i) => i).filter((i) => i % 3 !== 0)
);

const source: BatchSource = {
  features,
  indices,
  protocol: "label",
  present: modalities,
  batch: 4,
  modalityDropout: 0.3,
  network: proposedNetwork(tinyConfig(features)),
  key: key(1),
};

/** Each row of each table holds the number of its sample, so that a batch tells whom it shows. */
function numbered(features: CorpusFeatures): CorpusFeatures {
  return byModality((m) => ({
    labels: features[m].labels,
    tables: Object.fromEntries(
      Object.entries(features[m].tables).map(([name, { shape, data }]) => {
        const size = data.length / shape[0]!;
        return [name, { shape, data: data.map((_, i) => Math.floor(i / size)) }];
      }),
    ),
  }));
}

/** The samples that a group shows of one modality. */
function samplesOf({ inputs }: BatchValues[string], m: Modality): number[] {
  const states = inputs[m]!.states!;
  const [, segments, width] = features[m].tables.states!.shape as [number, number, number];
  const size = segments * width;
  return Array.from({ length: states.length / size }, (_, row) => states[row * size]!);
}

/** The presence rows of a group's second views, as strings such as `"101"`. */
function secondViews({ presence }: BatchValues[string], batch: number): string[] {
  const views = Array.from(
    { length: batch },
    (_, i) => presence.slice((batch + i) * 3).slice(0, 3),
  );
  return views.map((view) => [...view].join(""));
}

const epochs = (of: BatchSource, count: number) => {
  const drawn = batches(of);
  return Array.from({ length: count }, (_, epoch) => [...drawn.epoch(epoch)]).flat();
};

Deno.test("under single, groups are in proportion and an epoch shows every training sample", () => {
  const { groups, steps, epoch } = batches({ ...source, protocol: "single", batch: 8 });
  deepEqual(byModality((m) => indices[m].length), { text: 13, image: 33, audio: 9 });
  // The largest corpus decides: ⌈33 / 8⌉ = 5 steps, in which each corpus is gone through once.
  equal(steps, 5);
  deepEqual(groups, {
    text: { present: ["text"], batch: 3, views: 1 },
    image: { present: ["image"], batch: 7, views: 1 },
    audio: { present: ["audio"], batch: 2, views: 1 },
  });
  const drawn = [...epoch(0)];
  equal(drawn.length, steps);
  for (const m of modalities) {
    const seen = drawn.flatMap((batch) => samplesOf(batch[m]!, m));
    equal(seen.length, steps * groups[m]!.batch);
    // What exceeds the corpus is the beginning of a second round.
    deepEqual(seen.slice(0, indices[m].length).sort((a, b) => a - b), indices[m]);
    equal(new Set(seen.slice(indices[m].length)).size, seen.length - indices[m].length);
    ok(seen.slice(indices[m].length).every((i) => indices[m].includes(i)));
    notDeepEqual(seen.slice(0, indices[m].length), indices[m]);
  }
});

Deno.test("under single, rows of every table and both labels are those of the sample shown", () => {
  for (const batch of epochs({ ...source, protocol: "single" }, 2)) {
    for (const m of modalities) {
      const group = batch[m]!;
      deepEqual(Object.keys(group.inputs), [m]);
      const shown = samplesOf(group, m);
      for (const [name, values] of Object.entries(group.inputs[m]!)) {
        const size = values.length / shown.length;
        values.forEach((value, i) => equal(value, shown[Math.floor(i / size)], name));
      }
      const labels = shown.map((i) => i % 2);
      deepEqual([...group.labels[m]!], labels);
      deepEqual([...group.unified.labels], labels);
      deepEqual([...group.unified.weights], labels.map(() => 1));
      const columns = modalities.map((other) => other === m ? 1 : 0);
      deepEqual([...group.presence], shown.flatMap(() => columns));
    }
  }
});

Deno.test("under single, only the modalities asked for are drawn, and the largest of them counts", () => {
  const { groups, steps, epoch } = batches({ ...source, protocol: "single", present: ["audio"] });
  equal(steps, 3);
  deepEqual(Object.keys(groups), ["audio"]);
  for (const batch of epoch(0)) deepEqual(Object.keys(batch), ["audio"]);
});

Deno.test("under label, the three samples and the whole have one label, in both views", () => {
  const { groups, steps } = batches(source);
  deepEqual(groups, { triples: { present: modalities, batch: 4, views: 2 } });
  // The smallest corpus has 9 training samples: 3 steps of 4 triples.
  equal(steps, 3);
  const drawn = epochs(source, 3);
  equal(drawn.length, 3 * steps);
  for (const { triples } of drawn) {
    const { unified } = triples!;
    for (const m of modalities) {
      const shown = samplesOf(triples!, m);
      ok(shown.every((i) => indices[m].includes(i)));
      deepEqual([...triples!.labels[m]!], shown.map((i) => i % 2));
      deepEqual(triples!.labels[m], unified.labels.slice(0, 4));
    }
    deepEqual(unified.labels.slice(4), unified.labels.slice(0, 4));
    deepEqual([...unified.weights], Array(8).fill(1));
    deepEqual([...triples!.presence.slice(0, 12)], Array(12).fill(1));
  }
});

Deno.test("a second view shows something, and lacks each modality at the rate asked for", () => {
  const views = epochs(source, 200).flatMap(({ triples }) => secondViews(triples!, 4));
  equal(views.length, 200 * 3 * 4);
  ok(!views.includes("000"));
  // Drawn again when all three are masked: p (1 - p²) / (1 - p³) = 0.281 for p = 0.3.
  const rate = 0.3 * (1 - 0.3 ** 2) / (1 - 0.3 ** 3);
  modalities.forEach((m, i) => {
    const masked = views.filter((view) => view[i] === "0").length / views.length;
    ok(Math.abs(masked - rate) < 0.03, `${m}: ${masked}, not ${rate}`);
  });
  equal(new Set(views).size, 7);
});

Deno.test("without modality dropout there is no second view", () => {
  const plain = { ...source, modalityDropout: 0 };
  equal(batches(plain).groups.triples!.views, 1);
  for (const { triples } of epochs(plain, 1)) {
    deepEqual([...triples!.presence], Array(12).fill(1));
    equal(triples!.unified.labels.length, 4);
    equal(triples!.keep.fusion!["0"]!.length, 4 * 8);
  }
});

Deno.test("under random, heads have labels of their own and the whole has none", () => {
  const drawn = epochs({ ...source, protocol: "random" }, 2);
  let agree = 0, triples = 0;
  for (const { triples: group } of drawn) {
    deepEqual([...group!.unified.weights], Array(8).fill(0));
    const labels = modalities.map((m) => {
      deepEqual([...group!.labels[m]!], samplesOf(group!, m).map((i) => i % 2));
      return group!.labels[m]!;
    });
    triples += 4;
    for (let i = 0; i < 4; i++) if (labels.every((own) => own[i] === labels[0]![i])) agree++;
  }
  // A quarter of independent triples agree by chance.
  ok(agree > 0 && agree < triples / 2, `${agree} of ${triples}`);
});

Deno.test("the same key gives the same batches again; another epoch or key gives others", () => {
  for (const protocol of ["single", "label", "random"] as const) {
    const drawn = batches({ ...source, protocol });
    const first = [...drawn.epoch(0)];
    const later = [...drawn.epoch(3)];
    deepEqual([...batches({ ...source, protocol }).epoch(3)], later);
    deepEqual([...drawn.epoch(0)], first);
    notDeepEqual(later, first);
    const shown = (steps: BatchValues[]) =>
      steps.map((batch) => Object.values(batch).map((group) => group.inputs));
    notDeepEqual(shown(later), shown(first));
    const other = batches({ ...source, protocol, key: key(2) });
    notDeepEqual(shown([...other.epoch(0)]), shown(first));
  }
});

Deno.test("dropout masks hold 0 or 1 / (1 - p), at the rate p, in the shapes of their layers", () => {
  const drawn = epochs(source, 10);
  const { keep } = drawn[0]!.triples!;
  // B n d for the processing layers; V B d for the fusion, which every view goes through.
  deepEqual(byModality((m) => keep.processing![m]!.length), { text: 64, image: 96, audio: 64 });
  deepEqual(Object.entries(keep.fusion!).map(([layer, mask]) => [layer, mask.length]), [["0", 64]]);
  const values = drawn.flatMap(({ triples }) =>
    [...Object.values(triples!.keep.processing!), ...Object.values(triples!.keep.fusion!)]
      .flatMap((mask) => [...mask])
  );
  deepEqual([...new Set(values)].sort(), [0, Math.fround(4 / 3)]);
  const dropped = values.filter((value) => value === 0).length / values.length;
  ok(Math.abs(dropped - 0.25) < 0.02, `${dropped}`);
});

Deno.test("every mask of every step is drawn on its own", () => {
  for (const protocol of ["single", "label"] as const) {
    // Large enough groups that two masks are not equal by chance.
    const batch = protocol === "single" ? 16 : 4;
    const masks = epochs({ ...source, protocol, batch }, 2).flatMap((batch) =>
      Object.values(batch).flatMap(({ keep }) =>
        [...Object.values(keep.processing!), ...Object.values(keep.fusion!)].map(String)
      )
    );
    equal(new Set(masks).size, masks.length);
  }
});

Deno.test("a network's targets come with the inputs, and its changes of inputs with their key", () => {
  const keys: string[] = [];
  const drawn = batches({
    ...source,
    network: {
      ...source.network,
      targets: (present, batch) =>
        Object.fromEntries(
          present.map((m) => [m, { mask: source.network.inputs([m], batch)[m]!.mask! }]),
        ),
      augment(inputs, key) {
        keys.push(JSON.stringify(key));
        inputs.text!.states!.fill(-1);
        return inputs;
      },
    },
  });
  const before = features.text.tables.states!.data.slice();
  for (const { triples } of [...drawn.epoch(0), ...drawn.epoch(1)]) {
    const { inputs, targets } = triples!;
    ok((inputs.text!.states as Float32Array).every((x) => x === -1));
    deepEqual(
      samplesOf(triples!, "image"),
      [...targets.image!.mask as Float32Array].filter((_, i) =>
        i % features.image.tables.mask!.shape[1]! === 0
      ),
    );
  }
  deepEqual(features.text.tables.states!.data, before);
  equal(new Set(keys).size, 2 * drawn.steps);
});

/** Rows of three kinds: all three modalities, no image, a clip alone; the first of each is held out. */
const pairs = [
  ...[0, 1, 2, 4, 5].map((i) => ({ text: i, image: i, audio: i })),
  ...[6, 7, 8].map((i) => ({ text: i, audio: i })),
  ...[9, 10, 11].map((i) => ({ audio: i })),
];
const natural: BatchSource = { ...source, protocol: "natural", pairs };

Deno.test("under natural the rows of the training part are the triples, each once an epoch", () => {
  const { groups, steps, epoch } = batches(natural);
  // 4 whole rows, 2 without image, 2 clips alone: those that begin with a third sample are held out.
  equal(steps, 2);
  deepEqual(groups.triples, { present: modalities, batch: 4, views: 2 });
  for (const e of [0, 1]) {
    const rows = [...epoch(e)].flatMap(({ triples }) => {
      const samples = byModality((m) => samplesOf(triples!, m));
      return Array.from({ length: 4 }, (_, i) => {
        const shown = modalities.filter((_, c) => triples!.presence[3 * i + c] === 1);
        return shown.map((m) => `${m} ${samples[m][i]}`).join(", ");
      });
    });
    const wanted = pairs.filter((pair) => pair.audio % 3 !== 0).map((pair) =>
      Object.entries(pair).map(([m, i]) => `${m} ${i}`).join(", ")
    );
    deepEqual(rows.toSorted(), wanted.toSorted());
  }
});

Deno.test("under natural a second view shows some of what its row has, and its label is the row's", () => {
  for (const { triples } of epochs(natural, 20)) {
    const { presence, labels, unified } = triples!;
    const clips = samplesOf(triples!, "audio");
    for (let i = 0; i < 4; i++) {
      const view = [0, 1, 2].map((c) => presence[3 * (4 + i) + c]!);
      ok(view.some((shown) => shown === 1));
      view.forEach((shown, c) => ok(shown <= presence[3 * i + c]!));
      const label = features.audio.labels[clips[i]!]!;
      deepEqual([unified.labels[i], unified.labels[4 + i]], [label, label]);
      for (const m of modalities) equal(labels[m]![i], label);
    }
  }
});

Deno.test("a row's stand-ins are of the training part, and without rows there is nothing to train on", () => {
  for (const { triples } of epochs(natural, 3)) {
    for (const m of modalities) {
      for (const i of samplesOf(triples!, m)) ok(indices[m].includes(i), `${m} ${i}`);
    }
  }
  throws(
    () => batches({ ...natural, pairs: [{ text: 0 }] }),
    /^RangeError: Cannot make batches: expected pairs in the training part, got none$/,
  );
});
