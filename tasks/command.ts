/** What the command-line tasks have in common: exit codes, options, and messages for a person. @module */

import { parseArgs, type ParseArgsConfig } from "node:util";
import { areTrained, type EncoderSource } from "../lib/study/encoder_source.ts";
import type { GraphPrecision, SpeechLayers } from "../lib/encoders/mod.ts";
import { assertMayWrite, type TaskName } from "./permissions.ts";

/** A task: what it understands, and what it does. */
export interface Command<Request> {
  readonly help: string;
  /** What the arguments ask for, or undefined for the help text. Throws what it can't understand. */
  readonly parse: (args: string[]) => Request | undefined;
  /** Where it writes: what Deno does not allow is refused before anything is done. Nowhere by default. */
  readonly writes?: {
    readonly task: TaskName;
    readonly paths: (request: Request) => readonly string[];
  };
  /** Does it. May return an exit code; 0 unless it does. */
  readonly run: (request: Request) => Promise<number | void>;
}

/** Runs a task and returns its exit code: 0 done, 1 failed, 2 not understood. Errors are one line. */
export async function runCommand<Request>(
  args: string[],
  { help, parse, writes, run }: Command<Request>,
): Promise<number> {
  let request: Request | undefined;
  try {
    request = parse(args);
  } catch (error) {
    console.error(message(error));
    return 2;
  }
  if (request === undefined) {
    console.log(help);
    return 0;
  }
  try {
    if (writes) assertMayWrite(writes.paths(request), { task: writes.task, args });
    return await run(request) ?? 0;
  } catch (error) {
    console.error(message(error));
    return 1;
  }
}

/** `parseArgs` of `node:util`, with the first sentence of its errors: the rest is about another syntax. */
export function parseOptions<T extends ParseArgsConfig>(
  config: T,
): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    const reason = (error as Error).message.split(/\n|\. /)[0];
    throw new TypeError(`Cannot read the command line: ${reason} (--help shows the options)`);
  }
}

/** A whole number from 1 to 9999. */
export function parseCount(option: string, text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new RangeError(
    `Cannot use ${option}: expected a whole number from 1 to 9999, got "${text}"`,
  );
}

/** A whole number from 0, as a seed is. */
export function parseSeed(option: string, text: string): number {
  const seed = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(seed)) return seed;
  throw new RangeError(
    `Cannot use ${option}: expected a whole number from 0 to ${Number.MAX_SAFE_INTEGER}, got "${text}"`,
  );
}

/** One of the names that an option may have. */
export function parseChoice<Name extends string>(
  option: string,
  names: readonly Name[],
  text: string,
): Name {
  const found = names.find((name) => name === text);
  if (found !== undefined) return found;
  throw new RangeError(`Cannot use ${option}: expected ${names.join(" or ")}, got "${text}"`);
}

/** Whose states a speech encoder gives: `last`, `mix`, or the number of a layer. */
export function parseLayers(option: string, text: string): SpeechLayers {
  if (text === "last" || text === "mix") return text;
  if (/^\d{1,3}$/.test(text)) return Number(text);
  throw new RangeError(
    `Cannot use ${option}: expected last, mix or the number of a layer, got "${text}"`,
  );
}

/** Where encoders come from: a name, or a path, which has a slash. */
export function parseEncoders(option: string, text: string): EncoderSource {
  if (text === "embedded" || text === "paper" || text === "scratch") return text;
  if (text.includes("/") || text.includes("\\")) return { folder: text };
  throw new RangeError(
    `Cannot use ${option}: expected embedded, paper, scratch or a folder with a slash in its ` +
      `name, got "${text}"`,
  );
}

/**
 * Refuses settings of frozen encoders where encoders are trained.
 *
 * @throws {RangeError} Layers or numbers are named that trained encoders do not have.
 */
export function assertSettingsFit(
  encoders: EncoderSource,
  { speechLayers, precision }: {
    readonly speechLayers: SpeechLayers;
    readonly precision: GraphPrecision;
  },
): void {
  if (!areTrained(encoders)) return;
  const given = speechLayers !== "last" ? "speech-layers" : precision !== "fp32" ? "precision" : "";
  if (given === "") return;
  throw new RangeError(
    `Cannot use --${given}: expected --encoders embedded or paper with it, got trained encoders`,
  );
}

/** Refuses an option that names a folder and is empty. */
export function assertNamed(values: Readonly<Record<string, unknown>>, ...options: string[]): void {
  for (const option of options) {
    if (values[option] === "") {
      throw new RangeError(`Cannot use --${option}: expected a folder, got ""`);
    }
  }
}

/** Refuses names that are not `known`: `Cannot reproduce "table_9": choose one of table_1`. */
export function assertKnown(
  verb: string,
  names: readonly string[],
  known: readonly string[],
): void {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new RangeError(`Cannot ${verb} "${unknown}": choose one of ${known.join(", ")}`);
  }
}

/** An error as one line: its kind and its message. */
export function message(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
