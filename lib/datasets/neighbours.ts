/** Rows that come before and after a row in its group, as utterances do in a video. @module */

import { shown } from "../checks.ts";
import type { PairedCorpora, RowOrder } from "./paired.ts";

/** Rows, what orders them, and the parts of a split that must not cut a group. */
export interface OrderedRows {
  /** As {@linkcode PairedCorpora} has them. */
  readonly pairs: PairedCorpora["pairs"];
  /** Likewise; without, nothing orders them. */
  readonly order?: readonly RowOrder[] | undefined;
  /** Likewise. */
  readonly given?: PairedCorpora["given"] | undefined;
}

/**
 * The places of each row's `count` neighbours before it, the farthest first, then of as many behind it;
 * undefined where its group has none there. They are neighbours among the rows that are used. Segments
 * are ordered as numbers where all are.
 *
 * @throws {RangeError} Nothing orders the rows; a row has no segment, or that of another row of its
 * group; or a group is cut by the parts that the set gives.
 */
export function neighboursOf(
  { pairs, order, given }: OrderedRows,
  count: number,
): (number | undefined)[][] {
  const action = `Cannot take ± ${count} neighbours as context`;
  if (order === undefined) {
    throw new RangeError(`${action}: expected rows with a column "segment", got none`);
  }
  const lacking = order.find(({ segment }) => segment === "");
  if (lacking) {
    throw new RangeError(
      `${action}: expected a segment of every row, got none at ${placeOf(lacking)}`,
    );
  }
  const areNumbers = order.every(({ segment }) => Number.isFinite(Number(segment)));
  const before = (a: string, b: string) =>
    areNumbers ? Number(a) - Number(b) : a < b ? -1 : a > b ? 1 : 0;
  const neighbours = pairs.map((): (number | undefined)[] => []);
  for (const [group, rows] of Map.groupBy(pairs.keys(), (i) => order[i]!.group)) {
    const cut = given && rows.find((i) => given[i] !== given[rows[0]!]);
    if (cut !== undefined) {
      throw new RangeError(
        `${action}: expected groups that are whole in a part, got ${shown(group)} in ` +
          `${given![rows[0]!] ?? "none"} and ${given![cut] ?? "none"}`,
      );
    }
    const sorted = rows.toSorted((a, b) => before(order[a]!.segment, order[b]!.segment));
    const tie = sorted.findIndex((i, at) =>
      at > 0 && before(order[sorted[at - 1]!]!.segment, order[i]!.segment) === 0
    );
    if (tie > 0) {
      const [first, second] = [order[sorted[tie - 1]!]!, order[sorted[tie]!]!];
      throw new RangeError(
        `${action}: expected segments of ${shown(group)} that differ, got ${
          shown(second.segment)
        } ` +
          `at ${placeOf(first)} and ${placeOf(second)}`,
      );
    }
    sorted.forEach((row, at) => {
      for (let away = -count; away <= count; away++) {
        if (away !== 0) neighbours[row]!.push(sorted[at + away]);
      }
    });
  }
  return neighbours;
}

function placeOf({ place }: RowOrder): string {
  return typeof place === "number" ? `line ${place}` : shown(place);
}
