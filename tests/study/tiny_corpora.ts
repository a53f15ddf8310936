/** Corpora of a few samples on disk, and tiny encoders where the embedded ones are looked for. @module */

import { sharp } from "../../lib/deps/sharp.ts";
import { encodeWav } from "../../lib/signal/mod.ts";
import { fold, key, normals } from "../../lib/tensor/random.ts";
import { glove, withModels } from "../encoders/tiny_models.ts";
import { writeText } from "../inference/tiny_folder.ts";

/** Where they are. */
export interface TinyCorpora {
  /** An empty folder for results. */
  readonly root: string;
  /** The folder with `emotions/`, `faces/` and `ravdess/`, 20 samples in each. */
  readonly data: string;
  /** A cache in which only the encoders are. */
  readonly cache: string;
}

const places = {
  "tiny/bert": "bert-mini-1",
  "tiny/resnet": "mini-xception-1",
  "tiny/wav2vec2": "whisper-tiny-layer-2-1",
} as const;

/** Runs `body` beside the corpora, and removes them. Every other sample is positive. */
export function withTinyCorpora(body: (corpora: TinyCorpora) => Promise<void>): Promise<void> {
  return withModels(["tiny/bert", "tiny/resnet", "tiny/wav2vec2"], async (folder) => {
    const [root, data, cache] = ["root", "data", "cache"].map((name) => `${folder}/${name}`);
    await Deno.mkdir(root!);
    await Deno.mkdir(`${cache}/models/trivalence`, { recursive: true });
    for (const [from, to] of Object.entries(places)) {
      await Deno.rename(`${folder}/${from}`, `${cache}/models/trivalence/${to}`);
    }
    await writeSentences(data!);
    for (let i = 0; i < 20; i++) {
      await writeFace(data!, i);
      await writeClip(data!, i);
    }
    await body({ root: root!, data: data!, cache: cache! });
  });
}

// Twenty different sentences: i written with the five words as digits.
async function writeSentences(data: string): Promise<void> {
  const words = (i: number) => [i % 5, Math.floor(i / 5)].map((w) => glove.words[w]).join(" ");
  const rows = Array.from({ length: 20 }, (_, i) => `${i},my ${words(i)} film,${i % 2}\n`);
  await writeText(data, "emotions/text.csv", `,text,label\n${rows.join("")}`);
}

// Of a colour each, red for joy, with grain: a picture of one colour is not judged.
async function writeFace(data: string, i: number): Promise<void> {
  const next = normals(fold(key(4), i));
  const colour = [i % 2 ? 200 : 40, 5 * i, i % 2 ? 40 : 200];
  const pixels = Uint8ClampedArray.from({ length: 192 }, (_, p) => colour[p % 3]! + 20 * next());
  const raw = { width: 8, height: 8, channels: 3 } as const;
  const image = (await sharp())(new Uint8Array(pixels), { raw });
  const folder = `${data}/faces/${i % 2 ? "happy" : "sad"}`;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeFile(`${folder}/${i}.png`, await image.png().toBuffer());
}

// Ten actors, each once happy and once sad.
async function writeClip(data: string, i: number): Promise<void> {
  const next = normals(fold(key(3), i));
  const samples = Float32Array.from({ length: 8000 }, () => (i % 2 ? 0.2 : 0.05) * next());
  const actor = String(1 + Math.floor(i / 2)).padStart(2, "0");
  const folder = `${data}/ravdess/Actor_${actor}`;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeFile(
    `${folder}/03-01-${i % 2 ? "03" : "04"}-01-01-01-${actor}.wav`,
    encodeWav(samples, { sampleRate: 16_000 }),
  );
}
