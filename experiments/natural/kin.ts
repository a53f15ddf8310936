/** Rows that are nearly the same: equal texts, pictures that look alike, equal files. @module */

import * as datasets from "../../lib/datasets/mod.ts";
import { normaliseText } from "../../lib/datasets/normalise_text.ts";
import { joinGroups } from "../../lib/datasets/near_duplicates.ts";
import { byModality, modalities } from "../../lib/modality.ts";

/** Rows that share something. */
export interface Kin {
  readonly what: "equal texts" | "pictures that look alike" | "equal files";
  /** Places of rows, two or more. */
  readonly rows: readonly number[];
}

/** What rows share across parts that a set gives. */
export interface KinAcross {
  /** Groups of kin of each kind, and those with rows of two parts. */
  readonly groups: readonly {
    readonly what: Kin["what"];
    readonly all: number;
    readonly across: number;
  }[];
  /** Test rows, and those with kin in training or validation. */
  readonly testRows: number;
  readonly testRowsWithKin: number;
  /** Every group across parts, each row with its part. */
  readonly listed: readonly { readonly what: Kin["what"]; readonly rows: readonly string[] }[];
}

// What more rows say is a sentence that people were given to speak.
const mostAlike = 20;

/**
 * Rows that share a text after `normaliseText`, a picture by content or by its look
 * (`nearDuplicates`), or a clip by content. A text of more than 20 rows makes no kin: it is one that
 * people were given to speak.
 */
export function kinOf(
  { corpora, pairs }: Pick<datasets.PairedCorpora, "corpora" | "pairs">,
): Kin[] {
  const sharing = (
    what: Kin["what"],
    of: (samples: { readonly [M in datasets.Sample["modality"]]?: datasets.Sample }) =>
      | string
      | undefined,
  ) => {
    const found = Map.groupBy(pairs.keys(), (row) =>
      of(Object.fromEntries(
        modalities.flatMap((m) => {
          const place = pairs[row]![m];
          return place === undefined ? [] : [[m, corpora[m].samples[place]!]];
        }),
      )));
    found.delete(undefined);
    return [...found.values()].filter((rows) => rows.length > 1)
      .map((rows): Kin => ({ what, rows }));
  };
  return [
    ...sharing("equal texts", ({ text }) => {
      const said = text && "text" in text.source ? normaliseText(text.source.text) : "";
      return said === "" ? undefined : said;
    }).filter(({ rows }) => rows.length <= mostAlike),
    ...sharing("pictures that look alike", ({ image }) => image?.nearDuplicates ?? image?.hash),
    ...sharing("equal files", ({ audio }) => audio?.hash),
  ];
}

/** The rows, kin of one group: no drawn split parts them, and intervals resample them whole. */
export function joinKin(rows: datasets.PairedCorpora, kin: readonly Kin[]): datasets.PairedCorpora {
  const { corpora, pairs } = rows;
  const groupOf = (pair: datasets.Pair) => {
    const m = datasets.shownBy(pair)[0]!;
    return corpora[m].samples[pair[m]!]!.group;
  };
  const groups = joinGroups(pairs.map(groupOf), kin.map(({ rows }) => rows));
  const joined = byModality((m) =>
    new Map(pairs.flatMap((pair, i) => pair[m] === undefined ? [] : [[pair[m], groups[i]!]]))
  );
  return {
    ...rows,
    corpora: byModality((m) => ({
      ...corpora[m],
      samples: corpora[m].samples.map((sample, i) => ({
        ...sample,
        group: joined[m].get(i) ?? sample.group,
      })),
    })),
  };
}

/** What the parts that a set gives share; undefined of a set that gives none. */
export function kinAcross(
  { corpora, pairs, given }: datasets.PairedCorpora,
  kin: readonly Kin[],
): KinAcross | undefined {
  if (given === undefined) return undefined;
  const partsOf = ({ rows }: Kin) =>
    new Set(rows.map((row) => given[row]).filter((part) => part !== undefined));
  const across = kin.filter((one) => partsOf(one).size > 1);
  const withKin = new Set(
    across.filter((one) => partsOf(one).has("test"))
      .flatMap(({ rows }) => rows.filter((row) => given[row] === "test")),
  );
  const nameOf = (row: number) => {
    const m = datasets.shownBy(pairs[row]!)[0]!;
    return `${corpora[m].samples[pairs[row]![m]!]!.id} (${given[row] ?? "no part"})`;
  };
  const kinds = [...new Set(kin.map(({ what }) => what))];
  return {
    groups: kinds.map((what) => ({
      what,
      all: kin.filter((one) => one.what === what).length,
      across: across.filter((one) => one.what === what).length,
    })),
    testRows: given.filter((part) => part === "test").length,
    testRowsWithKin: withKin.size,
    listed: across.map(({ what, rows }) => ({ what, rows: rows.map(nameOf) })),
  };
}
