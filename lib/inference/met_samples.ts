/** Which samples a model has met, so that nobody scores it on them. @module */

import { normaliseText } from "../datasets/normalise_text.ts";
import type { Sample } from "../datasets/sample.ts";
import { sha256 } from "../files.ts";
import { modalities, type Modality } from "../modality.ts";

/** Where a model folder keeps it. */
export const metFile = "met.json";

// 64 bits of a digest: among a million samples two have the same once in forty million sets.
const digits = 16;

/** Samples and groups that parameters were fitted on, or the epoch chosen by. */
export interface MetSamples {
  /** Beginnings of SHA-256, in hexadecimal and in order: of contents, and of normalised texts. */
  readonly samples: readonly string[];
  /** The same of the names of groups. */
  readonly groups: readonly string[];
}

/** Training and validation samples by modality, and others that encoders have learnt. */
export function metSamples(
  samples: Readonly<Record<Modality, readonly Sample[]>>,
  split: Readonly<
    Record<Modality, { readonly train: readonly number[]; readonly validation: readonly number[] }>
  >,
  besides: readonly Sample[] = [],
): MetSamples {
  const met = [
    ...modalities.flatMap((m) =>
      [...split[m].train, ...split[m].validation].map((i) => samples[m][i]!)
    ),
    ...besides,
  ];
  const inOrder = (names: readonly string[]) => [...new Set(names)].sort();
  return {
    samples: inOrder(met.flatMap(namesOf)),
    groups: inOrder(met.map(({ group }) => short(sha256(group)))),
  };
}

/** Says of samples whether a model has met them. */
export interface Acquaintance {
  /** By content, or of a text by what it says. */
  sample(sample: Sample): boolean;
  /** By the name of its group. */
  group(sample: Sample): boolean;
}

/** What a model knows of samples, by {@linkcode metSamples}. */
export function acquaintance({ samples, groups }: MetSamples): Acquaintance {
  const known = new Set(samples), named = new Set(groups);
  return {
    sample: (sample) => namesOf(sample).some((name) => known.has(name)),
    group: ({ group }) => named.has(short(sha256(group))),
  };
}

/** The bytes of {@linkcode metFile}. */
export function metToBytes({ samples, groups }: MetSamples): Uint8Array {
  const joined = { samples: samples.join(""), groups: groups.join("") };
  return new TextEncoder().encode(JSON.stringify(joined));
}

/**
 * What {@linkcode metToBytes} wrote; `path` names the file in errors.
 *
 * @throws {RangeError} It is something else.
 */
export function metFromBytes(bytes: Uint8Array, { path }: { readonly path: string }): MetSamples {
  const cut = (text: unknown) => {
    if (typeof text === "string" && text.length % digits === 0 && /^[0-9a-f]*$/.test(text)) {
      return Array.from(
        { length: text.length / digits },
        (_, i) => text.slice(digits * i, digits * (i + 1)),
      );
    }
    throw new RangeError(`Cannot read "${path}": expected digests of samples, got others`);
  };
  let read: Record<string, unknown>;
  try {
    read = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new RangeError(`Cannot read "${path}": expected JSON, got none`);
  }
  return { samples: cut(read.samples), groups: cut(read.groups) };
}

function namesOf({ hash, source }: Sample): string[] {
  if (!("text" in source)) return [short(hash)];
  return [short(hash), short(sha256(`text ${normaliseText(source.text)}`))];
}

function short(digest: string): string {
  return digest.slice(0, digits);
}
