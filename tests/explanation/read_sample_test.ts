import { deepEqual, equal, rejects } from "node:assert/strict";
import { readSample } from "../../lib/explanation/read_sample.ts";
import { encodeWav } from "../../lib/signal/mod.ts";
import { withFolder } from "../datasets/temporary_folder.ts";

Deno.test("a sample's files are read, and its clip brought to 16 kHz", () =>
  withFolder({}, async (folder) => {
    await Deno.writeFile(`${folder}/a.png`, Uint8Array.of(1, 2));
    const wav = encodeWav(new Float32Array(8000), { sampleRate: 8000 });
    await Deno.writeFile(`${folder}/a.wav`, wav);
    const { text, image, audio } = await readSample({
      text: "hi",
      image: `${folder}/a.png`,
      audio: `${folder}/a.wav`,
    });
    equal(text, "hi");
    deepEqual([...image!.bytes], [1, 2]);
    equal(audio!.samples.length, 16_000);
    deepEqual(await readSample({ text: "hi" }), { text: "hi" });
    await rejects(
      readSample({ image: `${folder}/none.png` }),
      /none.png": expected a file of 64 MB/,
    );
  }));
