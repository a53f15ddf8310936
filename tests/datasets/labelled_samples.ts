/** Samples of labels and groups as told, for tests of divisions. @module */

import type { Sample } from "../../lib/datasets/sample.ts";

/** A sample for each label, of the group at its place. */
export function labelled(labels: readonly number[], groupOf: (i: number) => string): Sample[] {
  return labels.map((label, i) => ({
    id: `s${i}`,
    modality: "audio",
    source: { path: `${i}` },
    emotion: "",
    label,
    group: groupOf(i),
    hash: `h${i}`,
  }));
}
