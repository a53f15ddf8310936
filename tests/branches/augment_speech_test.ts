import { deepEqual, equal, notDeepEqual, ok } from "node:assert/strict";
import { key } from "../../lib/tensor/random.ts";
import {
  augmentSpeech,
  changeVoice,
  type SpeechAugmentation,
  type Voice,
} from "../../lib/branches/augment_speech.ts";

const same: Voice = { tempo: 1, pitch: 1, gain: 0, tilt: 0 };
const none: SpeechAugmentation = {
  tempo: 1,
  pitch: 1,
  gain: 0,
  tilt: 0,
  masks: 0,
  maskedFrames: 0,
  maskedBands: 0,
};
const size = { frames: 6, bands: 3 };

/** x[t, b] = 10 t + b of `count` frames. */
const ramp = (count: number) =>
  Float32Array.from({ length: 3 * count }, (_, i) => 10 * Math.floor(i / 3) + i % 3);

Deno.test("a faster voice reads between the frames, and has fewer of them", () => {
  const voice = changeVoice(ramp(4), size, { ...same, tempo: 1.5 });
  // Frames 0, 1.5 and 3 of four: round(4 / 1.5).
  deepEqual([...voice], [0, 1, 2, 15, 16, 17, 30, 31, 32]);
});

Deno.test("a slower voice has more frames, up to as many as there are, and ends as the clip does", () => {
  // Six of 4 / 0.5 frames: 0, 0.5, 1, …
  const cut = changeVoice(ramp(4), size, { ...same, tempo: 0.5 });
  deepEqual([...cut].filter((_, i) => i % 3 === 0), [0, 5, 10, 15, 20, 25]);
  const short = changeVoice(ramp(2), size, { ...same, tempo: 0.5 });
  deepEqual([...short].filter((_, i) => i % 3 === 0), [0, 5, 10, 10]);
});

Deno.test("a higher voice has its peaks in higher bands", () => {
  const x = Float32Array.of(0, 1, 0, 0, 0);
  const five = { frames: 1, bands: 5 };
  // Band b reads b / 2: 0, 1/2, 1, 3/2 and 2.
  deepEqual([...changeVoice(x, five, { ...same, pitch: 2 })], [0, 0.5, 1, 0.5, 0]);
  // Half as high, band b reads 2 b, and beyond the last band the last one.
  const y = Float32Array.of(1, 0, 4, 0, 7);
  deepEqual([...changeVoice(y, five, { ...same, pitch: 0.5 })], [1, 4, 7, 7, 7]);
});

Deno.test("gain and tilt add a straight line over the bands", () => {
  const voice = changeVoice(ramp(1), size, { ...same, gain: 0.5, tilt: 0.25 });
  deepEqual([...voice], [0.25, 1.5, 2.75]);
});

/** Clips of 4 and 2 frames in tables of 6, without a 0 in them. */
const clips = {
  data: Float32Array.of(
    ...ramp(4).map((x) => x + 1),
    ...new Float32Array(6),
    ...ramp(2).map((x) => x + 2),
    ...new Float32Array(12),
  ),
  frames: Float32Array.of(4, 2),
};
const strong: SpeechAugmentation = {
  tempo: 1.4,
  pitch: 1.3,
  gain: 1,
  tilt: 1,
  masks: 1,
  maskedFrames: 0.5,
  maskedBands: 0.4,
};

Deno.test("without changes clips stay as they are, in new arrays", () => {
  const { data, frames } = augmentSpeech(clips, { ...none, ...size }, key(1));
  deepEqual({ data, frames }, clips);
  ok(data !== clips.data && frames !== clips.frames);
});

Deno.test("what is given stays as it was", () => {
  const before = { data: clips.data.slice(), frames: clips.frames.slice() };
  augmentSpeech(clips, { ...strong, ...size }, key(1));
  deepEqual(clips, before);
});

Deno.test("lengths keep to the tempo and the table, and what follows a clip is 0", () => {
  const seen = new Set<string>();
  for (let i = 0; i < 100; i++) {
    const { data, frames } = augmentSpeech(clips, { ...strong, ...size, masks: 0 }, key(i));
    seen.add(frames.join());
    // 4 / 1.4 and 4 · 1.4 rounded, and for the clip of two 1.43 and 2.8.
    ok(frames[0]! >= 3 && frames[0]! <= 6 && frames[1]! >= 1 && frames[1]! <= 3);
    ok(data.subarray(3 * frames[0]!, 18).every((x) => x === 0));
    ok(data.subarray(18 + 3 * frames[1]!).every((x) => x === 0));
    ok(data.subarray(0, 3 * frames[0]!).some((x) => x !== 0));
  }
  ok(seen.size >= 6, "many lengths");
});

Deno.test("changes come from the key and a clip's place alone", () => {
  const options = { ...strong, ...size };
  const once = augmentSpeech(clips, options, key(1));
  deepEqual(augmentSpeech(clips, options, key(1)), once);
  notDeepEqual(augmentSpeech(clips, options, key(2)).data, once.data);
  const other = { data: clips.data.slice().fill(5, 0, 12), frames: clips.frames };
  deepEqual(augmentSpeech(other, options, key(1)).data.subarray(18), once.data.subarray(18));
  const twice = {
    data: Float32Array.of(...clips.data.subarray(0, 18), ...clips.data.subarray(0, 18)),
    frames: Float32Array.of(4, 4),
  };
  const two = augmentSpeech(twice, options, key(1)).data;
  notDeepEqual(two.subarray(0, 18), two.subarray(18), "two clips of a batch differ");
});

Deno.test("masks cover a stretch of time and one of pitch, no longer than told", () => {
  const size = { frames: 12, bands: 10 };
  const data = new Float32Array(120).fill(1, 0, 80), frames = Float32Array.of(8);
  const options = { ...none, ...size, masks: 1, maskedFrames: 0.25, maskedBands: 0.3 };
  const times = new Set<number>(), pitches = new Set<number>();
  for (let i = 0; i < 200; i++) {
    const covered = augmentSpeech({ data, frames }, options, key(i)).data;
    const row = (t: number) => covered.subarray(10 * t, 10 * t + 10);
    const silent = [...Array(8).keys()].filter((t) => row(t).every((x) => x === 0));
    const heard = row([...Array(8).keys()].find((t) => !silent.includes(t))!);
    const dark = [...heard.keys()].filter((b) => heard[b] === 0);
    ok([silent, dark].every((at) => at.length === 0 || at.at(-1)! - at[0]! === at.length - 1));
    equal(covered.reduce((a, b) => a + b), (8 - silent.length) * (10 - dark.length));
    times.add(silent.length);
    pitches.add(dark.length);
  }
  deepEqual([...times].sort(), [0, 1, 2]);
  deepEqual([...pitches].sort(), [0, 1, 2, 3]);
});
