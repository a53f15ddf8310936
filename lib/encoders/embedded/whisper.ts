/** Whisper's encoder, cut after the layer that is used: a speech encoder that was trained, from an npm package. @module */

import { whisperEncoderFile, whisperPackage } from "../../deps/whisper.ts";
import { sha256 } from "../../files.ts";
import { windowSeconds } from "../clip_extent.ts";
import { clipRateHz } from "../encoder.ts";
import type { ModelFiles } from "./model_files.ts";
import { type WhisperCut, whisperGraph } from "./whisper_graph.ts";
import whispers from "./whisper.json" with { type: "json" };

/** A size of Whisper. */
export type WhisperName = keyof typeof whispers.sizes;

/** The sizes, smallest first. */
export const whisperNames = Object.keys(whispers.sizes) as WhisperName[];

/** How many layers the encoder of a size has. */
export function whisperDepth(name: WhisperName): number {
  return whispers.sizes[name].layers;
}

/**
 * The layer whose states are read by default: in the middle, where they say more of the voice and less
 * of the words than those of the last.
 */
export function whisperLayer(name: WhisperName): number {
  return whispers.sizes[name].recommended;
}

const { hop_length: hop, feature_size: bands } = whispers.preprocessor;
const windowSamples = windowSeconds * clipRateHz;
// A column of the spectrogram each hop, a state each two columns.
const rows = windowSamples / hop / 2;

/** What is made of a size of Whisper, and of which file. */
export interface WhisperOptions {
  /** Where it ends, or what of it comes out. */
  readonly cut: WhisperCut;
  /** Finds the file; in the package by default. Undefined where it can't be had. */
  readonly find?: ((name: WhisperName) => Promise<URL | undefined>) | undefined;
}

/**
 * The files of an encoder that ends where `cut` says, with their origin and licence; undefined where
 * the package can't be had. Deno downloads it, the weights are read from it, and nothing of it is run.
 *
 * The config goes by another architecture that takes in spectrograms, since loaders expect a decoder
 * of one that is called Whisper.
 *
 * @throws {RangeError} The file is not the one that is pinned: it is not read any further.
 */
export async function whisperFiles(
  name: WhisperName,
  { cut, find = whisperEncoderFile }: WhisperOptions,
): Promise<ModelFiles | undefined> {
  const url = await find(name);
  if (url === undefined) return undefined;
  const source = await Deno.readFile(url);
  const { sha256: wanted, ...size } = whispers.sizes[name];
  const got = sha256(source);
  if (got !== wanted) {
    throw new RangeError(
      `Cannot use ${whisperPackage(name)}: expected SHA-256 ${wanted} of "${url.pathname}", ` +
        `got ${got}; nothing of it was read`,
    );
  }
  const layers = cut === "mix" ? size.layers : cut;
  return {
    "config.json": {
      model_type: "audio-spectrogram-transformer",
      architectures: ["WhisperEncoder"],
      hidden_size: size.width,
      num_hidden_layers: layers,
      num_attention_heads: size.heads,
      intermediate_size: 4 * size.width,
      num_mel_bins: bands,
      max_source_positions: rows,
    },
    "preprocessor_config.json": {
      ...whispers.preprocessor,
      chunk_length: windowSeconds,
      n_samples: windowSamples,
      nb_max_frames: 2 * rows,
    },
    "onnx/model.onnx": whisperGraph(source, { size: { ...size, bands }, rows, cut }).toBytes(),
    "NOTICE": new TextEncoder().encode(notice(name, { layers, digest: wanted })),
  };
}

function notice(
  name: WhisperName,
  { layers, digest }: { readonly layers: number; readonly digest: string },
): string {
  return `Origin

The weights are those of ${name} (Radford et al., "Robust Speech Recognition via Large-Scale Weak
Supervision", 2022; https://github.com/openai/whisper), by OpenAI, under the MIT License below. They
were converted for Transformers.js and quantised to 8 bits (Xenova/${name}), and come from the npm
package ${
    whisperPackage(name).replace("npm:", "")
  }, whose publisher is anonymous; it names Apache-2.0 and has no
licence file. The SHA-256 of what was read is
${digest}.

Changes: the decoder is left out, and of the encoder what comes after ${layers} of its layers and after
${windowSeconds} s; the graph was written anew around the weights, which it brings back to float32.

Licence of Whisper

${whispers.licence.join("\n")}
`;
}
