/** What a task with `--keep-going` has left out: listed at its end, and in a file. @module */

import type { Failure } from "../lib/study/corpora.ts";

/** Collects what was left out, each sample once. */
export interface FailureLog {
  /** So far, in the order in which they were found. */
  readonly failures: readonly Failure[];
  /** For a run; absent where the first failure is to stop it. */
  readonly onFailure: ((failure: Failure) => void) | undefined;
}

/** A log; without `keepGoing` it collects nothing. */
export function failureLog({ keepGoing }: { readonly keepGoing: boolean }): FailureLog {
  const failures: Failure[] = [];
  const known = new Set<string>();
  const onFailure = (failure: Failure) => {
    // An experiment that reads the corpora once more finds them again.
    const name = `${failure.modality} ${failure.id}`;
    if (!known.has(name)) failures.push(failure);
    known.add(name);
  };
  return { failures, onFailure: keepGoing ? onFailure : undefined };
}

/** All of them for a person, a line each; empty if there are none. */
export function listFailures(failures: readonly Failure[]): string {
  if (failures.length === 0) return "";
  const lines = failures.map(({ modality, id, reason }) => `  ${modality} ${id}: ${reason}`);
  const what = failures.length === 1 ? "1 sample" : `${failures.length} samples`;
  return [`Left out ${what} that can't be read or encoded:`, ...lines].join("\n");
}

/** `failures.csv`: a line each, with columns `id`, `path` and `reason`. */
export function failuresToCsv(failures: readonly Failure[]): string {
  const quote = (text: string) => /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  const lines = failures.map(({ id, path = "", reason }) => [id, path, reason].map(quote).join());
  return ["id,path,reason", ...lines, ""].join("\n");
}
