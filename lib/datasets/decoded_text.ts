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
  let done = 0, lines = 1;
  let decoders: readonly [lenient: TextDecoder, strict: TextDecoder] | undefined;
  const decode = (chunk = new Uint8Array(), stream = false) => {
    decoders ??= [false, true].map((fatal) => new TextDecoder(encodingOf(chunk), { fatal })) as [
      TextDecoder,
      TextDecoder,
    ];
    const [lenient, strict] = decoders;
    const text = lenient.decode(chunk, { stream });
    try {
      strict.decode(chunk, { stream });
    } catch {
      const line = lines + countEnds(text.slice(0, text.indexOf("\ufffd")));
      const wanted = strict.encoding === "utf-8" ? "UTF-8" : "UTF-16";
      throw new SyntaxError(
        `Cannot read "${path}", line ${line}: expected ${wanted}, got other bytes`,
      );
    }
    if (lines === 1 && text.slice(0, 64).includes("\0")) {
      throw new SyntaxError(
        `Cannot read "${path}", line 1: expected UTF-8, or UTF-16 with its mark, got a NUL`,
      );
    }
    lines += countEnds(text);
    return text;
  };
  for await (const chunk of file.readable) {
    yield decode(chunk, true);
    done += chunk.length;
    onProgress(Math.ceil(done / 1e3), Math.ceil(size / 1e3));
  }
  decode();
}

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
}

// A CR at the end of a chunk may be half of a CRLF.
function countEnds(text: string): number {
  return text.match(/\n|\r(?!\n|$)/g)?.length ?? 0;
}
