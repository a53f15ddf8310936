/** Captions without what a page says once for all of its results. @module */

import { syntheticCaveat } from "../../lib/study/study.ts";
import type { SavedResult } from "./read_results.ts";

/** What captions have in common, and what each says of its own. */
export interface Captions {
  /** Sentences with which most captions begin. */
  readonly shared: readonly string[];
  /** By a result's name. */
  readonly own: ReadonlyMap<string, string>;
}

// Of fewer, what they share is better read where it stands.
const fewest = 3;

/**
 * Takes from captions what more than half of them begin with, a sentence at a time, and from every one
 * the caveat on synthetic data, which is a notice of the page.
 */
export function divideCaptions(results: readonly SavedResult[]): Captions {
  const own = new Map(results.map((result) => [result.name, withoutCaveat(captionOf(result))]));
  const shared: string[] = [];
  for (;;) {
    const [sentence, names] = mostCommon(own);
    if (sentence === "" || names.length < fewest || 2 * names.length <= results.length) {
      return { shared, own };
    }
    shared.push(sentence);
    for (const name of names) own.set(name, own.get(name)!.slice(sentence.length).trimStart());
  }
}

/** A text without the caveat that results on synthetic data begin with. */
export function withoutCaveat(text: string): string {
  return text.replace(syntheticCaveat, "").trimStart();
}

/** What a result says below its title; empty if it says nothing. */
export function captionOf({ data: { caption } }: SavedResult): string {
  return typeof caption === "string" ? caption : "";
}

function mostCommon(captions: ReadonlyMap<string, string>): [string, string[]] {
  const byStart = Map.groupBy(captions.keys(), (name) => firstSentence(captions.get(name)!));
  byStart.delete("");
  return [...byStart].reduce((a, b) => b[1].length > a[1].length ? b : a, ["", []]);
}

function firstSentence(text: string): string {
  return /^.*?[.!?](?=\s+[A-Z]|\s*$)/.exec(text)?.[0] ?? text;
}
