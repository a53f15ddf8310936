/** An answer to a reader's question, and what its sentences are made of. @module */

import { capital } from "../../tables.ts";
import type { SavedResult } from "../read_results.ts";

/** What the numbers say to a question. */
export interface Answer {
  /** In a few words. */
  readonly brief: string;
  /** In one sentence. */
  readonly sentence: string;
}

/** Where a difference of one seed would otherwise be called one. */
export const oneSeed = "one seed: nothing is ranked";

/** What a result's JSON has under a name, if there is such a result: as its experiment has written it. */
export function listIn<T>(
  results: readonly SavedResult[],
  name: string,
  field = "rows",
): readonly T[] {
  const list = results.find((result) => result.name === name)?.data[field];
  return Array.isArray(list) ? list as readonly T[] : [];
}

/** Clauses as one sentence. */
export function sentenceOf(clauses: readonly string[]): string {
  return `${capital(clauses.join("; "))}.`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(parts: readonly string[]): string {
  if (parts.length < 2) return parts.join();
  return `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

/** What a reader calls a modality, or what is judged. */
export function spoken(modality: string): string {
  const names: Readonly<Record<string, string>> = {
    unified: "all three",
    audio: "speech",
    "image (held-out groups)": "images of unseen sets",
  };
  return Object.hasOwn(names, modality) ? names[modality]! : modality;
}
