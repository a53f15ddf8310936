/** Formats of sound and video that are left to ffmpeg, told by their first bytes. @module */

/** First bytes, as Latin-1: `?` is any byte. */
const beginnings: Readonly<Record<string, readonly string[]>> = {
  "MPEG-4": ["????ftyp", "????moov", "????mdat", "????wide", "????free", "????skip"],
  "Matroska or WebM": ["\x1aE\xdf\xa3"],
  "AVI": ["RIFF????AVI "],
  "AIFF": ["FORM????AIFF", "FORM????AIFC"],
  "AU": [".snd"],
  "CAF": ["caff"],
  "AMR": ["#!AMR"],
  "Windows Media": ["0&\xb2u\x8ef\xcf\x11"],
  "Ogg with another codec": ["OggS"],
  "WAV of big-endian numbers": ["RIFX????WAVE"],
  "Wave64": ["riff.\x91\xcf\x11"],
  "WavPack": ["wvpk"],
  "Monkey's Audio": ["MAC "],
  "Flash Video": ["FLV\x01"],
  "MPEG of streams": ["\0\0\x01\xba", "\0\0\x01\xb3"],
  "AC-3": ["\x0bw"],
  "AAC": ["ADIF"],
};

/** What a file is that is none of those with a decoder here; undefined where it is nothing known. */
export function otherFormat(bytes: Uint8Array): string | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, 16));
  const found = Object.keys(beginnings).find((name) =>
    beginnings[name]!.some((beginning) =>
      head.length >= beginning.length &&
      [...beginning].every((byte, i) => byte === "?" || byte === head[i])
    )
  );
  return found ?? framesOf(bytes);
}

// Frames begin with eleven bits or more that are set; then comes a version and a layer.
function framesOf(bytes: Uint8Array): string | undefined {
  const [sync, kind] = bytes;
  if (sync !== 0xff || kind === undefined) return undefined;
  if ((kind & 0xf6) === 0xf0) return "AAC";
  // Not layer III.
  return kind >= 0xf0 && [2, 3].includes(kind >> 1 & 3) ? "MPEG audio of layer I or II" : undefined;
}
