/** Text, pixels and sound to features in a browser, by the same arithmetic as everywhere. @module */

import { greySquare } from "../branches/grey_square.ts";
import { speechDescription, speechExtent } from "../branches/speech_description.ts";
import { wordExtent, wordNumbers, wordsOf } from "../branches/word_numbers.ts";
import { Tokenizer } from "../deps/tokenizers.ts";
import { clipExtent } from "../encoders/clip_extent.ts";
import type { Pixels } from "../encoders/decode_image.ts";
import type { Clip, Extent, Features } from "../encoders/encoder.ts";
import { imageOutput } from "../encoders/image_output.ts";
import { statesOf } from "../encoders/model_output.ts";
import { isPlain } from "../encoders/plain_picture.ts";
import { leastExtent, wholeExtent } from "../encoders/input_counts.ts";
import { imageInput } from "../encoders/image_input.ts";
import { normalisedWaveform, speechInput } from "../encoders/prepare_speech.ts";
import { gridMeans } from "../encoders/segments.ts";
import { spectralDescription } from "../encoders/spectral_description.ts";
import { type SpeechNetwork, speechStates } from "../encoders/speech_states.ts";
import {
  textExtent,
  type TextNetwork,
  textStates,
  textWidth,
  type Tokens,
} from "../encoders/text_states.ts";
import type { Modality } from "../modality.ts";
import { applyStandardisation } from "../systems/features.ts";
import type { Graph, OpenGraph, ReadFile } from "./graph.ts";
import { isTrained, type PageModel, type PageTrainedEncoder } from "./page_model.ts";

/** Where files are, and what runs graphs. */
export interface PagePlaces {
  /** Reads a file of the page. */
  readonly readFile: ReadFile;
  /** Runs ONNX. */
  readonly openGraph: OpenGraph;
}

/** What an encoder took in of an input, and made of it. */
export interface EncodedInput {
  /** What the model takes of it. */
  readonly features: Features;
  /** How much was taken in, and whether it says anything. */
  readonly extent: Extent;
}

/** The encoders of a page's model. */
export interface SampleEncoders {
  /**
   * Encodes a message.
   *
   * @throws {RangeError} It has no word, or is too long.
   */
  text(text: string): Promise<EncodedInput>;
  /** Encodes a picture. */
  image(pixels: Pixels): Promise<EncodedInput>;
  /**
   * Encodes a clip.
   *
   * @throws {RangeError} It is shorter than 0.1 s.
   */
  audio(clip: Clip): Promise<EncodedInput>;
  /** The tokens of a message, without those of the encoder's own. */
  tokensOf(text: string): string[];
  /** Frees their graphs. */
  dispose(): Promise<void>;
}

/** Opens the encoders of the modalities that the model has learnt. */
export async function openSampleEncoders(
  { encoders, spectralSegments }: PageModel,
  places: PagePlaces,
): Promise<SampleEncoders> {
  const graphs: Graph[] = [];
  const open = async (name: string) => {
    const graph = await places.openGraph(await places.readFile(name));
    graphs.push(graph);
    return graph;
  };
  const text = encoders.text && await openText(encoders.text, { ...places, open });
  const image = encoders.image && imageOf(encoders.image, await open(encoders.image.graph));
  const speech = encoders.audio && speechOf(encoders.audio, await open(encoders.audio.graph));
  return {
    text: (message) => learnt(text, "text").encode(message),
    image: (pixels) => learnt(image, "image")(pixels),
    audio: async (clip) => {
      const { states, segments, extentOf } = learnt(speech, "audio");
      return {
        features: { ...await states(clip), ...spectralOf(clip, spectralSegments ?? segments) },
        extent: leastExtent([extentOf(clip), clipExtent(clip)]),
      };
    },
    tokensOf: (message) => learnt(text, "text").tokensOf(message),
    dispose: async () => void await Promise.all(graphs.map((graph) => graph.release())),
  };
}

function learnt<Made>(encoder: Made | undefined, m: Modality): Made {
  if (encoder !== undefined) return encoder;
  throw new RangeError(`Cannot encode ${m}: expected a model that has learnt it, got another`);
}

type Places = PagePlaces & { readonly open: (name: string) => Promise<Graph> };

async function openText(
  encoder: NonNullable<PageModel["encoders"]["text"]>,
  { readFile, open }: Places,
) {
  if (isTrained(encoder)) {
    const graph = await open(encoder.graph);
    return {
      tokensOf: wordsOf,
      encode: async (message: string): Promise<EncodedInput> => ({
        features: await trainedStates("text", wordNumbers(message), { encoder, graph }),
        extent: wordExtent(message),
      }),
    };
  }
  const { id, graph: name, tokenizer, tokenizerConfig, segments } = encoder;
  const json = async (file: string) => JSON.parse(new TextDecoder().decode(await readFile(file)));
  const tokens = tokensOf(await json(tokenizer), await json(tokenizerConfig));
  const graph = await open(name);
  const takesTypes = graph.inputMetadata.some(({ name }) => name === "token_type_ids");
  const network: Omit<TextNetwork, "width"> = {
    tokens,
    async run({ inputIds, attentionMask, tokenTypes, dims }) {
      const output = await graph.run({
        input_ids: { data: inputIds, dims },
        attention_mask: { data: attentionMask, dims },
        ...takesTypes && { token_type_ids: { data: tokenTypes, dims } },
      });
      return statesOf(output, { model: id, rank: 3, widthAxis: 2 });
    },
  };
  const width = await textWidth(network);
  return {
    tokensOf: tokens.tokensOf,
    encode: async (message: string): Promise<EncodedInput> => ({
      features: (await textStates({ ...network, width }, [message], { segments, most: 1 }))[0]!,
      extent: textExtent(tokens, message),
    }),
  };
}

/** A tokenizer as Transformers.js makes it of the same files. */
function tokensOf(files: object, config: Readonly<Record<string, unknown>>): Tokens {
  const tokenizer = new Tokenizer(files, config);
  const idOf = (key: string) => {
    const token = config[key] as string | { readonly content: string } | undefined;
    const content = typeof token === "object" ? token.content : token;
    return { content, id: content === undefined ? undefined : tokenizer.token_to_id(content) };
  };
  const unknown = idOf("unk_token");
  return {
    idsOf: (text) => tokenizer.encode(text).ids,
    tokensOf: (text) => tokenizer.tokenize(text, { add_special_tokens: false }),
    unknownId: unknown.id,
    unknown: unknown.content,
  };
}

function imageOf(encoder: NonNullable<PageModel["encoders"]["image"]>, graph: Graph) {
  if (isTrained(encoder)) {
    return async (pixels: Pixels): Promise<EncodedInput> => ({
      features: await trainedStates("image", { pixels: greySquare(pixels) }, { encoder, graph }),
      extent: { ...wholeExtent, blank: isPlain(pixels) },
    });
  }
  const { id, preparation, config, segments } = encoder;
  return async (pixels: Pixels): Promise<EncodedInput> => {
    const output = await graph.run({ pixel_values: imageInput(pixels, preparation) });
    const { isPooled, ...map } = imageOutput(output, { model: id, config });
    return {
      features: gridMeans(map, isPooled ? 1 : segments),
      extent: { ...wholeExtent, blank: isPlain(pixels) },
    };
  };
}

function speechOf(encoder: NonNullable<PageModel["encoders"]["audio"]>, graph: Graph) {
  const { segments } = encoder;
  if (isTrained(encoder)) {
    const states = (clip: Clip) =>
      trainedStates("audio", speechDescription(clip), { encoder, graph });
    return { segments, states, extentOf: speechExtent };
  }
  const { id, preparation, outputs } = encoder;
  const network: SpeechNetwork = {
    ...preparation.takes === "waveform" && preparation.normalise && {
      normalise: (samples) => Promise.resolve(normalisedWaveform(samples)),
    },
    async run(window) {
      const { name, data, dims } = speechInput(window, preparation);
      const given = await graph.run({ [name]: { data, dims } }, outputs);
      return outputs.map((output) => {
        const { data, dims } = statesOf(given, { model: id, output, rank: 3, widthAxis: 2 });
        return { data, width: dims[2]! };
      });
    },
  };
  const states = (clip: Clip) => speechStates(network, clip, { segments });
  return { segments, states, extentOf: clipExtent };
}

/** What an encoder that was trained makes of raw inputs, as `loadTrainedEncoder` has it. */
async function trainedStates(
  m: Modality,
  raw: Features,
  { encoder: { standardised }, graph }: {
    readonly encoder: PageTrainedEncoder;
    readonly graph: Graph;
  },
): Promise<Features> {
  const inputs = graph.inputMetadata.map(({ name, shape = [] }) =>
    [name.slice("in/".length), shape.map(Number)] as const
  );
  const tables = Object.fromEntries(
    inputs.map(([name, shape]) => [name, { shape, data: raw[name]! }]),
  );
  const scaled = applyStandardisation(m, tables, standardised);
  const feeds = inputs.map(([name, dims]) =>
    [`in/${name}`, { data: scaled[name]!.data as Float32Array, dims }] as const
  );
  const found = await graph.run(Object.fromEntries(feeds));
  const named = (name: string) => Float32Array.from(found[`out/${name}`]!.data as Float32Array);
  return { states: named("states"), mask: named("mask") };
}

/** The spectral path's features, as a model takes them. */
function spectralOf(clip: Clip, segments: number): Features {
  const { frameMask, ...rest } = spectralDescription(clip, { segments });
  return { ...rest, frames: Float32Array.of(frameMask!.reduce((a, b) => a + b, 0)) };
}
