/** What a feature file was understood to be, for its author to check. @module */

import { byModality, modalities, type Modality } from "../modality.ts";
import { otherThanPolarities, type Target } from "../target.ts";
import { splitLeaks } from "./audit.ts";
import { leakText } from "./leaks.ts";
import type { Repairs } from "./feature_sequences.ts";
import type { MmsaFile } from "./mmsa.ts";
import { type PairedCorpora, rowSamples, shownBy, splitOfParts } from "./paired.ts";
import { byPart, type Part, parts } from "./parts.ts";

/** What was understood of a feature file. */
export interface FeatureReport {
  /** The file. */
  readonly path: string;
  /** Samples of the file. */
  readonly rows: number;
  /** Samples that are used. */
  readonly used: number;
  /**
   * Used samples that have it, the most steps of one, and the numbers of a step; undefined where
   * the file has none.
   */
  readonly modalities: Readonly<
    Record<
      Modality,
      { readonly used: number; readonly steps: number; readonly width: number } | null
    >
  >;
  /** What is learnt. */
  readonly target: Target;
  /** Used samples by class, or below, at and above zero. */
  readonly labels: readonly { readonly label: string; readonly rows: number }[];
  /** Videos of used samples, by their ids. */
  readonly groups: number;
  /** Used samples by part, where the file is divided. */
  readonly split?: Readonly<Record<Part, number>>;
  /** Keys that nothing reads. */
  readonly unused: readonly string[];
  /** Samples that are not used, by reason, and the first few of them. */
  readonly leftOut: readonly {
    readonly reason: string;
    readonly rows: number;
    readonly ids: readonly string[];
  }[];
  /** What else has to be known, such as what was no number. */
  readonly notes: readonly string[];
}

const names: Readonly<Record<Modality, string>> = { text: "text", image: "vision", audio: "audio" };
const fewIds = 3;

/** What {@linkcode FeatureReport} says of a file and the set that it was made. */
export function reportFeatures(
  file: Pick<MmsaFile, "path" | "samples" | "features" | "unused" | "notes" | "target">,
  { set, used, isLabelled, read }: {
    readonly set: PairedCorpora;
    /** Places of the used samples. */
    readonly used: readonly number[];
    /** A value a sample of the file. */
    readonly isLabelled: readonly boolean[];
    readonly read: Readonly<Record<Modality, Repairs>>;
  },
): FeatureReport {
  const { path, samples, features, target } = file;
  const isUsed = new Set(used);
  // Of two polarities, what is neutral has none.
  const none = otherThanPolarities(target!) ? "without a label" : "without a polarity";
  const reasons = [...samples.keys()].filter((i) => !isUsed.has(i))
    .map((i) => ({
      id: samples[i]!.id,
      reason: isLabelled[i] ? "without features" : none,
    }));
  const usedSamples = used.map((i) => samples[i]!);
  return {
    ...{ path, rows: samples.length, used: used.length, target: target!, unused: file.unused },
    modalities: byModality((m) => {
      const there = features[m];
      if (there === undefined) return null;
      return {
        used: set.corpora[m].samples.length,
        steps: Math.max(...there.map(({ steps }) => steps)),
        width: Math.max(...there.filter(({ count }) => count > 0).map(({ width }) => width), 1),
      };
    }),
    labels: countLabels(usedSamples.map(({ label }) => label!), target!),
    groups: new Set(usedSamples.map(({ group }) => group)).size,
    ...set.given && { split: byPart((part) => splitOfParts(set.given!)[part].length) },
    leftOut: [...Map.groupBy(reasons, ({ reason }) => reason)].map(([reason, rows]) => ({
      ...{ reason, rows: rows.length },
      ids: rows.slice(0, fewIds).map(({ id }) => id),
    })),
    notes: [
      ...file.notes,
      ...modalities.flatMap((m) => repairNotes(m, read[m])),
      ...modalities.flatMap((m) => missingNotes(m, set, file)),
      ...set.given
        ? splitLeaks(rowSamples(set), splitOfParts(set.given))
          .map((leak) => `the file's parts leak: ${leakText(leak)}`)
        : [],
    ],
  };
}

function countLabels(labels: readonly number[], target: Target): FeatureReport["labels"] {
  const count = (label: string, is: (label: number) => boolean) => ({
    label,
    rows: labels.filter(is).length,
  });
  if (target.kind === "classes") {
    return target.classes.map((name, i) => count(name, (label) => label === i));
  }
  return [
    count("below 0", (label) => label < 0),
    count("of 0", (label) => label === 0),
    count("above 0", (label) => label > 0),
  ];
}

function repairNotes(m: Modality, { infinite, nan, cut }: Repairs): string[] {
  const zero = [
    ...infinite > 0 ? [`${infinite} infinite`] : [],
    ...nan > 0 ? [`${nan} NaN`] : [],
  ];
  return [
    ...zero.length > 0 ? [`${names[m]}: ${zero.join(" and ")} values became 0`] : [],
    ...cut > 0 ? [`${names[m]}: ${cut} samples have fewer steps than their lengths say`] : [],
  ];
}

function missingNotes(
  m: Modality,
  { pairs }: PairedCorpora,
  { features }: Pick<MmsaFile, "features">,
) {
  if (features[m] === undefined) return [];
  const missing = pairs.filter((pair) => !shownBy(pair).includes(m)).length;
  return missing > 0
    ? [`${names[m]}: missing from ${missing} samples, which have nothing but zeros`]
    : [];
}

/** A report for a person, a line a matter. */
export function printFeatureReport(report: FeatureReport): string {
  const { path, rows, used, target, labels, groups, split, unused, leftOut, notes } = report;
  const there = modalities.map((m) => {
    const counts = report.modalities[m];
    return counts === null
      ? `no ${names[m]}`
      : `${counts.used} ${names[m]} (to ${counts.steps} × ${counts.width})`;
  });
  const counts = labels.map(({ label, rows }) => `${rows} ${label}`).join(", ");
  const range = target.kind === "score" ? `scores from ${target.low} to ${target.high}: ` : "";
  const lines: (readonly [name: string, value: string])[] = [
    ["modalities", there.join(", ")],
    ["labels", `${range}${counts}`],
    ["groups", `${groups} by the ids' first part`],
    ...split ? [["split", parts.map((part) => `${split[part]} ${part}`).join(", ")] as const] : [],
    ["unused", unused.slice(0, 20).map((key) => `"${key.slice(0, 40)}"`).join(", ") || "no key"],
    ...leftOut.map(({ reason, rows, ids }) =>
      ["left out", `${rows} ${reason}: ${ids.join(", ")}${rows > ids.length ? ", …" : ""}`] as const
    ),
    ...notes.map((note) => ["note", note] as const),
  ];
  const body = lines.map(([name, value]) => `  ${name.padEnd(10)}  ${value}`);
  return [`${path}: ${rows} samples, ${used} used`, ...body].join("\n");
}
