import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { clipRateHz } from "../../lib/encoders/encoder.ts";
import { spectrogramPicture } from "../../lib/encoders/spectrogram_picture.ts";

const tone = (hz: number, { seconds = 4, amplitude = 0.5 } = {}) => ({
  path: "tone.wav",
  samples: Float32Array.from(
    { length: seconds * clipRateHz },
    (_, i) => amplitude * Math.sin(2 * Math.PI * hz * i / clipRateHz),
  ),
});

const size = 32;
const pixel = (
  { data }: { data: Uint8ClampedArray },
  x: number,
  y: number,
) => [...data.subarray(3 * (y * size + x), 3 * (y * size + x) + 3)];

/** The row that is brightest in red at a third of the width. */
const loudest = (hz: number) => {
  const picture = spectrogramPicture(tone(hz), size);
  const reds = Array.from({ length: size }, (_, y) => pixel(picture, 10, y)[0]!);
  return reds.indexOf(Math.max(...reds));
};

Deno.test("a spectrogram picture has the size asked for, low tones below high ones", () => {
  const { data, width, height } = spectrogramPicture(tone(440), size);
  deepEqual([width, height, data.length], [32, 32, 3 * 32 * 32]);
  const rows = [200, 800, 3000].map(loudest);
  ok(rows[0]! > rows[1]! && rows[1]! > rows[2]!, `${rows}`);
  // 800 Hz is 805 of 2840 mel, so at 64 bands near the 18th; row 32 - 18 / 2 = 23.
  ok(Math.abs(rows[1]! - 23) <= 1, `${rows}`);
});

Deno.test("silence is black in red and grey in green and blue", () => {
  const picture = spectrogramPicture({ path: "a.wav", samples: new Float32Array(100) }, size);
  for (const [x, y] of [[0, 0], [16, 16], [31, 31]] as const) {
    deepEqual(pixel(picture, x, y), [0, 128, 128]);
  }
});

Deno.test("green says when a tone begins and ends, blue where it lies, and red how loud it is", () => {
  const { samples } = tone(800);
  const burst = samples.map((x, i) => i >= 1.5 * clipRateHz && i < 2.5 * clipRateHz ? x : 0);
  const picture = spectrogramPicture({ path: "a.wav", samples: burst }, 160);
  const at = (t: number, b: number) => [...picture.data.subarray(3 * (b * 160 + t)).subarray(0, 3)];
  // A frame is a pixel wide. The window of 50 ms reaches the tone one frame before it begins.
  const row = 160 - Math.round(18.5 * 2.5);
  const onset = Math.max(...[58, 59, 60, 61].map((t) => at(t, row)[1]!));
  const end = Math.min(...[98, 99, 100, 101].map((t) => at(t, row)[1]!));
  equal(onset, 255);
  equal(end, 0);
  equal(at(80, row)[1], 128);
  const column = Array.from({ length: 160 }, (_, y) => at(80, y)[2]!);
  const above = column.slice(0, row - 5), below = column.slice(row + 5);
  // From low to high the level rises to the tone and falls after it.
  ok(below.some((v) => v > 180) && above.some((v) => v < 75));
  const quiet = spectrogramPicture(tone(800, { amplitude: 0.05 }), size);
  const loud = spectrogramPicture(tone(800), size);
  // 20 dB are ln 100 of ln 10^10 over 255 values: 51.
  const rowOf32 = loudest(800);
  const difference = pixel(loud, 10, rowOf32)[0]! - pixel(quiet, 10, rowOf32)[0]!;
  ok(Math.abs(difference - 51) <= 3, `${difference}`);
});

Deno.test("what follows the first 4 s is not drawn, and an empty clip is refused", () => {
  const long = tone(440, { seconds: 6 });
  const cut = { ...long, samples: long.samples.slice(0, 4.5 * clipRateHz) };
  deepEqual(spectrogramPicture(long, size), spectrogramPicture(cut, size));
  throws(
    () => spectrogramPicture({ path: "b.wav", samples: new Float32Array() }, size),
    /^RangeError: Cannot draw "b.wav": expected a clip with samples, got none$/,
  );
});
