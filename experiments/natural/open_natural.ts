/** The sets of the experiment: read, divided, audited and encoded, or refused. @module */

import { listFiles } from "../../lib/datasets/corpus_files.ts";
import { sha256 } from "../../lib/files.ts";
import { byModality } from "../../lib/modality.ts";
import { withSoundFeatures } from "../../lib/study/feature_audit.ts";
import { assertContext } from "../../lib/study/row_features.ts";
import { openRowsStudy, type RowsStudy } from "../../lib/study/rows_study.ts";
import type { Options } from "../../lib/study/study.ts";
import { type KinAcross, kinAcross, kinOf } from "./kin.ts";
import type { NaturalSet } from "./natural_set.ts";
import { readPeople } from "./people/mod.ts";
import { assertSomeLeft, orRefused, type Refused } from "./refused.ts";
import { type Section, sectionsOf } from "./sections.ts";
import { readSets } from "./sets.ts";

/** A set, what is made of it, and what its own parts share. */
export interface PlannedSet extends NaturalSet {
  readonly sections: readonly Section[];
  /** Of all sections. */
  readonly jobs: Section["jobs"];
  readonly kin: KinAcross | undefined;
  /** What the audit of features that know their labels found, where such are used all the same. */
  readonly leakingFeatures?: readonly string[];
}

/** The study of the experiment. */
export interface NaturalStudy extends RowsStudy<PlannedSet> {
  /** The folder of what people judged, if there is one. */
  readonly people?: string | undefined;
  /** Sets that are left out. */
  readonly refused: readonly Refused[];
}

/** Most rows of a set that is made up: enough to learn an interaction from, and in a quick look fewer. */
const most = { thorough: 1200, quick: 240 };

/**
 * Reads the sets of `options.data`, divides and encodes them. One of several that can't be learnt from
 * is left out, with its reason.
 *
 * @throws {RangeError | SyntaxError} There is no set, or the only one is refused: it can't be read or
 * divided, or its features know their labels. Or context is asked for, and no set has an order.
 */
export async function openNatural(options: Options): Promise<NaturalStudy> {
  const { config, onProgress, data } = options;
  onProgress("reading the sets");
  const { sets, ...found } = await readSets({
    ...options,
    most: config.thorough ? most.thorough : most.quick,
  });
  assertAsked(options, sets);
  // A set that can't be divided is refused before anything is encoded.
  const people = found.people && await orRefused("people", found, async () => {
    await readPeople(found.people!);
    return found.people;
  });
  const all: PlannedSet[] = [];
  for (const set of sets) {
    const one = await orRefused(set.name, found, () => planned(set, options));
    if (one) all.push(one);
  }
  const left = Number(people !== undefined);
  assertSomeLeft(data, all.length + left, found.refused);
  const study = await openRowsStudy(options, all, {
    also: people && await digestOfTables(people),
    attempt: ({ name }, encode) => orRefused(name, found, encode),
  });
  assertSomeLeft(data, study.sets.length + left, found.refused);
  const { context, leakingFeatures } = options;
  const decides = {
    ...study.decides,
    ...context && { context },
    ...leakingFeatures && { leakingFeatures },
    ...found.refused.length > 0 && { refused: found.refused },
  };
  return { ...study, decides, people, refused: found.refused };
}

/** Refuses options that no set heeds. */
function assertAsked({ context = 0, ...options }: Options, sets: readonly NaturalSet[]): void {
  const [first] = sets;
  if (context > 0 && !sets.some(({ rows }) => rows.order)) {
    assertContext({ ...options, context }, first && first.rows);
  }
  if (options.leakingFeatures && !sets.some(({ rows }) => rows.features)) {
    throw new RangeError(
      "Cannot use --leaking-features: expected a set with features that are given, got samples to encode",
    );
  }
}

async function digestOfTables(folder: string): Promise<string> {
  const digests: string[] = [];
  for (const { id, path } of await listFiles(folder)) {
    if (path.endsWith(".csv")) digests.push(`${id} ${sha256(await Deno.readFile(path))}`);
  }
  return sha256(digests.join("\n"));
}

function planned(
  set: NaturalSet,
  { seeds, config, context, encoders, leakingFeatures, onProgress }: Options,
): PlannedSet {
  const kin = kinOf(set.rows);
  const isOrdered = set.rows.order !== undefined;
  try {
    if (isOrdered) assertContext({ context, encoders }, set.rows);
    const sections = sectionsOf(set, kin, {
      ...{ seeds, data: config.data, context: isOrdered ? context : undefined },
    });
    // On the parts that the set gives, if it does, as it is labelled: features may know them.
    const { target, features: given, groupedBy = null } = set.rows;
    const { audits, split } = sections.find((section) => section.target === target)!;
    const samples = byModality((m) => set.rows.corpora[m].samples);
    const { report } = withSoundFeatures(audits[0]!, { given, samples, split, target, groupedBy }, {
      ...{ data: set.name, onProgress, leakingFeatures: leakingFeatures && given !== undefined },
    });
    const leaking = report.leakingFeatures;
    const unordered = context && !isOrdered
      ? `without context, since nothing orders its rows: it has no column "segment"`
      : undefined;
    return {
      ...set,
      ...unordered && { note: [set.note, unordered].filter(Boolean).join("; ") },
      sections: leaking ? sections.map((one) => ({ ...one, leaking: true })) : sections,
      jobs: sections.flatMap(({ jobs, alike }) => [...jobs, ...alike]),
      kin: kinAcross(set.rows, kin),
      ...leaking && { leakingFeatures: leaking },
    };
  } catch (error) {
    const { message } = error as Error;
    throw new RangeError(`Cannot learn from the set "${set.name}": ${message}`, { cause: error });
  }
}
