/** libvorbis, compiled to WebAssembly (libvorbis is BSD, its wrapper MIT, the parser it needs LGPL). @module */

import { OggVorbisDecoder } from "npm:@wasm-audio-decoders/ogg-vorbis@0.1.20";

/** The packets of a Vorbis stream; the comments are not needed. */
export interface VorbisPackets {
  readonly identification: Uint8Array;
  readonly setup: Uint8Array;
  readonly sound: readonly Uint8Array[];
}

/** What the packets hold; `damaged` counts the packets of sound that are no Vorbis. */
export interface VorbisSound {
  readonly channels: readonly Float32Array[];
  readonly damaged: number;
}

type Page = Parameters<OggVorbisDecoder["decodeOggPages"]>[0][number];

// The package spreads the packets of a page over the arguments of one call.
const packetsPerPage = 1000;

/**
 * Decodes all packets at once. They come as pages that are taken apart already: the package's parser
 * passes over damaged pages without a word, and never ends on some damaged headers.
 */
export async function decodeVorbisPackets(
  { identification, setup, sound }: VorbisPackets,
): Promise<VorbisSound> {
  const decoder = new OggVorbisDecoder();
  await decoder.ready;
  try {
    const pages = [];
    for (let i = 0; i < sound.length; i += packetsPerPage) {
      const frames = sound.slice(i, i + packetsPerPage)
        .map((data) => ({ data, header: { vorbisSetup: setup } }));
      pages.push({ data: identification, codecFrames: frames } as Page);
    }
    const { channelData, errors } = await decoder.decodeOggPages(pages);
    return { channels: channelData, damaged: new Set(errors.map((e) => e.frameNumber)).size };
  } finally {
    decoder.free();
  }
}
