import { deepEqual, equal, ok } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { sharp } from "../../lib/deps/sharp.ts";
import {
  clipDataUri,
  imageDataUri,
  spectrogramDataUri,
  waveform,
} from "../../lib/explanation/sample_media.ts";
import { decodeWav } from "../../lib/signal/mod.ts";

const bytesOf = (uri: string) => new Uint8Array(Buffer.from(uri.split(",")[1]!, "base64"));

async function pixelsOf(uri: string) {
  const { data, info } = await (await sharp())(bytesOf(uri)).raw().toBuffer({
    resolveWithObject: true,
  });
  return { data: [...data], width: info.width, height: info.height };
}

Deno.test("an image is inside its address, and a large one is made smaller", async () => {
  const file = async (width: number, height: number) => ({
    path: "",
    bytes: new Uint8Array(
      await (await sharp())({ create: { width, height, channels: 3, background: "#c80a14" } })
        .png().toBuffer(),
    ),
  });
  const uri = await imageDataUri(await file(2, 1));
  ok(uri.startsWith("data:image/webp;base64,"));
  const small = await pixelsOf(uri);
  deepEqual([small.width, small.height], [2, 1]);
  const wanted = [200, 10, 20, 200, 10, 20];
  ok(small.data.every((value, i) => Math.abs(value - wanted[i]!) < 5), `${small.data}`);
  const { width, height } = await pixelsOf(await imageDataUri(await file(768, 400)));
  deepEqual([width, height], [384, 200]);
});

Deno.test("a clip is inside its address, as a WAV file that can be read again", () => {
  const samples = Float32Array.of(0, 0.5, -0.25, 0.125);
  const uri = clipDataUri({ path: "", samples });
  ok(uri.startsWith("data:audio/wav;base64,"));
  const { samples: read, sampleRateHz } = decodeWav(bytesOf(uri), { path: "" });
  deepEqual([...read], [...samples]);
  equal(sampleRateHz, 16_000);
});

Deno.test("a spectrogram has time to the right, pitch upwards, and black where it is loudest", async () => {
  // Two frames of two bands, and a third that is not shown.
  const uri = await spectrogramDataUri(Float32Array.of(0, 2, 4, 8, 99, 99), { bands: 2, shown: 2 });
  const { data, width, height } = await pixelsOf(uri);
  deepEqual([width, height], [2, 2]);
  const grey = (x: number, y: number) => data[3 * (y * 2 + x)];
  deepEqual([grey(0, 1), grey(0, 0), grey(1, 1), grey(1, 0)], [255, 191, 128, 0]);
  // 40 dB below the loudest and softer is white.
  const floor = await spectrogramDataUri(Float32Array.of(-23, -Math.log(1e4), 0), {
    bands: 1,
    shown: 3,
  });
  deepEqual((await pixelsOf(floor)).data.filter((_, i) => i % 3 === 0), [255, 255, 0]);
});

Deno.test("a waveform keeps the lowest and the highest sample of each stretch", () => {
  deepEqual(waveform(Float32Array.of(1, -2, 3, 0.5), 2), [[-2, 1], [0.5, 3]]);
  // Fewer samples than columns are drawn more than once.
  deepEqual(waveform(Float32Array.of(1, 2), 4), [[1, 1], [1, 1], [2, 2], [2, 2]]);
  deepEqual(waveform(new Float32Array(), 1), [[0, 0]]);
});
