/** Corpora full of corrupt files, read and encoded as a run with `--keep-going` does. @module */

import { dirname } from "node:path";
import { type Corpus, readFaces, readRavdess } from "../../lib/datasets/mod.ts";
import { decodeImage } from "../../lib/encoders/decode_image.ts";
import { encodeCorpus } from "../../lib/encoders/encode_corpus.ts";
import type { Encoder, EncoderInput, ImageFile } from "../../lib/encoders/encoder.ts";
import { openFeatureStore } from "../../lib/encoders/feature_store.ts";
import { spectralFeatures } from "../../lib/encoders/spectral_features.ts";
import { type CorruptFile, corruptFile, type WholeFiles } from "./corrupted_files.ts";

/** What became of a corpus of files of one kind. */
export interface Outcome {
  /** The files written, by path; the last two are whole. */
  readonly files: readonly string[];
  /** What was said of each file that was left out, by path. */
  readonly told: ReadonlyMap<string, string>;
  /** The files that gave features, each with them. */
  readonly used: ReadonlyMap<string, Readonly<Record<string, Float32Array>>>;
}

/** Mean colour and size of an image. */
export const colours: Encoder<ImageFile> = {
  modality: "image",
  id: "colours",
  digest: "c0".repeat(32),
  shapes: { mean: [1], size: [3] },
  encode: (files) =>
    Promise.all(files.map(async (file) => {
      const { data, width, height } = await decodeImage(file);
      return {
        mean: Float32Array.of(data.reduce((a, b) => a + b, 0) / data.length),
        size: Float32Array.of(width, height, data.length),
      };
    })),
  dispose: () => Promise.resolve(),
};

/** Writes `count` files of a kind to `folder`, and two that are whole, and reads and encodes them. */
export async function runCorrupted(
  folder: string,
  { whole, kind, count, nearDuplicates }: {
    readonly whole: WholeFiles;
    readonly kind: string;
    readonly count: number;
    /** Whether the reader decodes images too; if not, their encoder is the first to do so. */
    readonly nearDuplicates: boolean;
  },
): Promise<Outcome> {
  const files: string[] = [];
  const place = async (index: number, { type, bytes }: CorruptFile) => {
    const name = type === "wav" ? `clips/${clipName(index)}` : `faces/happy/${index}.${type}`;
    const path = `${folder}/${name}`;
    await Deno.mkdir(bytes === undefined ? path : dirname(path), { recursive: true });
    if (bytes !== undefined) await Deno.writeFile(path, bytes);
    files.push(path);
  };
  for (let i = 0; i < count; i++) await place(i, corruptFile(whole, kind, i));
  await place(count, { type: "wav", bytes: whole.wav });
  await place(count, { type: "png", bytes: whole.png });

  const told = new Map<string, string>();
  const onCorrupt = ({ message }: Error, { path }: { path: string }) =>
    void told.set(path, message);
  const options = { onCorrupt, ...!nearDuplicates && { nearDuplicates } };
  const corpora = [
    { corpus: await readFaces(`${folder}/faces`, options), encoder: colours },
    { corpus: await readRavdess(`${folder}/clips`, { onCorrupt }), encoder: spectralFeatures() },
  ];
  const used = new Map<string, Record<string, Float32Array>>();
  for (const { corpus, encoder } of corpora) {
    await encodeInto(used, told, { corpus, encoder: encoder as Encoder<EncoderInput>, folder });
  }
  return { files, told, used };
}

async function encodeInto(
  used: Map<string, Record<string, Float32Array>>,
  told: Map<string, string>,
  { corpus: { samples }, encoder, folder }: {
    readonly corpus: Corpus;
    readonly encoder: Encoder<EncoderInput>;
    readonly folder: string;
  },
): Promise<void> {
  const pathOf = ({ source }: { source: object }) => "path" in source ? `${source.path}` : "";
  const { tables, failed } = await encodeCorpus({
    samples,
    encoders: [encoder],
    store: openFeatureStore(`${folder}/features`),
    onFailure: ({ sample, error }) => told.set(pathOf(sample), error.message),
  });
  samples.forEach((sample, row) => {
    if (failed.includes(row)) return;
    used.set(
      pathOf(sample),
      Object.fromEntries(
        Object.entries(tables[encoder.id]!).map(([name, { shape, data }]) => {
          const size = shape.slice(1).reduce((a, b) => a * b, 1);
          return [name, data.subarray(row * size, (row + 1) * size)];
        }),
      ),
    );
  });
}

/** A name of RAVDESS: emotion, intensity, statement, repetition and actor by the digits of the index. */
function clipName(index: number): string {
  const digits = [7, 2, 2, 2, 24].reduceRight<{ left: number; codes: string[] }>(
    ({ left, codes }, base) => ({
      left: Math.floor(left / base),
      codes: [String(1 + left % base).padStart(2, "0"), ...codes],
    }),
    { left: index, codes: [] },
  ).codes;
  // Neutral, 01, has one intensity.
  const [emotion, ...rest] = digits;
  return `03-01-${String(1 + Number(emotion)).padStart(2, "0")}-${rest.join("-")}.wav`;
}
