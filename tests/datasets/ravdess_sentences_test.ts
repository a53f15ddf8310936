import { deepEqual, equal } from "node:assert/strict";
import { ravdessWithSentences } from "../../lib/datasets/ravdess_sentences.ts";
import { splitPairs } from "../../lib/datasets/paired.ts";
import { encodeWav } from "../../lib/signal/mod.ts";
import { key } from "../../lib/tensor/random.ts";
import { withFolder } from "./temporary_folder.ts";

/** Six actors say both sentences, once happy and once sad. */
function clips(): Record<string, Uint8Array> {
  const files: Record<string, Uint8Array> = {};
  for (let actor = 1; actor <= 6; actor++) {
    for (const emotion of ["03", "04"]) {
      for (const statement of ["01", "02"]) {
        const samples = Float32Array.of(actor / 10, Number(emotion) / 10, Number(statement) / 10);
        files[`Actor_0${actor}/03-01-${emotion}-01-${statement}-01-0${actor}.wav`] = encodeWav(
          samples,
          { sampleRate: 16_000 },
        );
      }
    }
  }
  return files;
}

Deno.test("each clip comes with the sentence that it speaks, and no image", async () => {
  await withFolder(clips(), async (folder) => {
    const { corpora: { text, image, audio }, pairs } = await ravdessWithSentences(folder);
    equal(audio.samples.length, 24);
    deepEqual(image.samples, []);
    deepEqual(pairs[7], { text: 7, audio: 7 });
    const [dogs] = text.samples.filter(({ id }) => id === "03-01-04-01-02-01-03.wav");
    deepEqual(dogs!.source, { text: "Dogs are sitting by the door" });
    deepEqual([dogs!.emotion, dogs!.label, dogs!.group], ["sad", 0, "actor 03"]);
    equal(new Set(text.samples.map(({ hash }) => hash)).size, 2);
  });
});

Deno.test("a sentence is as often positive as negative, so that it can't tell", async () => {
  await withFolder(clips(), async (folder) => {
    const { corpora: { text } } = await ravdessWithSentences(folder);
    const byText = Map.groupBy(text.samples, ({ hash }) => hash);
    for (const own of byText.values()) {
      equal(own.reduce((sum, { label }) => sum + label, 0), own.length / 2);
    }
  });
});

Deno.test("actors are kept apart, though all say the same", async () => {
  await withFolder(clips(), async (folder) => {
    const { report } = splitPairs(await ravdessWithSentences(folder), { key: key(1) });
    deepEqual(report.groups, { train: 4, validation: 1, test: 1 });
  });
});
