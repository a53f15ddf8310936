import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { sharp } from "../../lib/deps/sharp.ts";
import { encodeCorpus, type EncodingFailure } from "../../lib/encoders/encode_corpus.ts";
import type { Clip, Encoder, EncoderInput } from "../../lib/encoders/encoder.ts";
import { openFeatureStore } from "../../lib/encoders/feature_store.ts";
import { loadImageEncoder } from "../../lib/encoders/image_encoder.ts";
import { spectralFeatures } from "../../lib/encoders/spectral_features.ts";
import { encodeWav } from "../../lib/signal/encode_wav.ts";
import { inStore, lengthEncoder, message, sample, sha256 } from "./length_encoder.ts";
import { withModels } from "./tiny_models.ts";

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

Deno.test("many batches are packed when they are encoded, their features the same as before", () =>
  inStore(async (folder, store) => {
    const samples = Array.from({ length: 64 * 64 }, (_, i) => message(`${i}`.repeat(i % 9 + 1), i));
    const encoders = [lengthEncoder()];
    const unpacked = { ...store, pack: () => Promise.resolve() };
    const before = await encodeCorpus({ samples, encoders, store: unpacked });
    const shards = `${folder}/features/${lengthEncoder().digest}`;
    const files = async () => (await Array.fromAsync(Deno.readDir(shards))).length;
    equal(await files(), 64);
    const after = await encodeCorpus({ samples, encoders, store });
    equal(await files(), 1);
    deepEqual([after.encoded, after.tables], [0, before.tables]);
    deepEqual((await encodeCorpus({ samples, encoders, store })).tables, before.tables);
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
      const paint = async (background: string) => {
        const create = { width: 32, height: 32, channels: 3, background } as const;
        return new Uint8Array(await (await sharp())({ create }).png().toBuffer());
      };
      const files = [await paint("red"), new TextEncoder().encode("no image"), await paint("blue")];
      const samples = await Promise.all(files.map(async (bytes, i) => {
        const path = `${folder}/${i}.png`;
        await Deno.writeFile(path, bytes);
        return sample("image", `faces/${i}.png`, { path }, sha256(bytes));
      }));
      const encoder = await loadImageEncoder({ model: "tiny/resnet", root });
      await rejects(
        encodeCorpus({ samples, encoders: [encoder], store }),
        /Cannot encode image "faces\/1.png": Cannot read ".*1.png": expected an image/,
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

Deno.test("what a batch gave is in the store before the next one is encoded", () =>
  inStore(async (folder, store) => {
    const samples = texts.map(message);
    const counts: number[] = [];
    const encoder = lengthEncoder();
    const watched: Encoder<string> = {
      ...encoder,
      async encode(batch) {
        const seen = openFeatureStore(`${folder}/features`);
        const { missing } = await seen.read(encoder, samples.map(({ hash }) => hash));
        counts.push(300 - missing.length);
        return encoder.encode(batch);
      },
    };
    await encodeCorpus({ samples, encoders: [watched], store });
    // A process that is killed loses the 64 under way.
    deepEqual(counts, [0, 64, 128, 192, 256]);
  }));

Deno.test("with onFailure, what can't be encoded is told and left out, and the rest is encoded", () =>
  inStore(async (_, store) => {
    const samples = [...texts, "bad egg", "bad news", "bad egg"].map(message);
    const told: EncodingFailure[] = [];
    const { tables, encoded, failed } = await encodeCorpus({
      samples,
      encoders: [lengthEncoder("a"), lengthEncoder("b")],
      store,
      onFailure: (failure) => told.push(failure),
    });
    equal(encoded, 2 * 300);
    deepEqual(failed, [300, 301, 302]);
    deepEqual(
      told.map(({ sample, error }) => [sample.id, error.message]).sort(),
      [300, 301, 302].map((i) => [
        `text.csv:${i}`,
        `Cannot encode text "text.csv:${i}": Cannot read this`,
      ]),
    );
    const lengths = texts.map((text) => text.length);
    deepEqual([...tables.a!.length!.data.subarray(0, 300)], lengths);
    deepEqual(tables.a!.length!.data, tables.b!.length!.data);
    // They are tried again, since nothing is stored of them.
    const again = await encodeCorpus({
      samples,
      encoders: [lengthEncoder("a")],
      store,
      onFailure: () => {},
    });
    deepEqual([again.encoded, again.failed], [0, [300, 301, 302]]);
  }));

Deno.test("with onFailure, files that are gone, changed or cut are told by name", () =>
  inStore(async (folder, store) => {
    const bytes = encodeWav(new Float32Array(16_000).fill(0.25), { sampleRate: 16_000 });
    const cut = bytes.subarray(0, 999);
    const clips = await Promise.all(
      [bytes, cut, Uint8Array.of(...bytes, 0), bytes].map(async (content, i) => {
        const path = `${folder}/${i}.wav`;
        await Deno.writeFile(path, content);
        // The third is another file than the corpus was read with.
        const hash = i === 2 ? "f".repeat(64) : i === 3 ? "e".repeat(64) : sha256(content);
        return sample("audio", `${i}.wav`, { path }, hash);
      }),
    );
    await Deno.remove(`${folder}/3.wav`);
    await Deno.mkdir(`${folder}/3.wav`);
    const told: string[] = [];
    const { failed, tables } = await encodeCorpus({
      samples: clips,
      encoders: [spectralFeatures()],
      store,
      onFailure: ({ error }) => told.push(error.message),
    });
    deepEqual(failed, [1, 2, 3]);
    for (const i of failed) {
      const message = told.find((text) => text.startsWith(`Cannot encode audio "${i}.wav"`));
      ok(message?.includes(`${folder}/${i}.wav`), told.join("\n"));
    }
    equal(tables.spectral!.frameMask!.data.subarray(0, 160).reduce((a, b) => a + b), 40);
  }));

Deno.test("features that are not finite are refused, by the sample's name", () =>
  inStore(async (folder, store) => {
    const encoder: Encoder<string> = {
      ...lengthEncoder(),
      encode: (batch) =>
        Promise.resolve(batch.map((text) => ({ length: Float32Array.of(Math.log(text.length)) }))),
    };
    const samples = ["one", ""].map(message);
    const refusal = {
      name: "RangeError",
      message:
        'Cannot encode text "text.csv:1": Cannot use "length": expected finite features, got -Infinity',
    };
    await rejects(encodeCorpus({ samples, encoders: [encoder], store }), refusal);
    deepEqual(await Array.fromAsync(Deno.readDir(folder)), []);
    const told: string[] = [];
    await encodeCorpus({
      samples,
      encoders: [encoder],
      store,
      onFailure: ({ error }) => told.push(error.message),
    });
    deepEqual(told, [refusal.message]);
  }));

Deno.test("a store of halves gives the first run what it gives the second", () =>
  inStore(async (folder) => {
    const store = openFeatureStore(`${folder}/halves`, { precision: "float16" });
    const samples = texts.map(message);
    const third = (): Encoder<string> => ({
      ...lengthEncoder(),
      encode: (batch) =>
        Promise.resolve(batch.map((text) => ({ length: Float32Array.of(text.length / 3) }))),
    });
    const run = () => encodeCorpus({ samples, encoders: [third()], store });
    const [first, second] = [await run(), await run()];
    deepEqual([first.encoded, second.encoded], [300, 0]);
    deepEqual(first.tables, second.tables);
    equal(first.tables.length!.length!.data[1], Math.f16round(texts[1]!.length / 3));
  }));

Deno.test("clips of like duration share a batch, whatever their order in the corpus", () =>
  inStore(async (folder, store) => {
    const counts = Array.from({ length: 70 }, (_, i) => 800 + 100 * (i * 29 % 70));
    const samples = await Promise.all(counts.map(async (count, i) => {
      const path = `${folder}/${i}.wav`;
      const bytes = encodeWav(new Float32Array(count).fill(i / 100), { sampleRate: 16_000 });
      await Deno.writeFile(path, bytes);
      return sample("audio", `${i}.wav`, { path }, sha256(bytes));
    }));
    const batches: number[][] = [];
    const encoder: Encoder<Clip> = {
      modality: "audio",
      id: "duration",
      digest: "d".repeat(64),
      shapes: { duration: [1] },
      encode(clips) {
        batches.push(clips.map((clip) => clip.samples.length));
        return Promise.resolve(
          clips.map((clip) => ({ duration: Float32Array.of(clip.samples.length) })),
        );
      },
      dispose: () => Promise.resolve(),
    };
    const { tables } = await encodeCorpus({ samples, encoders: [encoder], store });
    deepEqual([...tables.duration!.duration!.data], counts);
    deepEqual(batches.flat(), counts.toSorted((a, b) => a - b));
    deepEqual(batches.map(({ length }) => length), [64, 6]);
  }));
