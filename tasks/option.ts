/** One option of a task: what reads it, and what the help text says of it. @module */

import { pathFromCaller } from "./caller.ts";

/** An option. */
export interface Option<T> {
  /** What stands for its value in the help text, such as `DIR`. A flag has none. */
  readonly value?: string;
  readonly help: string;
  /** What the help text says of its absence, unless `help` does. */
  readonly byDefault?: string;
  /** Whether it may be given several times. */
  readonly repeats?: true;
  /** Reads what was given last, or its absence. `all` is what was given, in order. Throws what can't be. */
  readonly read: (text: string | undefined, name: string, all: readonly string[]) => T;
}

/** What options come to, each by its name. */
export type Values<Options> = {
  readonly [Name in keyof Options]: Options[Name] extends Option<infer T> ? T : never;
};

/** The name on the command line: `--speech-layers` of `speechLayers`. */
export function commandLineName(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** True if given. */
export function flag(help: string): Option<boolean> {
  return { help, read: (text) => text !== undefined };
}

/** What an option is made of: its value's name, its help, what reads it. */
type Parts<T> = readonly [value: string, help: string, parse: (text: string, name: string) => T];

/** An option with a value; undefined where it is absent. */
export function option<T>(...[value, help, parse]: Parts<T>): Option<T | undefined> {
  return { value, help, read: (text, name) => text === undefined ? undefined : parse(text, name) };
}

/** The same option with a value by default, which the help text names. */
export function preset<const T>(
  { read, ...rest }: Option<T | undefined>,
  value: NoInfer<T>,
  byDefault = String(value),
): Option<T> {
  return { ...rest, byDefault, read: (text, name, all) => read(text, name, all) ?? value };
}

/** An option that may be given several times; an empty list where it is absent. */
export function repeated<T>(...[value, help, parse]: Parts<T>): Option<readonly T[]> {
  return { value, help, repeats: true, read: (_, name, all) => all.map((one) => parse(one, name)) };
}

/** Text as it is. */
export function text(value: string, help: string): Option<string | undefined> {
  return option(value, help, (text) => text);
}

/** A folder, from where the task was called. */
export function folder(help: string): Option<string | undefined> {
  return option("DIR", help, placeParser("a folder"));
}

/** A file, from where the task was called. */
export function file(help: string): Option<string | undefined> {
  return option("FILE", help, placeParser("a file"));
}

function placeParser(wanted: string): (text: string, name: string) => string {
  return (text, name) => {
    // It would be the root's.
    if (text === "") throw new RangeError(`Cannot use ${name}: expected ${wanted}, got ""`);
    return pathFromCaller(text);
  };
}

/** One of some names. */
export function choice<const Name extends string>(
  names: readonly Name[],
  help: string,
): Option<Name | undefined> {
  return option("NAME", help, (text, name) => parseChoice(name, names, text));
}

/** A whole number from 1 to 9999. */
export function count(help: string, value = "N"): Option<number | undefined> {
  return option(value, help, (text, name) => {
    if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
    throw new RangeError(
      `Cannot use ${name}: expected a whole number from 1 to 9999, got "${text}"`,
    );
  });
}

/** A share above 0 and below 1. */
export function share(value: string, help: string): Option<number | undefined> {
  return option(value, help, (text, name) => {
    const given = /^(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : NaN;
    if (given > 0 && given < 1) return given;
    throw new RangeError(
      `Cannot use ${name}: expected a number above 0 and below 1, got "${text}"`,
    );
  });
}

/** One of the names that something may have. */
export function parseChoice<Name extends string>(
  name: string,
  names: readonly Name[],
  text: string,
): Name {
  const chosen = names.find((choice) => choice === text);
  if (chosen !== undefined) return chosen;
  throw new RangeError(`Cannot use ${name}: expected ${names.join(" or ")}, got "${text}"`);
}
