/** What a sweep tries of each setting, and the settings of its runs: a grid of them, or draws. @module */

import { fold, key, uniforms } from "../tensor/random.ts";
import { assertSetting, type NamedSettings, parseValue } from "./setting_names.ts";

/** What is tried of one setting: values of a list, or any between two bounds. */
export type Axis =
  | { readonly name: string; readonly values: readonly unknown[] }
  | {
    readonly name: string;
    readonly low: number;
    readonly high: number;
    /** Whether the logarithm is uniform, instead of the value. */
    readonly log: boolean;
    /** Whether only whole numbers can be. */
    readonly whole: boolean;
  };

/** An axis from which values are drawn. */
type RangeAxis = Extract<Axis, { readonly low: number }>;

/**
 * Reads what a command line says of a setting: one value or several, `32,64`; or a range that is
 * drawn from, `0.1..0.5`, or with a uniform logarithm, `1e-4..1e-2:log`.
 *
 * @throws {RangeError} There is no such setting, it can't have one of these values, one of them is
 * there twice, or the range has no beginning below its end.
 */
export function readAxis(
  { name, text }: { readonly name: string; readonly text: string },
  from: string,
): Axis {
  const [, low, high, log] = rangePattern.exec(text) ?? [];
  if (low !== undefined) return readRange({ name, low: +low, high: +high!, log: !!log }, from);
  const values = splitList(text).map(parseValue);
  for (const value of values) assertSetting(name, value, from);
  const texts = values.map((value) => JSON.stringify(value));
  const twice = texts.find((text, i) => texts.indexOf(text) !== i);
  if (twice === undefined) return { name, values };
  throw new RangeError(`Cannot use ${from} ${name}: expected ${twice} once, got it twice`);
}

const number = String.raw`([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)`;
const rangePattern = new RegExp(String.raw`^${number}\.\.${number}(:log)?$`);

function readRange(
  { name, low, high, log }: Omit<RangeAxis, "whole">,
  from: string,
): RangeAxis {
  for (const bound of [low, high]) assertSetting(name, bound, from);
  if (low >= high || log && low <= 0) {
    throw new RangeError(
      `Cannot use ${from} ${name}: expected a range from a number ` +
        `${log ? "above 0 " : ""}to a greater one, got ${low}..${high}${log ? ":log" : ""}`,
    );
  }
  return { name, low, high, log, whole: !takes(name, low + (high - low) / Math.PI) };
}

function takes(name: string, value: number): boolean {
  try {
    assertSetting(name, value, "");
    return true;
  } catch {
    return false;
  }
}

/** The parts of a text between commas, but for those within brackets, braces and quotes. */
function splitList(text: string): string[] {
  const parts = [""];
  let depth = 0, quoted = false;
  let before = "";
  for (const letter of text) {
    if (letter === '"' && before !== "\\") quoted = !quoted;
    before = letter;
    if (!quoted && "[{".includes(letter)) depth++;
    if (!quoted && "]}".includes(letter)) depth--;
    if (letter === "," && depth === 0 && !quoted) parts.push("");
    else parts[parts.length - 1] += letter;
  }
  return parts.map((part) => part.trim());
}

/**
 * Every combination of the values, the last axis changing fastest.
 *
 * @throws {RangeError} An axis is a range, or there are more than `most` combinations.
 */
export function gridOf(axes: readonly Axis[], most: number): NamedSettings[] {
  const size = axes.reduce((product, axis) => product * listOf(axis).length, 1);
  if (size > most) {
    throw new RangeError(
      `Cannot sweep: expected ${most} combinations at most, got ${size}; --random N draws some`,
    );
  }
  return axes.reduce<NamedSettings[]>(
    (grid, axis) =>
      grid.flatMap((settings) =>
        listOf(axis).map((value) => ({ ...settings, [axis.name]: value }))
      ),
    [{}],
  );
}

function listOf(axis: Axis): readonly unknown[] {
  if ("values" in axis) return axis.values;
  const { name, low, high, log } = axis;
  throw new RangeError(
    `Cannot sweep ${name} from ${low}..${high}${log ? ":log" : ""}: expected --random N with a ` +
      "range, got none",
  );
}

/**
 * `count` different combinations, each value drawn on its own. More of the same seed begin with the
 * same ones.
 *
 * @throws {RangeError} There are fewer.
 */
export function drawSettings(
  axes: readonly Axis[],
  { count, seed }: { readonly count: number; readonly seed: number },
): NamedSettings[] {
  const drawn = new Map<string, NamedSettings>();
  // A list of some hundred combinations is met as a whole in that many draws.
  for (let i = 0; drawn.size < count && i < 100 * (count + 10); i++) {
    const settings = Object.fromEntries(
      axes.map((
        axis,
      ) => [axis.name, drawFrom(axis, uniforms(fold(key(seed), "sweep", axis.name, i))())]),
    );
    const name = JSON.stringify(settings);
    if (!drawn.has(name)) drawn.set(name, settings);
  }
  if (drawn.size === count) return [...drawn.values()];
  throw new RangeError(
    `Cannot draw ${count} different combinations: expected axes with as many, got ${drawn.size}`,
  );
}

/** The value of an axis at `u` in [0, 1). */
function drawFrom(axis: Axis, u: number): unknown {
  if ("values" in axis) return axis.values[Math.floor(u * axis.values.length)];
  const { low, high, log, whole } = axis;
  // Of whole numbers each has as much room, the last one included.
  const end = whole ? high + 1 : high;
  const value = log ? low * (end / low) ** u : low + u * (end - low);
  if (whole) return Math.min(high, Math.floor(value));
  // As many digits as a table shows, so that what is shown is what was run.
  return Math.min(high, Math.max(low, Number(value.toPrecision(4))));
}
