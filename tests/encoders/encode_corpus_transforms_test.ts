import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { encodeCorpus } from "../../lib/encoders/encode_corpus.ts";
import type { Clip, Encoder, InputTransform } from "../../lib/encoders/encoder.ts";
import { spectralFeatures } from "../../lib/encoders/spectral_features.ts";
import { encodeWav } from "../../lib/signal/encode_wav.ts";
import { inStore, lengthEncoder, message, sample, sha256 } from "./length_encoder.ts";

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
