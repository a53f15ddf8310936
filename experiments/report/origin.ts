/** Where results come from: data, encoders, settings, seeds, code, time. @module */

import { element, type Html } from "./html.ts";
import type { SavedResult } from "./read_results.ts";

/** What an experiment writes of its origin; a result of another version may lack some of it. */
interface Origin {
  readonly data?: { readonly label?: string; readonly hash?: string };
  readonly encoders?: Readonly<Record<string, string>>;
  readonly configuration?: { readonly thorough?: boolean };
  readonly provider?: string;
  readonly arithmetic?: { readonly kind: string; readonly digest: string };
  /** Where the runs of a result are of several kinds. */
  readonly arithmetics?: readonly { readonly kind: string; readonly runs: number }[];
  readonly seeds?: readonly number[];
  readonly command?: string;
  readonly commit?: string | null;
  readonly seconds?: Readonly<Record<string, number>>;
}

function originOf({ data }: SavedResult): Origin {
  return data as Origin;
}

/** Says whether a result is of the embedded corpus, which is synthetic. */
export function isSynthetic(result: SavedResult): boolean {
  return originOf(result).data?.label === "embedded";
}

/** Says whether a result is of settings that only check that everything runs. */
export function isQuick(result: SavedResult): boolean {
  return originOf(result).configuration?.thorough === false;
}

/** What is told of every result, in a line each; nothing where the result does not say. */
const facts: Readonly<Record<string, (origin: Origin) => string | undefined>> = {
  "Data": ({ data }) => data?.hash && `${nameOf(data)}, ${data.hash.slice(0, 12)}`,
  "Encoders": ({ encoders }) => encoders && Object.keys(encoders).join(", "),
  "Seeds": ({ seeds }) => seeds?.join(", "),
  "Runs on": ({ provider, arithmetic, arithmetics }) =>
    arithmetics?.map(({ kind, runs }) => `${runs} runs on ${kind}`).join(", ") ??
      arithmetic?.kind ?? provider,
  "Command": ({ command }) => command,
  "Commit": ({ commit }) => commit?.slice(0, 12),
  "Time": ({ seconds }) => seconds && printTimes(seconds),
};

/** The facts of all results as a list; where results differ, each value names its own. */
export function originList(results: readonly SavedResult[]): Html {
  const lines = Object.entries(facts).map(([fact, of]) => {
    const values = Map.groupBy(results, (result) => of(originOf(result)));
    values.delete(undefined);
    const told = [...values].map(([value, own]) => {
      const names = own.map(({ name }) => name).join(", ");
      const of = own.length < results.length && element("span", { class: "of" }, names);
      return element("dd", {}, value, of && [" ", of]);
    });
    return told.length > 0 && element("div", {}, element("dt", {}, fact), told);
  });
  return element("dl", {}, lines);
}

/**
 * What sets results apart that stand in one report: commands with other code,
 * data or settings may have made them, or processors that round otherwise. A result that does not say differs from none.
 */
export function differences(results: readonly SavedResult[]): string[] {
  const aspects: Readonly<Record<string, (origin: Origin) => unknown>> = {
    code: ({ commit }) => commit,
    data: ({ data }) => data?.hash,
    settings: ({ configuration }) => configuration,
    arithmetic: ({ arithmetic, arithmetics }) => arithmetics ?? arithmetic,
  };
  const differing = Object.keys(aspects).filter((aspect) => {
    const values = results.map((result) => JSON.stringify(aspects[aspect]!(originOf(result))));
    return new Set(values.filter((value) => value !== undefined)).size > 1;
  });
  const encoders = results.map((result) => originOf(result).encoders)
    .filter((own) => own !== undefined);
  return haveOneSet(encoders) ? differing : [...differing, "encoders"];
}

// One that compares with another system has that one's encoder too.
function haveOneSet(encoders: readonly Readonly<Record<string, string>>[]): boolean {
  const all = encoders.toSorted((a, b) => Object.keys(b).length - Object.keys(a).length)[0] ?? {};
  return encoders.every((own) => Object.entries(own).every(([name, hash]) => all[name] === hash));
}

/** All that a result says of its origin, folded away. */
export function originDetails(result: SavedResult): Html {
  const { data, encoders, configuration } = originOf(result);
  return element(
    "details",
    { class: "origin" },
    element("summary", {}, "How it was made"),
    originList([result]),
    element("pre", {}, JSON.stringify({ data, encoders, configuration }, null, 2)),
  );
}

function nameOf({ label }: { readonly label?: string }): string {
  return label === "embedded" ? "the embedded corpus" : label ?? "unnamed";
}

function printTimes(seconds: Readonly<Record<string, number>>): string {
  return Object.entries(seconds).map(([step, time]) => `${step} ${printTime(time)}`).join(", ");
}

function printTime(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
