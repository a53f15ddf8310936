/** From the emotions that corpora name to the two polarities of the paper. @module */

import { shown } from "../checks.ts";
import type { Polarity } from "../modality.ts";

/** What becomes of an emotion: a polarity, or left out. */
export type Valence = "positive" | "negative" | "excluded";

/** Emotion, in lower case, to {@linkcode Valence}. */
export type ValenceMap = Readonly<Record<string, Valence>>;

/**
 * The valence of every emotion of the paper's three corpora, and of the field's other sets.
 *
 * The paper gives six: joy, love and surprise are positive; anger, fear and sadness are negative.
 * Ours are the rest: happy and calm positive, disgust negative, and neutral excluded, since the
 * paper trains on two classes only. Surprise can be pleasant or not; a study of that takes
 * `{ ...defaultValence, surprise: "excluded", surprised: "excluded" }`.
 *
 * Contempt is negative: Ekman and Friesen (*Motivation and Emotion* 10, 1986), who took it for an
 * emotion of its own, set it beside anger and disgust. Boredom is negative as well. The other 22 of
 * GoEmotions are grouped as its authors group them (Demszky et al., ACL 2020); those that they call
 * ambiguous, confusion, curiosity and realization, are excluded, but for surprise, which is as above.
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
  contempt: "negative",
  boredom: "negative",
  neutral: "excluded",
  ...valenceOf(
    "positive",
    "admiration amusement approval caring desire excitement gratitude optimism pride relief",
  ),
  ...valenceOf(
    "negative",
    "annoyance disappointment disapproval embarrassment grief nervousness remorse",
  ),
  ...valenceOf("excluded", "confusion curiosity realization"),
  positive: "positive",
  negative: "negative",
};

function valenceOf(valence: Valence, names: string): ValenceMap {
  return Object.fromEntries(names.split(" ").map((name) => [name, valence]));
}

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
