/** The verdicts of all folds of a protocol as one test. @module */

import { modalities } from "../modality.ts";
import type { Verdicts } from "./job.ts";

/**
 * The verdicts that one system gave fold by fold, each fold by another fit, joined exam by exam: every
 * group is then tested once, and a score of them has its interval by group as any other.
 *
 * Scores that compare samples, such as an AUC, here compare verdicts of different fits too; they
 * suffer where the fits differ in their scale (Forman and Scholz, *SIGKDD Explorations* 12(1), 2010).
 *
 * @throws {RangeError} A sample is tested in two folds.
 */
export function poolVerdicts(folds: readonly (readonly Verdicts[])[]): Verdicts[] {
  const exams = Map.groupBy(folds.flat(), ({ name }) => name);
  return [...exams.values()].map((ofExam) => {
    const [{ name, head, rows }] = ofExam as [Verdicts, ...Verdicts[]];
    const shown = modalities.filter((m) => rows[m] !== undefined);
    const joined = shown.map((m) => [m, ofExam.flatMap((one) => Array.from(one.rows[m] ?? []))]);
    const pooled: Verdicts = {
      name,
      head,
      rows: Object.fromEntries(joined),
      labels: ofExam.flatMap(({ labels }) => Array.from(labels)),
      scores: ofExam.flatMap(({ scores }) => Array.from(scores)),
    };
    assertOnce(pooled);
    return pooled;
  });
}

function assertOnce({ name, rows, labels }: Verdicts): void {
  const columns = Object.values(rows);
  const places = labels.map((_, i) => columns.map((column) => column[i]).join());
  const seen = new Set<string>();
  const twice = places.find((place) => seen.size === seen.add(place).size);
  if (twice === undefined) return;
  throw new RangeError(
    `Cannot pool verdicts on ${name}: expected each sample in one fold, got ${twice} in two`,
  );
}
