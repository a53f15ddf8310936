import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import type { Sample } from "../../lib/datasets/mod.ts";
import { type Encoder, type Encoders, openFeatureStore } from "../../lib/encoders/mod.ts";
import { byModality } from "../../lib/modality.ts";
import { encodeSamples, type Failure } from "../../lib/study/encode_samples.ts";
import { runJobs } from "../../lib/study/pool.ts";
import { openStoredTables } from "../../lib/study/stored_tables.ts";
import { type CorpusFeatures, gather, type Table } from "../../lib/systems/features.ts";
import { planTable1 } from "../../experiments/table_1/rows.ts";
import { inStore, message, sha256 } from "../encoders/length_encoder.ts";
import { tinyFeatures } from "../systems/tiny_corpus.ts";
import { tinyExperiment as config } from "./tiny_settings.ts";

/** Two segments a message, of its length and number; of the long ones those of the end as well. */
function segmentEncoder(): Encoder<string> & { readonly calls: string[] } {
  const calls: string[] = [];
  return {
    calls,
    modality: "text",
    id: "segments",
    digest: sha256("segments"),
    longDigest: sha256("segments of all windows"),
    shapes: { states: [2, 2], mask: [2] },
    inspect: (text) => ({
      ...{ given: text.length, taken: text.length, unknown: 0, blank: false },
      windows: text.startsWith("long") ? 2 : 1,
    }),
    encode(texts) {
      calls.push(...texts);
      if (texts.includes("bad")) return Promise.reject(new RangeError("Cannot read this"));
      return Promise.resolve(texts.map((text) => ({
        states: Float32Array.of(text.length, text.charCodeAt(0), text.length / 3, 1),
        mask: Float32Array.of(1, text.length % 2),
      })));
    },
    dispose: () => Promise.resolve(),
  };
}

const none = (m: "image" | "audio") =>
  ({
    modality: m,
    id: `no ${m}`,
    digest: sha256(m),
    shapes: { states: [1, 1], mask: [1] },
    encode: () => Promise.resolve([]),
    dispose: () => Promise.resolve(),
  }) as Encoder<never>;

const texts = ["one", "long ones", "bad", "four", "one", "long", "seven"];
const samples = { text: texts.map(message), image: [], audio: [] };

async function encodeIn(folder: string, bytes?: number) {
  const text = segmentEncoder();
  const encoders = { text, image: none("image"), audio: [none("audio")] } as unknown as Encoders;
  const failures: Failure[] = [];
  const made = await encodeSamples(samples, {
    encoders,
    store: openFeatureStore(folder),
    storing: bytes === undefined ? undefined : { folder, bytes },
    onProgress: () => {},
    onFailure: (failure) => failures.push(failure),
  });
  return { ...made, failures, calls: text.calls };
}

Deno.test("features of more bytes than may be in memory stay in the store, row by row the same", () =>
  inStore(async (folder) => {
    const whole = await encodeIn(`${folder}/a`);
    // 7 messages of 6 numbers are 168 bytes.
    for (const bytes of [1, 100]) {
      const own = await encodeIn(`${folder}/${bytes}`, bytes);
      deepEqual(own.calls.toSorted(), whole.calls.toSorted());
      deepEqual(own.samples, whole.samples);
      deepEqual(own.extents, whole.extents);
      deepEqual(own.failures.map(({ id }) => id), ["text.csv:2"]);
      const { states, mask } = own.features.text.tables as Record<"states" | "mask", Table>;
      const wanted = whole.features.text.tables;
      ok(states.rows);
      for (const rows of [[5, 0, 1, 4, 1], [3], [0, 1, 2, 3, 4, 5]]) {
        deepEqual(gather(states, rows), gather(wanted.states!, rows));
      }
      deepEqual(states.data, wanted.states!.data);
      deepEqual(mask, wanted.mask);
      deepEqual({ ...own.features.text, tables: {} }, { ...whole.features.text, tables: {} });
      equal(own.features.image.tables.states!.rows, undefined);
      // What is in the store is not encoded again.
      const again = await encodeIn(`${folder}/${bytes}`, bytes);
      deepEqual([...new Set(again.calls)], ["bad"]);
    }
    equal((await encodeIn(`${folder}/b`, 1000)).features.text.tables.states!.rows, undefined);
  }));

Deno.test("a row that the store lacks is an error, or 0 where others still make it", () =>
  inStore(async (folder, store) => {
    const encoder = segmentEncoder();
    await store.write(encoder, [{
      hash: "a",
      features: { states: Float32Array.of(1, 2, 3, 4), mask: Float32Array.of(1, 1) },
    }]);
    const open = (mayLack?: boolean) =>
      openStoredTables({ encoder, hashes: ["b", "a"] }, () => 100, {
        folder: `${folder}/features`,
        mayLack,
      });
    await rejects(
      open(),
      /^RangeError: Cannot read features of segments: expected them in the store, got 1 samples without/,
    );
    deepEqual([...gather((await open(true)).states!, [0, 1])], [0, 0, 0, 0, 1, 2, 3, 4]);
  }));

const features = tinyFeatures({ text: 30, image: 30, audio: 30 }, { signal: 1.5 });

/** The same features, in a store. */
async function stored(folder: string): Promise<CorpusFeatures> {
  const found = await Promise.all(
    (["text", "image", "audio"] as const).map(async (m) => {
      const { frames, ...tables } = features[m].tables as Record<string, Table>;
      const shapes = Object.fromEntries(
        Object.entries(tables).map(([name, { shape }]) => [name, shape.slice(1)]),
      );
      const encoder = { digest: sha256(m), shapes };
      const hashes = Array.from({ length: 30 }, (_, i) => `${m} ${i}`);
      await openFeatureStore(folder).write(
        encoder,
        hashes.map((hash, i) => ({
          hash,
          features: Object.fromEntries(
            Object.entries(tables).map(([name, table]) => [name, gather(table, [i])]),
          ),
        })),
      );
      const opened = await openStoredTables({ encoder, hashes }, () => 100, { folder });
      return [m, { ...features[m], tables: { ...opened, ...frames && { frames } } }];
    }),
  );
  return Object.fromEntries(found);
}

const drawn = byModality((modality) =>
  Array.from(features[modality].labels, (polarity, i): Sample => ({
    id: `${modality} ${i}`,
    modality,
    source: modality === "text" ? { text: `message ${i}` } : { path: `${i}` },
    emotion: polarity ? "joy" : "anger",
    label: polarity,
    group: `group ${Math.floor(i / 3)}`,
    hash: `${modality} ${i}`,
  }))
);

Deno.test("workers are sent where tables are, and learn the same of them", () =>
  inStore(async (folder) => {
    const { jobs } = planTable1(drawn, { seeds: [1], data: config.data });
    const own = jobs.filter(({ name }) =>
      /^(proposed-label|proposed-single-image|linear-probe-single-text)-seed1$/.test(name)
    );
    equal(own.length, 3);
    const run = async (features: CorpusFeatures) =>
      (await runJobs(own, { features, config, workers: 2 }))
        .map(({ job, verdicts, record }) => ({ job, verdicts, record }));
    deepEqual(await run(await stored(`${folder}/features`)), await run(features));
  }));
