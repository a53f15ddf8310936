/** The text of a file as it streams in, in UTF-8 or UTF-16. @module */

import { kindOf } from "../files.ts";

/** Told how many kilobytes of a file are read. */
export type OnKilobytes = (done: number, total: number) => void;

/**
 * Streams the text of a file: UTF-8 with or without a byte-order mark, or UTF-16 of either order
 * with one. The mark is no part of the text.
 *
 * @throws {RangeError} There is no such file.
 * @throws {SyntaxError} The bytes are no such text, by file and line.
 */
export async function* decodedText(
  path: string,
  onProgress: OnKilobytes = () => {},
): AsyncGenerator<string> {
  const kind = await kindOf(path);
  if (kind !== "file") {
    const got = kind === "folder" ? "a folder" : "nothing";
    throw new RangeError(`Cannot read "${path}": expected a file, got ${got}`);
  }
  const file = await Deno.open(path);
  const { size } = await file.stat();
  let done = 0, lines = 0;
  let decode: ((chunk?: Uint8Array) => string) | undefined;
  const fail = (before: string, wanted: string, got: string): never => {
    throw new SyntaxError(
      `Cannot read "${path}", line ${
        lines + 1 + countEnds(before)
      }: expected ${wanted}, got ${got}`,
    );
  };
  for await (const chunk of file.readable) {
    decode ??= decoderOf(chunk, fail);
    const text = decode(chunk);
    yield text;
    lines += countEnds(text);
    done += chunk.length;
    onProgress(Math.ceil(done / 1e3), Math.ceil(size / 1e3));
  }
  decode?.();
}

function decoderOf(
  chunk: Uint8Array,
  fail: (before: string, wanted: string, got: string) => never,
): (chunk?: Uint8Array) => string {
  const [first, second] = chunk;
  const encoding = first === 0xff && second === 0xfe
    ? "utf-16le"
    : first === 0xfe && second === 0xff
    ? "utf-16be"
    : "utf-8";
  if (encoding === "utf-8" && chunk.subarray(0, 64).includes(0)) {
    fail("", "UTF-8, or UTF-16 with its mark", "a NUL");
  }
  const strict = new TextDecoder(encoding, { fatal: true });
  const lenient = new TextDecoder(encoding);
  return (chunk) => {
    const text = lenient.decode(chunk, { stream: chunk !== undefined });
    try {
      strict.decode(chunk, { stream: chunk !== undefined });
    } catch {
      const name = encoding === "utf-8" ? "UTF-8" : "UTF-16";
      fail(text.slice(0, text.indexOf("\ufffd")), name, "other bytes");
    }
    return text;
  };
}

// A CR at the end of a chunk may be half of a CRLF.
function countEnds(text: string): number {
  return text.match(/\n|\r(?!\n|$)/g)?.length ?? 0;
}
