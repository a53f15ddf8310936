/** Whole groups shared out among parts of wanted sizes, each with its share of every class. @module */

import { fold, type Key, permutation } from "../tensor/random.ts";
import type { Strata } from "./strata.ts";

/** How {@linkcode divideGroups} divides. */
export interface DivideGroupsOptions {
  readonly strata: Strata;
  /** The share of all samples that each part ought to have. */
  readonly fractions: readonly number[];
  /** Decides the order in which groups are placed. */
  readonly key: Key;
}

// A draw that leaves a part without a class is rare, and one that has to is found out by counting.
const mostDraws = 200;

/**
 * Shares out groups of samples, given by their indices, and returns the indices of each part,
 * ascending.
 *
 * Groups come in random order, and each goes where it keeps this cost lowest, over parts p and strata
 * c with n counted and t wanted (the part's fraction of all samples of c):
 *
 *     Σ_p Σ_c (n_pc − t_pc)² / t_pc
 *
 * For groups of one size that is apportionment by Sainte-Laguë. Every part gets a group at least, and
 * of each class that enough groups have. Where the order drawn leaves a part without one, because its
 * last groups have several classes, another is drawn.
 *
 * @throws {RangeError} There are fewer groups than parts, be it of all samples or of those of a class;
 * or no order was found by which each part gets every class.
 */
export function divideGroups(
  groups: readonly (readonly number[])[],
  { strata, fractions, key }: DivideGroupsOptions,
): number[][] {
  if (groups.length < fractions.length) {
    const samples = groups.reduce((sum, group) => sum + group.length, 0);
    throw new RangeError(
      `Cannot split ${samples} samples: expected ${fractions.length} groups or more, ` +
        `got ${groups.length}`,
    );
  }
  const sizes = groups.map((group) => countStrata(group, strata));
  const having = strata.names.map((_, c) => sizes.filter((size) => size[c]! > 0).length);
  if (strata.areNeeded) assertEnough(having, sizes, { strata, count: fractions.length });
  let best: { parts: number[][]; lacking: number } | undefined;
  for (let draw = 0; draw < mostDraws && best?.lacking !== 0; draw++) {
    const order = permutation(draw === 0 ? key : fold(key, "again", draw), groups.length);
    const counted = place([...order].map((i) => sizes[i]!), fractions);
    const lacking = counted.counts.flatMap((ofPart) =>
      ofPart.filter((n, c) =>
        n === 0 && having[c]! >= fractions.length
      )
    ).length;
    if (best && lacking >= best.lacking) continue;
    const parts = fractions.map((): number[] => []);
    order.forEach((i, at) => parts[counted.places[at]!]!.push(...groups[i]!));
    best = { parts, lacking };
  }
  if (strata.areNeeded && best!.lacking > 0) {
    throw new RangeError(
      `Cannot split ${groups.length} groups: expected a division in which each part has every ` +
        `class, got none in ${mostDraws} draws; groups of fewer classes, or more groups, are needed`,
    );
  }
  return best!.parts.map((part) => part.sort((a, b) => a - b));
}

/** Indices of samples by group, in the order in which the groups come first. */
export function indicesByGroup(names: Iterable<string>): number[][] {
  const groups = new Map<string, number[]>();
  let i = 0;
  for (const name of names) {
    const group = groups.get(name);
    // Hundreds of thousands of messages are a group each: `Map.groupBy` makes room for 16 in all.
    if (group === undefined) groups.set(name, [i]);
    else group.push(i);
    i++;
  }
  return [...groups.values()];
}

function countStrata(group: readonly number[], { names, of }: Strata): number[] {
  const counts = new Array<number>(names.length).fill(0);
  for (const index of group) counts[of[index]!]!++;
  return counts;
}

// A class that no sample has is for the audit to tell.
function assertEnough(
  having: readonly number[],
  sizes: readonly (readonly number[])[],
  { strata: { names }, count }: { readonly strata: Strata; readonly count: number },
): void {
  const few = names.flatMap((name, c) => {
    if (having[c] === 0 || having[c]! >= count) return [];
    const samples = sizes.reduce((sum, size) => sum + size[c]!, 0);
    return [{ name, got: `got ${samples} in ${having[c]}` }];
  });
  if (few.length === 0) return;
  const [{ name, got }, ...others] = few as [typeof few[number], ...typeof few];
  const rest = others.slice(0, 5).map(({ name, got }) => `; ${name}, ${got}`).join("");
  throw new RangeError(
    `Cannot split: expected ${name} samples in ${count} groups or more, one for each part, ` +
      `${got}${rest}${others.length > 5 ? "; …" : ""}`,
  );
}

/** The part of each group in turn, and the counts of each part by stratum. */
function place(
  sizes: readonly (readonly number[])[],
  fractions: readonly number[],
): { places: number[]; counts: number[][] } {
  const strata = [...sizes[0]!.keys()];
  const parts = [...fractions.keys()];
  const all = strata.map((c) => sizes.reduce((sum, size) => sum + size[c]!, 0));
  const counts = parts.map(() => strata.map(() => 0));
  const filled = parts.map(() => false);
  const left = strata.map((c) => sizes.filter((size) => size[c]! > 0).length);
  // What the cost grows by, up to a constant. A stratum that no sample has adds nothing.
  const growth = (part: number, added: readonly number[]) =>
    added.reduce((sum, n, c) => {
      return n === 0 ? sum : sum + n * (n + 2 * counts[part]![c]!) / (fractions[part]! * all[c]!);
    }, 0);
  const places = sizes.map((added, i) => {
    // The last groups that have a stratum go where it is lacking.
    const lacking = strata.flatMap((c) => {
      const without = parts.filter((part) => counts[part]![c] === 0);
      return added[c]! > 0 && left[c]!-- <= without.length ? [without] : [];
    });
    const needed = parts.filter((part) => lacking.some((without) => without.includes(part)));
    const empty = parts.filter((part) => !filled[part]);
    const any = sizes.length - i > empty.length ? parts : empty;
    const better = any.filter((part) => needed.includes(part));
    const open = better.length > 0 ? better : any;
    const part = open.reduce((a, b) => (growth(b, added) < growth(a, added) ? b : a));
    filled[part] = true;
    added.forEach((n, c) => counts[part]![c]! += n);
    return part;
  });
  return { places, counts };
}
