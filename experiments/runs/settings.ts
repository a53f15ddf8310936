/** The settings that results were made with, and in what they differ. @module */

/** Settings by their dotted names, as text. */
export type PlainSettings = Readonly<Record<string, string>>;

/** A setting that is not the same in all folders. */
export interface DifferentSetting {
  readonly name: string;
  /** In the order of the folders; undefined where a folder does not have it. */
  readonly values: readonly (string | undefined)[];
}

/** What of a result's record says how it was made. */
export function settingsOf(told: Readonly<Record<string, unknown>>): PlainSettings {
  const { configuration, data, encoders, arithmetic, protocol, seeds, seed, folds, context } = told;
  const { label, hash } = (data ?? {}) as { readonly label?: unknown; readonly hash?: unknown };
  const { versions, commit } = told;
  return Object.fromEntries([
    ...leaves(configuration),
    ...leaves({ data: { label, hash } }),
    ...leaves({ encoders }),
    ...leaves({ protocol, seeds, seed, folds, context, versions, commit }),
    ...leaves({ executor: (arithmetic as { readonly kind?: unknown } | undefined)?.kind }),
  ]);
}

function leaves(value: unknown, path = ""): [name: string, text: string][] {
  if (value === undefined || value === null) return [];
  if (typeof value !== "object") return [[path, String(value)]];
  if (Array.isArray(value)) {
    const isPlain = value.every((one) => typeof one !== "object");
    return [[path, isPlain ? value.join(", ") : JSON.stringify(value)]];
  }
  return Object.entries(value).flatMap(([name, inner]) =>
    leaves(inner, path === "" ? name : `${path}.${name}`)
  );
}

/** Those settings alone that are not the same everywhere. */
export function differentSettings(all: readonly PlainSettings[]): DifferentSetting[] {
  const names = [...new Set(all.flatMap((settings) => Object.keys(settings)))];
  return names.map((name) => ({ name, values: all.map((settings) => settings[name]) }))
    .filter(({ values }) => new Set(values).size > 1);
}
