import { deepEqual, equal, notDeepEqual, notEqual, ok } from "node:assert/strict";
import {
  babbleCorruption,
  type Corruption,
  corruptions,
  corruptionTransform,
} from "../../lib/corruptions/corruptions.ts";
import { gaussianNoise } from "../../lib/corruptions/gaussian_noise.ts";
import { sharp } from "../../lib/deps/sharp.ts";
import { decodeImage } from "../../lib/encoders/decode_image.ts";
import type { Clip, EncoderInput, ImageFile } from "../../lib/encoders/encoder.ts";
import { modalities } from "../../lib/modality.ts";
import { key } from "../../lib/tensor/random.ts";

const text = "i feel so much better today than i did on the day before all of this began";

/** Half a second that swells and fades. */
const clip: Clip = {
  path: "clip.wav",
  samples: gaussianNoise(key(7), 8000).map((z, i) => 0.1 * z * Math.sin(Math.PI * i / 8000)),
};

async function photograph(): Promise<ImageFile> {
  const data = Uint8Array.from({ length: 3 * 64 * 64 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % 64, Math.floor(i / 192)];
    return 128 + 60 * Math.sin(x / 3 + i % 3) + 50 * Math.cos(y / 4);
  });
  const raw = { width: 64, height: 64, channels: 3 } as const;
  return { path: "a.png", bytes: await (await sharp())(data, { raw }).png().toBuffer() };
}

const voices = [1, 2, 3].map((seed) => gaussianNoise(key(seed), 4000));
const audio = [...corruptions.audio, babbleCorruption(voices)];

Deno.test("every corruption has its own name, and levels that go one way", () => {
  for (const m of modalities) {
    const names = corruptions[m].map(({ name }) => name);
    equal(new Set(names).size, names.length);
    for (const { levels, unit } of corruptions[m]) {
      const steps = levels.slice(1).map((level, i) => Math.sign(level - levels[i]!));
      ok(levels.length > 4 && steps[0] !== 0 && steps.every((step) => step === steps[0]));
      ok(unit.length > 0);
    }
  }
});

async function assertSpoils<Input extends EncoderInput>(
  { name, levels, apply }: Corruption<Input>,
  input: Input,
): Promise<Input[]> {
  const outputs = await Promise.all(levels.map((level) => apply(input, level, key(1))));
  equal(outputs[0], input, `${name} changes a clean input`);
  deepEqual(await apply(input, levels.at(-1)!, key(1)), outputs.at(-1));
  for (const output of outputs.slice(1)) notDeepEqual(output, input, `${name} changes nothing`);
  return outputs;
}

const isRising = (values: readonly number[]) =>
  values.every((value, i) => i === 0 || value > values[i - 1]!);

for (const corruption of corruptions.text) {
  Deno.test(`${corruption.name}: clean is the message itself, and the worst says less`, async () => {
    const outputs = await assertSpoils(corruption, text);
    const pairs = (message: string) => {
      const words = message.split(" ");
      return words.slice(1).map((word, i) => `${words[i]} ${word}`);
    };
    const kept = outputs.map((message) =>
      pairs(message).filter((pair) => pairs(text).includes(pair)).length
    );
    equal(kept[0], Math.max(...kept));
    ok(kept.at(-1)! < kept[1]!, `${kept}`);
  });
}

for (const corruption of corruptions.image) {
  Deno.test(`${corruption.name}: clean is the file itself, and each level is further off`, async () => {
    const outputs = await assertSpoils(corruption, await photograph());
    const pixels = await Promise.all(outputs.map(async (file) => (await decodeImage(file)).data));
    const errors = pixels.map((data) =>
      data.reduce((sum, x, i) => sum + (x - pixels[0]![i]!) ** 2, 0)
    );
    ok(isRising(errors), `${errors}`);
  });
}

for (const corruption of audio) {
  Deno.test(`${corruption.name}: clean is the clip itself, and each level is further off`, async () => {
    const outputs = await assertSpoils(corruption, clip);
    ok(outputs.every(({ path, samples }) => path === clip.path && samples.length === 8000));
    const errors = outputs.map(({ samples }) =>
      samples.reduce((sum, x, i) => sum + (x - clip.samples[i]!) ** 2, 0)
    );
    // A longer echo is as loud as a short one: it is only longer, which no difference of samples tells.
    if (corruption.name !== "reverberation") ok(isRising(errors), `${errors}`);
  });
}

Deno.test("babbleCorruption() tells one set of voices from another", () => {
  equal(babbleCorruption(voices).source, babbleCorruption(voices.map((v) => v.slice())).source);
  const others = [
    voices.slice(1),
    voices.toReversed(),
    [voices[0]!.subarray(1), ...voices.slice(1)],
    [Float32Array.of(...voices[0]!, ...voices[1]!), voices[2]!],
  ];
  for (const other of others) {
    notEqual(babbleCorruption(other).source, babbleCorruption(voices).source);
  }
});

Deno.test("corruptionTransform() has another id for whatever changes the outcome", () => {
  const babble = babbleCorruption(voices);
  const ids = [
    corruptionTransform(babble, { level: 5, seed: 1 }).id,
    corruptionTransform(babble, { level: 0, seed: 1 }).id,
    corruptionTransform(babble, { level: 5, seed: 2 }).id,
    corruptionTransform(babbleCorruption(voices.slice(1)), { level: 5, seed: 1 }).id,
    corruptionTransform(corruptions.audio[0]!, { level: 5, seed: 1 }).id,
  ];
  equal(new Set(ids).size, ids.length);
  equal(corruptionTransform(babble, { level: 5, seed: 1 }).id, ids[0]);
});

Deno.test("corruptionTransform() draws by seed, corruption and sample, and not by level", async () => {
  const noise = async (snrDb: number, { seed = 1, hash = "a", which = 0 } = {}) => {
    const transform = corruptionTransform(corruptions.audio[which]!, { level: snrDb, seed });
    const { samples } = await transform.apply(clip, { hash });
    return samples.map((x, i) => x - clip.samples[i]!);
  };
  const base = await noise(0);
  deepEqual(await noise(0), base);
  notDeepEqual(await noise(0, { seed: 2 }), base);
  notDeepEqual(await noise(0, { hash: "b" }), base);
  // 20 dB are a factor of 10.
  (await noise(20)).forEach((n, i) => ok(Math.abs(10 * n - base[i]!) < 1e-5));
});
