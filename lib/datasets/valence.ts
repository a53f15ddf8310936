/** From the emotions that corpora name to the two polarities of the paper. @module */

import { shown } from "../checks.ts";
import type { Polarity } from "../modality.ts";

/** What becomes of an emotion: a polarity, or left out. */
export type Valence = "positive" | "negative" | "excluded";

/** Emotion, in lower case, to {@linkcode Valence}. */
export type ValenceMap = Readonly<Record<string, Valence>>;

/**
 * The valence of every emotion of the paper's three corpora.
 *
 * The paper gives six: joy, love and surprise are positive; anger, fear and sadness are negative.
 * Ours are the rest: happy and calm positive, disgust negative, and neutral excluded, since the
 * paper trains on two classes only. Surprise can be pleasant or not; a study of that takes
 * `{ ...defaultValence, surprise: "excluded", surprised: "excluded" }`.
 */
export const defaultValence: ValenceMap = {
  joy: "positive",
  love: "positive",
  surprise: "positive",
  surprised: "positive",
  happy: "positive",
  calm: "positive",
  anger: "negative",
  angry: "negative",
  fear: "negative",
  fearful: "negative",
  sadness: "negative",
  sad: "negative",
  disgust: "negative",
  neutral: "excluded",
  positive: "positive",
  negative: "negative",
};

/** Whether `valence` says what becomes of `emotion`. */
export function isMapped(emotion: string, valence: ValenceMap): boolean {
  return Object.hasOwn(valence, emotion);
}

/**
 * The polarity of `emotion`: 1 positive, 0 negative, `undefined` where the map excludes it.
 *
 * @throws {RangeError} The map has no such emotion, or something other than a {@linkcode Valence}.
 */
export function polarityOf(emotion: string, valence: ValenceMap): Polarity | undefined {
  const value = isMapped(emotion, valence) ? valence[emotion] : undefined;
  if (value === "positive") return 1;
  if (value === "negative") return 0;
  if (value === "excluded") return undefined;
  throw new RangeError(
    `Cannot map emotion "${emotion}": expected positive, negative or excluded, got ${value}`,
  );
}

/**
 * Requires that `valence` maps every one of `emotions`, one entry a sample of `corpus` (its path).
 *
 * @throws {RangeError} Names each unmapped emotion and how many samples have it.
 */
export function assertMapped(
  emotions: Iterable<string>,
  { valence, corpus }: { readonly valence: ValenceMap; readonly corpus: string },
): void {
  const unmapped = new Map<string, number>();
  for (const emotion of emotions) {
    if (isMapped(emotion, valence)) polarityOf(emotion, valence);
    else unmapped.set(emotion, (unmapped.get(emotion) ?? 0) + 1);
  }
  if (unmapped.size === 0) return;
  const got = listCounts([...unmapped].sort(([a], [b]) => (a < b ? -1 : 1)));
  const wanted = Object.keys(valence).join(", ");
  throw new RangeError(
    `Cannot map the emotions of "${corpus}": expected some of ${wanted}, got also ${got}`,
  );
}

/** Names with how often each occurs, as an error has them: the first few, and how many more. */
export function listCounts(counts: readonly (readonly [name: string, count: number])[]): string {
  const first = counts.slice(0, 20).map(([name, count]) => `${shown(name)} (${count})`).join(", ");
  return counts.length > 20 ? `${first} and ${counts.length - 20} more` : first;
}
