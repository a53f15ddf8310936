/** Word vectors out of a stream of JSON, of which no more is read than needed. @module */

/** Words and their vectors. */
export interface WordVectors {
  /** The most frequent first. */
  readonly words: readonly string[];
  /** `[words, width]`. */
  readonly vectors: Float32Array;
  /** Numbers a word. */
  readonly width: number;
}

const width = 100;

/**
 * The first `count` entries of `"vectors":{"word":[…],…}` in a stream of JSON,
 * 100 numbers of each. What comes before and after is passed over.
 */
export async function parseWordVectors(
  text: AsyncIterable<string>,
  { count, name }: { readonly count: number; readonly name: string },
): Promise<WordVectors> {
  const words: string[] = [];
  const vectors = new Float32Array(count * width);
  const start = '"vectors":{';
  let begun = false;
  let rest = "";
  for await (const chunk of text) {
    rest += chunk;
    if (!begun) {
      const at = rest.indexOf(start);
      begun = at >= 0;
      // A start that is cut in two between chunks is found in the next round.
      rest = rest.slice(begun ? at + start.length : -start.length);
    }
    if (!begun) continue;
    let from = 0;
    for (let end = entryEnd(rest, from); end > 0; end = entryEnd(rest, from)) {
      const [word, numbers] = parseEntry(rest.slice(from, end), words.length);
      if (!(numbers.length >= width)) {
        throw new RangeError(
          `Cannot read "${name}": expected ${width} numbers for "${word}", got ${numbers.length}`,
        );
      }
      vectors.set(numbers.slice(0, width), words.length * width);
      words.push(word);
      if (words.length === count) return { words, vectors, width };
      from = end;
    }
    rest = rest.slice(from);
  }
  throw new RangeError(
    `Cannot read "${name}": expected ${count} word vectors, got ${words.length}`,
  );
}

// A word may hold "]" or a comma, its numbers may not.
function entryEnd(text: string, from: number): number {
  const next = text.slice(from, from + 1);
  const array = next === "}" ? -1 : text.indexOf('":[', from);
  return array < 0 ? 0 : text.indexOf("]", array) + 1;
}

function parseEntry(text: string, index: number): [word: string, numbers: number[]] {
  const entry = JSON.parse(`{${index > 0 ? text.slice(1) : text}}`) as Record<string, number[]>;
  return Object.entries(entry)[0]!;
}
