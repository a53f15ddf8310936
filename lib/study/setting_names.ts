/** Settings by their dotted names, as a command line or a file gives them. @module */

import { type Check, nearest, shown } from "../checks.ts";
import { assertHeadsFit, levelChecks, modelChecks } from "../model/config.ts";
import { trainingChecks } from "../systems/settings.ts";
import { type Config, dataChecks } from "./settings.ts";

/** Settings by their dotted names, such as `model.levels.within`. */
export type NamedSettings = Readonly<Record<string, unknown>>;

const { levels: _, ...plainModelChecks } = modelChecks;

const settingChecks: Readonly<Record<string, Check>> = Object.fromEntries([
  ...dotted("model", plainModelChecks),
  ...dotted("model.levels", levelChecks),
  ...dotted("training", trainingChecks),
  ...dotted("data", dataChecks),
]);

/** The settings that a command can be given. */
export const settingNames: readonly string[] = Object.keys(settingChecks);

function dotted(section: string, checks: Readonly<Record<string, Check>>): [string, Check][] {
  return Object.entries(checks).map(([name, check]) => [`${section}.${name}`, check]);
}

/** A value as a command line has it: JSON, or a text as it stands. */
export function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * Checks one setting; `from` says where it was given, and goes before its name in errors.
 *
 * @throws {RangeError} There is no such setting, or it can't have this value.
 */
export function assertSetting(name: string, value: unknown, from: string): void {
  assertSettingName(name, from);
  settingChecks[name]!(value, `${from} ${name}`);
}

/**
 * Checks the name alone.
 *
 * @throws {RangeError} There is no such setting; with the nearest name.
 */
export function assertSettingName(name: string, from: string): void {
  if (Object.hasOwn(settingChecks, name)) return;
  const below = settingNames.filter((one) => one.startsWith(`${name}.`));
  if (below.length > 0) {
    throw new RangeError(`Cannot use ${from}: expected one of ${below.join(", ")}, got "${name}"`);
  }
  const near = nearest(name, settingNames) ?? nearestWithin(name);
  const wanted = near ?? `one of ${settingNames.join(", ")}`;
  const hint = near === undefined ? "" : `; did you mean ${near}?`;
  throw new RangeError(
    `Cannot use ${from}: expected ${near ? "a setting" : wanted}, got "${name}"${hint}`,
  );
}

// "width" or "levels.within", without the section.
function nearestWithin(name: string): string | undefined {
  const short = new Map(settingNames.map((one) => [one.slice(one.indexOf(".") + 1), one]));
  const near = nearest(name, short.keys());
  return near === undefined ? undefined : short.get(near);
}

/**
 * Settings by name from an object as JSON has it: `{"model": {"width": 32}}`, or with dotted names,
 * `{"model.width": 32}`.
 *
 * @throws {RangeError} What {@linkcode assertSetting} throws, or a setting is there twice.
 */
export function readSettings(value: unknown, from: string): NamedSettings {
  const found = new Map<string, unknown>();
  const read = (value: unknown, name: string) => {
    const isGroup = name === "" || settingNames.some((one) => one.startsWith(`${name}.`));
    if (!isGroup) {
      assertSetting(name, value, from);
      if (found.has(name)) {
        throw new RangeError(`Cannot use ${from}: expected ${name} once, got it twice`);
      }
      found.set(name, value);
      return;
    }
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      const what = name === "" ? from : `${from} ${name}`;
      throw new RangeError(
        `Cannot use ${what}: expected an object of settings, got ${shown(value)}`,
      );
    }
    for (const [key, inner] of Object.entries(value)) {
      read(inner, name === "" ? key : `${name}.${key}`);
    }
  };
  read(value, "");
  return Object.fromEntries(found);
}

/**
 * A configuration with these settings in place of its own. A learning rate that is given stands
 * above what tuning chose for each system.
 */
export function withSettings(config: Config, settings: NamedSettings): Config {
  const entries = Object.entries(settings);
  return entries.reduce<object>(
    (tree, [name, value]) => put(tree, name.split("."), value),
    Object.hasOwn(settings, "training.learningRate") ? { ...config, tuned: {} } : config,
  ) as Config;
}

/**
 * Checks what no setting alone can tell.
 *
 * @throws {RangeError} The settings do not go together.
 */
export function assertTogether({ model, data }: Pick<Config, "model" | "data">): void {
  assertHeadsFit(model);
  const { testFraction, validationFraction } = data;
  if (testFraction + validationFraction >= 1) {
    throw new RangeError(
      "Cannot use the settings of the data: expected data.testFraction and " +
        "data.validationFraction to be below 1 together, " +
        `got ${testFraction} and ${validationFraction}`,
    );
  }
}

function put(tree: object, [name, ...rest]: readonly string[], value: unknown): object {
  const inner = (tree as Record<string, object>)[name!];
  return { ...tree, [name!]: rest.length === 0 ? value : put(inner!, rest, value) };
}
