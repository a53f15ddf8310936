/** The files of a result while it is made: in memory while they are few, on disk when they are not. @module */

import { dirname, join } from "node:path";

/** Texts by path, in the order in which they came; a `Map` is one. */
export interface SavedTexts extends Iterable<readonly [path: string, text: string]> {
  readonly size: number;
  keys(): Iterable<string>;
  has(path: string): boolean;
  get(path: string): string | undefined;
}

/** Texts to which more are added. */
export interface ResultFiles extends SavedTexts {
  set(path: string, text: string): void;
}

/** Where {@linkcode resultFiles} keeps. */
export interface ResultFilesOptions {
  /** Of unfinished work: what is more than `most` goes in a folder of its own there; in memory without it. */
  readonly folder?: string | undefined;
  /** Most characters that are in memory. @default 32 million */
  readonly most?: number;
}

/**
 * Texts of a result, of which ten thousand runs have thirty thousand. Those beyond `most` characters are
 * written as they come and read one at a time, whoever goes through them. Their folder goes with the
 * work folder that it is in.
 */
export function resultFiles({ folder, most = 32e6 }: ResultFilesOptions = {}): ResultFiles {
  // Undefined is one on disk.
  const texts = new Map<string, string | undefined>();
  const own = folder && join(folder, "results.partial", crypto.randomUUID());
  let held = 0;
  const read = (path: string): string => texts.get(path) ?? Deno.readTextFileSync(join(own!, path));
  return {
    get size() {
      return texts.size;
    },
    keys: () => texts.keys(),
    has: (path) => texts.has(path),
    get: (path) => texts.has(path) ? read(path) : undefined,
    set(path, text) {
      held -= texts.get(path)?.length ?? 0;
      if (own === undefined || held + text.length <= most) {
        texts.set(path, text);
        held += text.length;
        return;
      }
      const file = join(own, path);
      Deno.mkdirSync(dirname(file), { recursive: true });
      Deno.writeTextFileSync(file, text);
      texts.set(path, undefined);
    },
    *[Symbol.iterator]() {
      for (const path of texts.keys()) yield [path, read(path)] as const;
    },
  };
}
