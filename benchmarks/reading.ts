/**
 * Makes a file as large as the *Emotions* corpus and a folder of 100,000 small images, reads them,
 * and divides them: 10,000 of each as a run does, then all. Tells how long that takes, and how much
 * memory.
 *
 *     deno run --allow-all benchmarks/reading.ts [--rows 416809] [--images 100000]
 *         [--near-duplicates]
 *
 * The messages are made up: as long as those of the corpus on average, one in fifty a copy, one in
 * ten with a comma, one in a hundred with quotes or a line break. With `--near-duplicates` the
 * images are decoded and compared too; otherwise they are read and hashed.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { crc32, deflateSync } from "node:zlib";
import {
  auditSplit,
  balancedSubset,
  groupedSplit,
  readEmotions,
  readFaces,
} from "../lib/datasets/mod.ts";
import type { Corpus } from "../lib/datasets/mod.ts";
import { key, uniforms } from "../lib/tensor/random.ts";
import { progress } from "../tasks/progress.ts";
import { peakMegabytes } from "./peak_memory.ts";

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "416809" },
    images: { type: "string", default: "100000" },
    "near-duplicates": { type: "boolean", default: false },
  },
});

const folder = await Deno.makeTempDir();
try {
  if (Number(values.rows) > 0) {
    await writeMessages(`${folder}/text.csv`, Number(values.rows));
    await read("messages (kB)", (onProgress) => readEmotions(`${folder}/text.csv`, { onProgress }));
  }
  if (Number(values.images) > 0) {
    await writeImages(`${folder}/faces`, Number(values.images));
    const compared = values["near-duplicates"] ? {} : { nearDuplicates: false as const };
    await read(
      "images",
      (onProgress) => readFaces(`${folder}/faces`, { ...compared, onProgress }),
    );
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}

async function read(
  label: string,
  reader: (onProgress: (done: number, total: number) => void) => Promise<Corpus>,
): Promise<void> {
  const start = performance.now();
  const seconds = () => ((performance.now() - start) / 1000).toFixed(1);
  let line: ReturnType<typeof progress> | undefined;
  const corpus = await reader((done, total) => (line ??= progress(label, total)).update(done));
  line?.end();
  const { samples, excluded } = corpus;
  console.log(`${label}: ${samples.length} samples, left out ${JSON.stringify(excluded)}`);
  console.log(`  read after ${seconds()} s, peak ${await peakMegabytes()} MB`);
  const drawn = balancedSubset(samples, { key: key(0) });
  auditSplit(drawn, groupedSplit(drawn, { key: key(1) }));
  console.log(
    `  ${drawn.length} drawn, divided, audited after ${seconds()} s, peak ${await peakMegabytes()} MB`,
  );
  groupedSplit(samples, { key: key(1) });
  console.log(`  all divided after ${seconds()} s, peak ${await peakMegabytes()} MB`);
}

async function writeMessages(path: string, rows: number): Promise<void> {
  const next = uniforms(key(1));
  const pick = (count: number) => Math.floor(count * next());
  const letters = "etaoinshrdlucmfwygpbvk";
  const words = Array.from(
    { length: 20_000 },
    () => Array.from({ length: 1 + pick(8) }, () => letters[pick(letters.length)]).join(""),
  );
  using file = await Deno.open(path, { write: true, create: true });
  const out = file.writable.getWriter();
  const encoder = new TextEncoder();
  let lines = [",text,label"];
  let copied = "i am well,1";
  for (let i = 0; i < rows; i++) {
    const text = Array.from({ length: 3 + pick(33) }, () => words[pick(words.length)]).join(" ");
    const kind = next();
    const field = kind < 0.005
      ? `"he said ""${text}"""`
      : kind < 0.01
      ? `"${text}\nand more"`
      : kind < 0.1
      ? `"${text}, and so on"`
      : text;
    const row = `${field},${pick(6)}`;
    lines.push(`${i},${next() < 0.02 ? copied : row}`);
    if (next() < 0.1) copied = row;
    if (lines.length >= 10_000 || i === rows - 1) {
      await out.write(encoder.encode(lines.join("\n") + "\n"));
      lines = [];
    }
  }
  await out.close();
}

// Grey images of 8 by 8 pixels, as PNG has them: all distinct.
async function writeImages(folder: string, count: number): Promise<void> {
  const next = uniforms(key(2));
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10);
  const header = Uint8Array.of(0, 0, 0, 8, 0, 0, 0, 8, 8, 0, 0, 0, 0);
  for (let i = 0; i < count; i++) {
    const own = `${folder}/${["happy", "sad"][i % 2]}/${Math.floor(i / 1000)}`;
    if (i % 1000 < 2) await Deno.mkdir(own, { recursive: true });
    // Each of eight rows begins with the number of its filter, 0.
    const rows = Uint8Array.from({ length: 72 }, (_, at) => at % 9 === 0 ? 0 : 256 * next());
    const chunks = [chunk("IHDR", header), chunk("IDAT", deflateSync(rows)), chunk("IEND")];
    await Deno.writeFile(`${own}/${i}.png`, joined(signature, ...chunks));
  }
}

function chunk(name: string, data: Uint8Array = new Uint8Array()): Uint8Array {
  const body = joined(new TextEncoder().encode(name), data);
  const bytes = joined(new Uint8Array(4), body, new Uint8Array(4));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  view.setUint32(bytes.length - 4, crc32(body));
  return bytes;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
