/** Bytes that are read where they are asked for, so that a file may be larger than the memory. @module */

/** So many bytes, of which ranges can be read. */
export interface ByteSource {
  /** How many. */
  readonly length: number;
  /** The bytes from `start` up to `end`, in an array of their own. */
  read(start: number, end: number): Uint8Array<ArrayBuffer>;
}

/** Bytes in memory. */
export function bytesInMemory(bytes: Uint8Array): ByteSource {
  return { length: bytes.length, read: (start, end) => bytes.slice(start, end) };
}

/** The bytes of an open file, which has to stay open. */
export function bytesOfFile(
  file: Pick<Deno.FsFile, "readSync" | "seekSync">,
  { path, length }: { readonly path: string; readonly length: number },
): ByteSource {
  return {
    length,
    read(start, end) {
      const bytes = new Uint8Array(end - start);
      file.seekSync(start, 0); // From the beginning: Deno.SeekMode.Start.
      for (let filled = 0; filled < bytes.length;) {
        const more = file.readSync(bytes.subarray(filled));
        if (more === null) {
          throw new SyntaxError(
            `Cannot read "${path}", byte ${start + filled}: expected ${length} bytes, ` +
              "got a file that was cut meanwhile",
          );
        }
        filled += more;
      }
      return bytes;
    },
  };
}

/** Part of other bytes. */
export function bytesWithin(source: ByteSource, start: number, length: number): ByteSource {
  return { length, read: (from, to) => source.read(start + from, start + to) };
}

const chunk = 1 << 16;

/**
 * The bytes that a text in UTF-8 stands for, whose characters are U+0000 to U+00FF, one a byte: what
 * protocols 0 to 2 make of bytes. Decoded where they are read, from the nearest of marks that a first
 * pass sets.
 *
 * @throws {RangeError} A character is above U+00FF.
 */
export function bytesOfLatin1(text: ByteSource): ByteSource {
  // marks[k] is where the byte k * chunk begins in the text.
  const marks: number[] = [];
  let length = 0;
  for (let at = 0; at < text.length;) {
    const part = text.read(at, Math.min(text.length, at + chunk));
    for (let i = 0; i < part.length; i++) {
      if ((part[i]! & 0xc0) === 0x80) continue; // Goes on with a character.
      if (part[i]! > 0xc3) throw new RangeError("a character that is no byte");
      if (length++ % chunk === 0) marks.push(at + i);
    }
    at += part.length;
  }
  let kept = { index: -1, bytes: new Uint8Array(0) };
  const decode = (index: number) => {
    if (kept.index === index) return kept.bytes;
    const part = text.read(marks[index]!, marks[index + 1] ?? text.length);
    const bytes = new Uint8Array(Math.min(chunk, length - index * chunk));
    for (let i = 0, to = 0; to < bytes.length; to++) {
      const first = part[i++]!;
      bytes[to] = first < 0x80 ? first : (first & 3) << 6 | part[i++]! & 0x3f;
    }
    kept = { index, bytes };
    return bytes;
  };
  return {
    length,
    read(start, end) {
      const bytes = new Uint8Array(end - start);
      for (let at = start; at < end;) {
        const index = Math.floor(at / chunk), from = at - index * chunk;
        const part = decode(index).subarray(from, from + end - at);
        bytes.set(part, at - start);
        at += part.length;
      }
      return bytes;
    },
  };
}
