/** A command line: read by the options that it declares, and explained by them. @module */

import { parseArgs } from "node:util";
import { nearest } from "../lib/checks.ts";
import { commandLineName, flag, type Option, type Values } from "./option.ts";

/** Options by name. */
export type Options = Readonly<Record<string, Option<unknown>>>;

/** What a command line may have. */
export interface CommandLine<Own extends Options> {
  /** Of a task of `deno.json`; or, with spaces, how it is called without being one. */
  readonly name: string;
  /** What the command does, for the help text. */
  readonly does: string;
  /** What follows the name: `[options]` by default. */
  readonly usage?: readonly string[];
  /** The words before the options, and what the help text says of them. None by default. */
  readonly words?: Readonly<Record<string, string>>;
  readonly options: Own;
  /** What the help text ends with. */
  readonly note?: string;
}

/**
 * What was given, or that help was asked for.
 *
 * @throws {TypeError} An option that is not declared, or lacks its value.
 * @throws {RangeError} A value that can not be.
 */
export function readCommandLine<Own extends Options>(
  args: readonly string[],
  { options, words }: Pick<CommandLine<Own>, "options" | "words">,
): { readonly values: Values<Own>; readonly words: readonly string[] } | "help" {
  const types = Object.entries({ ...options, help }).map(([name, { value, repeats }]) => [
    commandLineName(name).slice(2),
    { type: value === undefined ? "boolean" : "string", multiple: repeats ?? false } as const,
  ]);
  const config = Object.fromEntries(types);
  const given = parse(withValues(args, config), config, words !== undefined);
  if (given.values.help) return "help";
  const read = Object.entries(options).map(([name, option]) => {
    const all = [given.values[commandLineName(name).slice(2)] ?? []].flat()
      .map((text) => typeof text === "boolean" ? "" : text);
    return [name, option.read(all.at(-1), commandLineName(name), all)];
  });
  return { values: Object.fromEntries(read) as Values<Own>, words: given.positionals };
}

const help = flag("this text");

type Types = Readonly<
  Record<string, { readonly type: "boolean" | "string"; readonly multiple: boolean }>
>;

// `parseArgs` takes "-5 degrees" after --text for an option; no task has short ones.
function withValues(args: readonly string[], types: Types): string[] {
  const joined: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const [arg, next] = [args[i]!, args[i + 1]];
    const takesText = arg.startsWith("--") && types[arg.slice(2)]?.type === "string";
    const isValue = takesText && next !== undefined && /^-([^-]|$)|^-.*\s/.test(next);
    joined.push(isValue ? `${arg}=${next}` : arg);
    if (isValue) i++;
  }
  return joined;
}

/** `parseArgs` of `node:util`, with the first sentence of its errors: the rest is about another syntax. */
function parse(args: string[], options: Types, allowPositionals: boolean) {
  try {
    return parseArgs({ args, options, allowPositionals });
  } catch (error) {
    const [reason = ""] = (error as Error).message.split(/\.?\n|\. /);
    const [, unknown] = /^Unknown option '--(.*)'/.exec(reason) ?? [];
    const [, unclear] = /^Option '(--\S+)' argument is ambiguous/.exec(reason) ?? [];
    const near = unknown && nearest(unknown, Object.keys(options));
    const hint = near
      ? `did you mean --${near}?`
      : unclear
      ? `${unclear}=VALUE takes a value that begins with --`
      : "--help shows the options";
    const said = unclear ? `Option '${unclear}' lacks its value` : reason;
    throw new TypeError(`Cannot read the command line: ${said} (${hint})`);
  }
}

const lineWidth = 100;

/** What `--help` prints. */
export function helpOf<Own extends Options>(
  { name, does, usage = ["[options]"], words = {}, options, note }: CommandLine<Own>,
): string {
  const calls = usage.map((line, i) => `${i === 0 ? "Usage:" : "      "} ${callOf(name)} ${line}`);
  const rows = [
    ...Object.entries(words),
    ...Object.entries({ ...options, help }).map(([name, { value, help, byDefault }]) => [
      [commandLineName(name), value ?? ""].join(" ").trim(),
      byDefault === undefined ? help : `${help} (default: ${byDefault})`,
    ]),
  ] as [string, string][];
  const margin = Math.max(...rows.map(([name]) => name.length)) + 4;
  const lines = rows.map(([name, help]) =>
    `  ${name}`.padEnd(margin) + wrap(help, lineWidth - margin).join(`\n${" ".repeat(margin)}`)
  );
  return [does, "", ...calls, "", ...lines, ...note === undefined ? [] : ["", note]].join("\n");
}

// What is no task says how it is called.
function callOf(name: string): string {
  return name.includes(" ") ? name : `deno task ${name}`;
}

function wrap(text: string, width: number): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.at(-1)!;
    if (last !== "" && last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return lines;
}
