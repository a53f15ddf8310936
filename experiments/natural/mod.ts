/**
 * Natural rows: does fusion earn its place where text, picture and voice belong together?
 *
 *     deno task reproduce natural [--data TABLE or FOLDER]
 *
 * Every system that rows suit, on sets whose samples belong together: a table, a set in one of the
 * layouts, a feature file, or a folder with several. Differences are to late fusion, which adds up
 * what each modality says; two controls say what interaction adds to a fused verdict
 * (`additiveProjection`) and what pairing by label would make up. Rows are tested on the parts that a
 * set gives and on parts drawn by group; rows that are nearly the same are kept together where parts
 * are drawn, and counted where they are given. Without data, two sets that are made up, in which the
 * answer is known: it checks the method.
 *
 * The paper pairs by label alone, which leaves nothing for attention to find.
 *
 * @module
 */

import { listFiles } from "../../lib/datasets/corpus_files.ts";
import { sha256 } from "../../lib/files.ts";
import { verdictScores } from "../../lib/inference/verdict_scores.ts";
import { withSoundFeatures } from "../../lib/study/feature_audit.ts";
import { encoderCaption } from "../../lib/study/encoder_source.ts";
import { rowsToCsv } from "../../lib/study/rows_csv.ts";
import { labelledAs, openRowsStudy, type RowsStudy } from "../../lib/study/rows_study.ts";
import { saveFigure } from "../../lib/study/save_figure.ts";
import { json, type Options, type Result, saveRun } from "../../lib/study/study.ts";
import { byModality, modalities } from "../../lib/modality.ts";
import { collateCompare, flatRow } from "../compare/rows.ts";
import { naturalFigures } from "./figures.ts";
import { type Finding, findingsOf, type JudgedSection } from "./findings.ts";
import { type KinAcross, kinAcross, kinOf } from "./kin.ts";
import { naturalMarkdown } from "./markdown.ts";
import type { NaturalSet } from "./natural_set.ts";
import { peopleSection } from "./people/mod.ts";
import { peopleIn, readSets } from "./sets.ts";
import { leadOf, type Section, sectionsOf } from "./sections.ts";

/** A set, what is made of it, and what its own parts share. */
interface PlannedSet extends NaturalSet {
  readonly sections: readonly Section[];
  readonly jobs: Section["jobs"];
  readonly kin: KinAcross | undefined;
}

/** The study of the experiment. */
export interface NaturalStudy extends RowsStudy<PlannedSet> {
  /** The folder of what people judged, if there is one. */
  readonly people?: string | undefined;
}

/** Most rows of a set that is made up: enough to learn an interaction from, and in a quick look fewer. */
const most = { thorough: 1200, quick: 240 };

/**
 * Reads the sets of `options.data`, divides and encodes them.
 *
 * @throws {RangeError | SyntaxError} There is no set, or one can't be read.
 * @throws {Error} A set that can't be divided.
 */
export async function openNatural(options: Options): Promise<NaturalStudy> {
  const { config, onProgress } = options;
  onProgress("reading the sets");
  const sets = await readSets({
    ...options,
    most: config.thorough ? most.thorough : most.quick,
  });
  // A set that can't be divided is refused before anything is encoded.
  const people = await peopleIn(options.data);
  const also = people && await digestOfTables(people);
  const all = sets.map((set) => planned(set, options));
  return { ...await openRowsStudy(options, all, { also }), people };
}

async function digestOfTables(folder: string): Promise<string> {
  const digests: string[] = [];
  for (const { id, path } of await listFiles(folder)) {
    if (path.endsWith(".csv")) digests.push(`${id} ${sha256(await Deno.readFile(path))}`);
  }
  return sha256(digests.join("\n"));
}

function planned(set: NaturalSet, { seeds, config, onProgress }: Options): PlannedSet {
  const kin = kinOf(set.rows);
  try {
    const sections = sectionsOf(set, kin, { seeds, data: config.data });
    // On the parts that the set gives, if it does, as it is labelled: features may know them.
    const { target, features: given, groupedBy = null } = set.rows;
    const { audits, split } = sections.find((section) => section.target === target)!;
    const samples = byModality((m) => set.rows.corpora[m].samples);
    withSoundFeatures(audits[0], { given, samples, split, target, groupedBy }, {
      ...{ data: set.name, onProgress },
    });
    const jobs = sections.flatMap((section) => section.jobs);
    return { ...set, sections, jobs, kin: kinAcross(set.rows, kin) };
  } catch (error) {
    const { message } = error as Error;
    throw new RangeError(`Cannot learn from the set "${set.name}": ${message}`, { cause: error });
  }
}

/** Fits every system to every section, and says what was found. */
export async function natural(study: NaturalStudy): Promise<Result> {
  const { options, sets, digests, encoderNotes, hash } = study;
  const files = new Map<string, string>();
  const judged: (JudgedSection & Pick<Section, "audits">)[] = [];
  for (const { sections, features } of sets) {
    for (const { jobs, ...section } of sections) {
      const samples = byModality((m) => section.rows.corpora[m].samples);
      const own = { features: labelledAs(features, samples), samples };
      const outcomes = await study.run(jobs, own);
      const { target } = section;
      const rows = collateCompare(outcomes.map((outcome) => saveRun(files, outcome, samples)), {
        ...{ samples, target, lead: leadOf(target) },
      });
      judged.push({ ...section, rows });
    }
  }
  const people = study.people === undefined ? undefined : await peopleSection(study.people, {
    ...study.saved && { saved: study.saved },
    onProgress: options.onProgress,
  });
  for (const [path, text] of people?.files ?? []) files.set(path, text);
  for (const [name, figure] of naturalFigures(judged, options.dataLabel)) {
    await saveFigure(files, name, figure);
  }
  const title = "Natural rows: does fusion earn its place?";
  const caption = captionOf(study);
  const ofPeople = (people?.sentences ?? []).map((sentence): Finding => ({
    ...{ of: "people", about: "people", sentence },
  }));
  const findings = [...findingsOf(judged), ...ofPeople];
  const numbers = {
    ...{ name: "natural", title, caption },
    data: { label: options.dataLabel, folder: options.data, hash },
    ...{ encoders: digests, ...encoderNotes && { encoderNotes } },
    ...{ configuration: options.config, provider: options.provider, seeds: options.seeds },
    ...{ command: options.command, commit: options.commit },
    sets: sets.map(({ name, rows, madeUp, note, kin }) => ({
      ...{ name, rows: rows.pairs.length, samples: samplesOf(rows), madeUp, note, kin },
    })),
    sections: judged.map(({ rows, audits, set, learnt, division, target }) => ({
      ...{ set, learnt, division, target, leading: leadOf(target).name },
      scores: verdictScores(target).map(({ name, title }) => ({ name, title })),
      ...{ audits, rows },
    })),
    ...people && { people: { rows: people.rows, disagreements: people.disagreements } },
    findings,
  };
  const markdown = naturalMarkdown({
    ...{ title, caption, findings, sets, judged },
    people: people?.markdown,
  });
  files.set("natural.json", json(numbers));
  files.set("natural.md", markdown);
  files.set(
    "natural.csv",
    rowsToCsv(
      judged.flatMap(({ rows, set, learnt, division, target }) =>
        rows.map((row) => ({ set, learnt, division, ...flatRow(row, target) }))
      ),
    ),
  );
  return { data: numbers, markdown, files };
}

function samplesOf({ corpora }: NaturalSet["rows"]) {
  const there = modalities.filter((m) => corpora[m].samples.length > 0);
  return Object.fromEntries(there.map((m) => [m, corpora[m].samples.length]));
}

function captionOf(study: NaturalStudy): string {
  const { options, sets, encoderNotes } = study;
  const { seeds, encoders } = options;
  const ofPeople = study.people ? ["what people judged of each modality and of all"] : [];
  const told = sets.map(({ name, rows, madeUp }) => {
    const counts = Object.entries(samplesOf(rows)).map(([m, count]) => `${count} ${m}`).join(", ");
    return `${name}, ${rows.pairs.length} rows of ${counts}${
      madeUp ? ` (made up: ${madeUp})` : ""
    }`;
  });
  const warning = options.dataLabel === "embedded"
    ? "Made up out of the embedded corpus, which is synthetic, as a check of the method: it says " +
      "nothing of real rows. "
    : "";
  return `${warning}${[...told, ...ofPeople].join("; ")}. ${
    seeds.length === 1 ? "One seed" : `${seeds.length} seeds`
  }, each with its model and, where parts are drawn, its split by group. Encoders: ${
    encoderCaption(encoders, encoderNotes)
  }.`;
}
