import { deepEqual, equal, notDeepEqual, ok, throws } from "node:assert/strict";
import { byModality, modalities } from "../../lib/modality.ts";
import {
  type CorpusFeatures,
  gather,
  gatherInputs,
  inputSizes,
  standardiseFeatures,
  type Table,
  tableOf,
} from "../../lib/systems/features.ts";
import { range, tinyFeatures, withOtherRows } from "./tiny_corpus.ts";

const counts = { text: 6, image: 6, audio: 6 };

/** The tiny corpus with other text: states `[N, 2, 2]`, and how many of the two segments count. */
function withText(states: number[][][], segments: number[]): CorpusFeatures {
  const features = tinyFeatures(counts);
  const rows = states.length;
  const mask = segments.flatMap((n) => [n > 0 ? 1 : 0, n > 1 ? 1 : 0]);
  return {
    ...features,
    text: {
      labels: Array<0>(rows).fill(0),
      tables: {
        states: { shape: [rows, 2, 2], data: Float32Array.from(states.flat(2)) },
        mask: { shape: [rows, 2], data: Float32Array.from(mask) },
      },
    },
  };
}

Deno.test("standardiseFeatures() agrees with moments worked by hand", () => {
  // The first column of the training rows' three segments: 1, 3, 5. Mean 3, deviation √(8/3).
  const features = withText(
    [
      [[1, 7], [3, 7]],
      [[5, 7], [99, 99]],
      [[103, 9], [-103, 7]],
    ],
    [2, 1, 2],
  );
  const { features: scaled, standardisation } = standardiseFeatures(features, {
    ...range(0, 4),
    text: [0, 1],
  });
  const { mean, scale } = standardisation.text!.states!;
  deepEqual(mean, [3, 7]);
  // The second column never changes in training: it is 0 everywhere, in testing too.
  deepEqual(scale.map((x) => x.toFixed(6)), [Math.sqrt(3 / 8).toFixed(6), "0.000000"]);
  const z = 2 * Math.sqrt(3 / 8);
  const wanted = [-z, 0, 0, 0, z, 0, /* padding */ 0, 0, /* clipped */ 6, 0, -6, 0];
  scaled.text.tables.states!.data.forEach((x, i) => ok(Math.abs(x - wanted[i]!) < 1e-6, `${i}`));
  equal(scaled.text.tables.mask, features.text.tables.mask);
  equal(scaled.text.labels, features.text.labels);
});

Deno.test("a column that never changes is 0 however large it is and however many rows it has", () => {
  const rows = Array.from({ length: 350 }, () => [[1003.7037, 1001.2346], [1003.7037, 1001.2346]]);
  const features = withText([...rows, [[1300, 2], [1300, 2]]], Array(351).fill(2));
  const { features: scaled } = standardiseFeatures(features, {
    ...range(0, 4),
    text: range(0, 350).text,
  });
  deepEqual([...new Set(scaled.text.tables.states!.data)], [0]);
});

Deno.test("what is standardised has mean 0 and deviation 1 over the training segments", () => {
  const features = tinyFeatures(counts, { signal: 3 });
  const train = range(0, 4);
  const { features: scaled } = standardiseFeatures(features, train);
  const standardised = { text: ["states"], image: ["states"], audio: ["states", "prosody"] };
  for (const m of modalities) {
    for (const name of standardised[m]) {
      const { shape: [, steps, columns], data } = scaled[m].tables[name] as {
        shape: [number, number, number];
        data: Float32Array;
      };
      const mask = scaled[m].tables.mask!.data;
      const kept = train[m].flatMap((row) =>
        Array.from({ length: steps }, (_, t) => row * steps + t).filter((at) => mask[at] === 1)
      );
      for (let c = 0; c < columns; c++) {
        const values = kept.map((at) => data[at * columns + c]!);
        const mean = values.reduce((a, b) => a + b) / values.length;
        const square = values.reduce((a, b) => a + b * b, 0) / values.length;
        ok(Math.abs(mean) < 1e-6 && Math.abs(square - 1) < 1e-5, `${m} ${name} ${c}`);
      }
    }
  }
});

Deno.test("padding takes no part: not its numbers, not its place", () => {
  const features = tinyFeatures(counts);
  const states = features.image.tables.states!, logMel = features.audio.tables.logMel!;
  const filled = (table: Table, at: number, size: number): Table => ({
    ...table,
    data: table.data.map((x, i) => i >= at && i < at + size ? 1e6 : x),
  });
  // Image 2 lacks its third segment, and clip 2 its last four frames.
  const padded: CorpusFeatures = {
    ...features,
    image: {
      ...features.image,
      tables: { ...features.image.tables, states: filled(states, (2 * 3 + 2) * 5, 5) },
    },
    audio: {
      ...features.audio,
      tables: { ...features.audio.tables, logMel: filled(logMel, (2 * 8 + 4) * 4, 16) },
    },
  };
  const plain = standardiseFeatures(features, range(0, 4));
  deepEqual(standardiseFeatures(padded, range(0, 4)), plain);
  const { image, audio } = plain.features;
  deepEqual([...image.tables.states!.data.subarray(40, 45)], [0, 0, 0, 0, 0]);
  deepEqual([...new Set(audio.tables.logMel!.data.subarray(80, 96))], [0]);
  ok(audio.tables.logMel!.data[79] !== 0);
});

Deno.test("a modality without samples has moments of 0, which an export can hold", () => {
  const { standardisation } = standardiseFeatures(tinyFeatures(counts), {
    ...range(0, 4),
    image: [],
  });
  const { mean, scale } = standardisation.image!.states!;
  deepEqual([new Set(mean), new Set(scale)], [new Set([0]), new Set([0])]);
});

Deno.test("standardiseFeatures() looks at the training rows alone", () => {
  const features = tinyFeatures(counts);
  const train = range(0, 4);
  const { standardisation, features: scaled } = standardiseFeatures(features, train);
  const test = range(4, 6);
  const other = standardiseFeatures(withOtherRows(features, test), train);
  deepEqual(other.standardisation, standardisation);
  for (const m of modalities) {
    const named = { [m]: features[m].tables };
    const rows = (of: CorpusFeatures, which: number[]) => gatherInputs(of, named, { [m]: which });
    deepEqual(rows(other.features, train[m]), rows(scaled, train[m]));
    notDeepEqual(rows(other.features, test[m]), rows(scaled, test[m]));
  }
  const changed = standardiseFeatures(withOtherRows(features, range(3, 4)), train);
  notDeepEqual(changed.standardisation, standardisation);
});

Deno.test("one vector a sample is standardised too, where there are such", () => {
  const features = tinyFeatures(counts);
  const clip = { shape: [6, 1, 2], data: Float32Array.of(1, 7, 3, 7, 5, 7, 3, 8, 200, 7, 0, 7) };
  const { image } = features;
  const { features: scaled, standardisation } = standardiseFeatures({
    ...features,
    image: { ...image, tables: { ...image.tables, clip } },
  }, range(0, 3));
  // 1, 3 and 5 have the mean 3 and the deviation √(8/3); 7, 7 and 7 say nothing.
  const z = Math.sqrt(3 / 8);
  deepEqual(standardisation.image!.clip!.mean, [3, 7]);
  deepEqual(Object.keys(standardisation.text!), ["states"]);
  const wanted = [-2 * z, 0, 0, 0, 2 * z, 0, 0, 0, 6, 0, -3 * z, 0];
  const { shape, data } = scaled.image.tables.clip!;
  deepEqual(shape, [6, 1, 2]);
  data.forEach((x, i) => ok(Math.abs(x - wanted[i]!) < 1e-6, `${i}: ${x}`));
});

Deno.test("standardiseFeatures() hands on the texts beside the tables", () => {
  const features = tinyFeatures(counts), texts = ["one"];
  const text = { ...features.text, texts };
  equal(standardiseFeatures({ ...features, text }, range(0, 3)).features.text.texts, texts);
});

Deno.test("gather() takes rows in the order asked for, as often as asked for", () => {
  const pairs = { shape: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) };
  deepEqual(gather(pairs, [2, 0, 2]), Float32Array.of(5, 6, 1, 2, 5, 6));
  const counts = { shape: [3], data: Float32Array.of(7, 8, 9) };
  deepEqual(gather(counts, Uint32Array.of(2, 0)), Float32Array.of(9, 7));
  deepEqual(gather(counts, []), new Float32Array());
});

Deno.test("gatherInputs() takes the tables that are named, of the modalities that are named", () => {
  const features = tinyFeatures(counts);
  const gathered = gatherInputs(features, { audio: { frames: true, prosody: true } }, {
    audio: [1],
  });
  deepEqual(gathered, {
    audio: {
      frames: gather(features.audio.tables.frames!, [1]),
      prosody: gather(features.audio.tables.prosody!, [1]),
    },
  });
  throws(
    () => gatherInputs(features, { image: { clip: true } }, { image: [0] }),
    new RangeError("Cannot read image features: expected one of states, mask, got clip"),
  );
});

Deno.test("tableOf() finds a table by its name, or says which there are", () => {
  const features = tinyFeatures(counts);
  equal(tableOf(features, "audio", "prosody"), features.audio.tables.prosody);
  throws(
    () => tableOf(features, "audio", "clip"),
    new RangeError(
      "Cannot read audio features: expected one of states, mask, logMel, frames, prosody, got clip",
    ),
  );
});

Deno.test("inputSizes() reads the model's input sizes off the tables", () => {
  deepEqual(inputSizes(tinyFeatures(counts)), {
    text: { segments: 2, width: 3 },
    image: { segments: 3, width: 5 },
    audio: { segments: 2, width: 4, frames: 8, bands: 4, prosody: 2 },
  });
  deepEqual(byModality((m) => tinyFeatures(counts)[m].labels.length), counts);
});

Deno.test("each layer of several is standardised for itself, by the segments that count", () => {
  const features = withText([[[0, 0]]], [1]);
  // Two rows of two segments of two layers of one column: the first layer 1, 3, 5, the second tenfold.
  const data = Float32Array.of(1, 10, 3, 30, 5, 50, 99, 99);
  const mask = { shape: [2, 2], data: Float32Array.of(1, 1, 1, 0) };
  const audio = {
    ...features.audio,
    tables: { ...features.audio.tables, states: { shape: [2, 2, 2, 1], data }, mask },
  };
  const { features: scaled, standardisation } = standardiseFeatures(
    { ...features, audio },
    { text: [0], image: [0], audio: [0, 1] },
    { present: ["audio"] },
  );
  deepEqual(standardisation.audio!.states!.mean, [3, 30]);
  const z = 2 * Math.sqrt(3 / 8);
  const wanted = [-z, -z, 0, 0, z, z, /* padding */ 0, 0];
  const { shape, data: found } = scaled.audio.tables.states!;
  deepEqual(shape, [2, 2, 2, 1]);
  found.forEach((x, i) => ok(Math.abs(x - wanted[i]!) < 1e-6, `${i}: ${x}`));
});
