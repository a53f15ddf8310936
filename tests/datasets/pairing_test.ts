import { deepEqual, equal, notDeepEqual, throws } from "node:assert/strict";
import { type PairingOptions, pairingProtocols, pairTriples } from "../../lib/datasets/pairing.ts";
import { modalities, type Polarity } from "../../lib/modality.ts";
import { key } from "../../lib/tensor/random.ts";

// The first 7, 5 and 6 samples of corpora of 30 are in the part; every third sample is positive.
const labels = Array.from({ length: 30 }, (_, i): Polarity => (i % 3 === 0 ? 1 : 0));
const first = (n: number) => Array.from({ length: n }, (_, i) => i + 10);

function options(changes: Partial<PairingOptions> = {}): PairingOptions {
  return {
    indices: { text: first(7), image: first(5), audio: first(6) },
    labels: { text: labels, image: labels, audio: labels },
    protocol: "label",
    count: 60,
    key: key(1),
    ...changes,
  };
}

function frequencies(values: Iterable<number>): Map<number, number> {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

Deno.test("pairTriples() gives each sample's own label under every protocol", () => {
  for (const protocol of pairingProtocols) {
    const triples = pairTriples(options({ protocol }));
    for (const modality of modalities) {
      equal(triples[modality].length, 60);
      deepEqual(
        [...triples.labels[modality]],
        Array.from(triples[modality], (i) => labels[i]),
      );
    }
  }
});

Deno.test("pairTriples() joins samples of one label under label, and of any under random", () => {
  const paired = pairTriples(options());
  for (const modality of modalities) deepEqual(paired.labels[modality], paired.unified);
  for (const protocol of ["random", "single"] as const) {
    const triples = pairTriples(options({ protocol, count: 4000 }));
    equal("unified" in triples, false);
    for (const [a, b] of [["text", "image"], ["image", "audio"], ["audio", "text"]] as const) {
      const agree = triples.labels[a].filter((label, t) => label === triples.labels[b][t]).length;
      // Half of 4,000, with standard deviation 31.6; six of them is 190.
      equal(Math.abs(agree - 2000) < 190, true);
    }
  }
});

Deno.test("pairTriples() has both labels equally often, within one", () => {
  for (const protocol of pairingProtocols) {
    for (const [count, positive] of [[60, 30], [61, 30], [1, 0]] as const) {
      const triples = pairTriples(options({ protocol, count }));
      for (const modality of modalities) {
        equal(triples.labels[modality].reduce((sum, label) => sum + label, 0), positive);
      }
    }
  }
});

Deno.test("pairTriples() uses every sample of a label equally often, within one", () => {
  for (const protocol of pairingProtocols) {
    for (const count of [5, 60, 101]) {
      const triples = pairTriples(options({ protocol, count }));
      for (const modality of modalities) {
        const used = frequencies(triples[modality]);
        for (const label of [0, 1]) {
          const pool = options().indices[modality].filter((i) => labels[i] === label);
          const counts = pool.map((i) => used.get(i) ?? 0);
          equal(Math.max(...counts) - Math.min(...counts) <= 1, true);
        }
      }
    }
  }
});

Deno.test("pairTriples() draws each round in a new order", () => {
  const pool = Array.from({ length: 30 }, (_, i) => i);
  const { text } = pairTriples(options({ indices: { text: pool, image: pool, audio: pool } }));
  // 10 positive samples and 30 positive triples make three rounds.
  const positive = [...text].filter((i) => labels[i] === 1);
  const [one, two] = [positive.slice(0, 10), positive.slice(10, 20)];
  deepEqual(one.toSorted(), two.toSorted());
  notDeepEqual(one, two);
});

Deno.test("pairTriples() draws modalities independently, and equally for equal keys", () => {
  const pool = Array.from({ length: 30 }, (_, i) => i);
  const wide = options({ indices: { text: pool, image: pool, audio: pool } });
  const triples = pairTriples(wide);
  notDeepEqual(triples.text, triples.image);
  notDeepEqual(triples.image, triples.audio);
  deepEqual(pairTriples(wide), triples);
  notDeepEqual(pairTriples({ ...wide, key: key(2) }), triples);
});

Deno.test("pairTriples() refuses bad counts, protocols, labels and pools of one label", () => {
  const indices = options().indices;
  const cases: [Partial<PairingOptions>, RegExp][] = [
    [{ count: 0 }, /expected a count from 1, got 0/],
    [{ count: 2.5 }, /expected a count from 1, got 2\.5/],
    [{ protocol: "both" as "label" }, /expected protocol single, label, random, got "both"/],
    [
      { indices: { ...indices, image: [12, 30] } },
      /a label from 0 to 1 for image sample 30, got undefined/,
    ],
    [
      { indices: { ...indices, audio: [12] } },
      /audio samples of both labels, got 1 positive and 0/,
    ],
    [{ indices: { ...indices, text: [] } }, /text samples of both labels, got 0 positive and 0/],
  ];
  for (const [changes, message] of cases) {
    throws(() => pairTriples(options(changes)), { name: "RangeError", message });
  }
});
