import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Sample } from "../../lib/datasets/sample.ts";
import type { Modality } from "../../lib/modality.ts";
import { encodeCorpus } from "../../lib/encoders/encode_corpus.ts";
import type { Clip, Encoder, EncoderInput, InputTransform } from "../../lib/encoders/encoder.ts";
import { openFeatureStore } from "../../lib/encoders/feature_store.ts";
import { loadImageEncoder } from "../../lib/encoders/image_encoder.ts";
import { spectralFeatures } from "../../lib/encoders/spectral_features.ts";
import { encodeWav } from "../../lib/signal/encode_wav.ts";
import { withModels } from "./tiny_models.ts";

const sha256 = (data: Uint8Array | string) => createHash("sha256").update(data).digest("hex");

function sample(modality: Modality, id: string, source: Sample["source"], hash: string): Sample {
  return { id, modality, source, hash, emotion: "joy", polarity: 1, group: id };
}

const message = (text: string, i: number) =>
  sample("text", `text.csv:${i}`, { text }, sha256(text));

/** Gives the length of a message, and notes what it was asked. */
function lengthEncoder(id = "length"): Encoder<string> & { readonly calls: string[] } {
  const calls: string[] = [];
  return {
    calls,
    modality: "text",
    id,
    digest: sha256(id),
    shapes: { length: [1] },
    encode(texts) {
      calls.push(...texts);
      const bad = texts.find((text) => text.startsWith("bad"));
      if (bad !== undefined) return Promise.reject(new RangeError("Cannot read this"));
      return Promise.resolve(texts.map((text) => ({ length: Float32Array.of(text.length) })));
    },
    dispose: () => Promise.resolve(),
  };
}

async function inStore(
  body: (folder: string, store: ReturnType<typeof openFeatureStore>) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder, openFeatureStore(`${folder}/features`));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const texts = Array.from({ length: 300 }, (_, i) => "x".repeat(1 + i * 37 % 300));

Deno.test("a second run encodes nothing and gives the same tables", () =>
  inStore(async (_, store) => {
    const samples = texts.map(message);
    const steps: number[] = [];
    const encoder = lengthEncoder();
    const first = await encodeCorpus({
      samples,
      encoders: [encoder],
      store,
      onProgress: ({ done }) => steps.push(done),
    });
    equal(first.encoded, 300);
    deepEqual(steps, [64, 128, 192, 256, 300]);
    deepEqual([...first.tables.length!.length!.data], texts.map((text) => text.length));
    const again = lengthEncoder();
    const second = await encodeCorpus({ samples, encoders: [again], store });
    equal(second.encoded, 0);
    deepEqual(again.calls, []);
    deepEqual(second.tables, first.tables);
  }));

Deno.test("only new samples are encoded, equal ones once, and each by the encoders that lack it", () =>
  inStore(async (_, store) => {
    const [a, b] = [lengthEncoder("a"), lengthEncoder("b")];
    await encodeCorpus({ samples: ["one", "three"].map(message), encoders: [a], store });
    const samples = ["three", "seven", "one", "seven"].map(message);
    const { tables, encoded } = await encodeCorpus({ samples, encoders: [a, b], store });
    equal(encoded, 1 + 3);
    deepEqual(a.calls, ["one", "three", "seven"]);
    deepEqual(b.calls.sort(), ["one", "seven", "three"]);
    deepEqual([...tables.a!.length!.data], [5, 5, 3, 5]);
    deepEqual(tables.a!.length!.data, tables.b!.length!.data);
  }));

Deno.test("a sample that can't be encoded is named, and what came before it is kept", () =>
  inStore(async (_, store) => {
    const long = "bad".padEnd(400); // The longest, so it is in the last batch.
    const samples = [...texts.slice(0, 100), long].map(message);
    await rejects(encodeCorpus({ samples, encoders: [lengthEncoder()], store }), {
      name: "RangeError",
      message: 'Cannot encode text "text.csv:100": Cannot read this',
    });
    const rest = await encodeCorpus({
      samples: samples.slice(0, 100),
      encoders: [lengthEncoder()],
      store,
    });
    equal(rest.encoded, 36); // All but the first batch of 64.
  }));

Deno.test("a damaged shard is rebuilt by the next run", () =>
  inStore(async (folder, store) => {
    const samples = texts.map(message);
    const before = await encodeCorpus({ samples, encoders: [lengthEncoder()], store });
    const shards = `${folder}/features/${lengthEncoder().digest}`;
    const [{ name }] = await Array.fromAsync(Deno.readDir(shards)) as [Deno.DirEntry];
    await Deno.truncate(`${shards}/${name}`, 500);
    const after = await encodeCorpus({ samples, encoders: [lengthEncoder()], store });
    ok(after.encoded > 0);
    deepEqual(after.tables, before.tables);
    equal((await encodeCorpus({ samples, encoders: [lengthEncoder()], store })).encoded, 0);
  }));

Deno.test("a clip is decoded and resampled once for both of its encoders", () =>
  inStore(async (folder, store) => {
    const path = `${folder}/a.wav`;
    const bytes = encodeWav(new Float32Array(24_000).fill(0.25), { sampleRate: 48_000 });
    await Deno.writeFile(path, bytes);
    const seen: Clip[] = [];
    const watch = (id: string): Encoder<Clip> => ({
      ...spectralFeatures(),
      id,
      digest: sha256(id),
      encode(clips) {
        seen.push(...clips);
        return spectralFeatures().encode(clips);
      },
    });
    const samples = [sample("audio", "a.wav", { path }, sha256(bytes))];
    await encodeCorpus({ samples, encoders: [watch("p"), watch("q")], store });
    equal(seen.length, 2);
    equal(seen[0], seen[1]);
    equal(seen[0]!.samples.length, 8000);
    ok(Math.abs(seen[0]!.samples[4000]! - 0.25) < 1e-4);
  }));

Deno.test("a WAV file cut off, a file that changed and one that is gone are named", () =>
  inStore(async (folder, store) => {
    const path = `${folder}/03-01-03.wav`;
    const bytes = encodeWav(new Float32Array(1000), { sampleRate: 16_000 }).subarray(0, 999);
    await Deno.writeFile(path, bytes);
    const encoding = (source: string, hash: string) =>
      encodeCorpus({
        samples: [sample("audio", "Actor_01/03-01-03.wav", { path: source }, hash)],
        encoders: [spectralFeatures()],
        store,
      });
    await rejects(
      encoding(path, sha256(bytes)),
      /^RangeError: Cannot encode audio "Actor_01\/03-01-03.wav": Cannot read ".*cut off$/,
    );
    await rejects(encoding(path, sha256("else")), /03-01-03.wav": expected SHA-256/);
    await rejects(
      encoding(`${path}x`, sha256(bytes)),
      /Cannot encode audio "Actor_01\/03-01-03.wav"/,
    );
  }));

Deno.test("of a batch of images the one that is none is named", () =>
  withModels(["tiny/resnet"], (root) =>
    inStore(async (folder, store) => {
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32"></svg>`;
      const samples = await Promise.all([svg, "no image", svg + " "].map(async (text, i) => {
        const path = `${folder}/${i}.svg`;
        await Deno.writeTextFile(path, text);
        return sample("image", `faces/${i}.svg`, { path }, sha256(text));
      }));
      const encoder = await loadImageEncoder({ model: "tiny/resnet", root });
      await rejects(
        encodeCorpus({ samples, encoders: [encoder], store }),
        /Cannot encode image "faces\/1.svg": Cannot read ".*1.svg": expected an image/,
      );
      await encoder.dispose();
    })));

Deno.test("samples and encoders of different modalities, or of one id, are refused", () =>
  inStore(async (_, store) => {
    const samples = [message("one", 1)];
    const encode = (encoders: readonly Encoder<EncoderInput>[]) =>
      encodeCorpus({ samples, encoders, store });
    await rejects(encode([spectralFeatures()]), /of one modality, got text, audio/);
    await rejects(
      encode([lengthEncoder(), lengthEncoder()]),
      /of different ids, got length, length/,
    );
  }));

/** Writes a message twice. */
const doubled: InputTransform<string> = { id: "doubled", apply: (text) => text + text };

Deno.test("transformed samples are kept apart from clean ones and from other transforms", () =>
  inStore(async (folder, store) => {
    const samples = ["one", "three", "one"].map(message);
    const encode = async (transform?: InputTransform<string>) => {
      const { tables, encoded } = await encodeCorpus({
        samples,
        encoders: [lengthEncoder()],
        store,
        ...(transform === undefined ? {} : { transform }),
      });
      return [encoded, ...tables.length!.length!.data];
    };
    deepEqual(await encode(), [2, 3, 5, 3]);
    deepEqual(await encode(doubled), [2, 6, 10, 6]);
    deepEqual(await encode(doubled), [0, 6, 10, 6]);
    deepEqual(await encode({ ...doubled, id: "doubled again" }), [2, 6, 10, 6]);
    deepEqual(await encode(), [0, 3, 5, 3]);
    // What a store held before there were transforms is found: it lies under the encoder's digest.
    const folders = await Array.fromAsync(Deno.readDir(`${folder}/features`));
    equal(folders.length, 3);
    ok(folders.some(({ name }) => name === lengthEncoder().digest));
  }));

Deno.test("a transform gets the decoded input and the sample's hash, once for all encoders", () =>
  inStore(async (folder, store) => {
    const path = `${folder}/a.wav`;
    const bytes = encodeWav(new Float32Array(24_000).fill(0.25), { sampleRate: 48_000 });
    await Deno.writeFile(path, bytes);
    const seen: { clip: Clip; hash: string }[] = [];
    const transform: InputTransform<Clip> = {
      id: "first half",
      apply(clip, { hash }) {
        seen.push({ clip, hash });
        return Promise.resolve({ ...clip, samples: clip.samples.subarray(0, 4000) });
      },
    };
    const lengths: number[] = [];
    const watch = (id: string): Encoder<Clip> => ({
      ...spectralFeatures(),
      id,
      digest: sha256(id),
      encode(clips) {
        lengths.push(...clips.map(({ samples }) => samples.length));
        return spectralFeatures().encode(clips);
      },
    });
    const samples = [sample("audio", "a.wav", { path }, sha256(bytes))];
    await encodeCorpus({ samples, encoders: [watch("p"), watch("q")], store, transform });
    deepEqual(seen.map(({ clip, hash }) => [clip.samples.length, hash]), [[8000, sha256(bytes)]]);
    deepEqual(lengths, [4000, 4000]);
  }));

Deno.test("a transform that fails names the sample", () =>
  inStore(async (_, store) => {
    const transform: InputTransform<string> = {
      id: "never",
      apply: () => Promise.reject(new RangeError("Cannot add typos: expected a rate")),
    };
    await rejects(
      encodeCorpus({ samples: [message("a", 7)], encoders: [lengthEncoder()], store, transform }),
      {
        name: "RangeError",
        message: 'Cannot encode text "text.csv:7": Cannot add typos: expected a rate',
      },
    );
  }));
