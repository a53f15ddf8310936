/**
 * People as encoders: fusion of what they said of text, voice and face alone, to tell what those said
 * who had all. No signal is read, so nothing but the fusion can be better or worse.
 *
 *     deno task reproduce natural --data DIR
 *
 * where DIR has `emotiontalk/` or `crema_d/` or both. Not in the paper. On the whole sets, accuracy by
 * held-out group: EmotionTalk .433 of text, .678 of voice, .659 of face and .722 of late fusion, of its
 * polarity .715, .835, .884 and .910; CREMA-D, what was meant, .57 of voice, .72 of face, .77 of late
 * fusion, and what those said who had both .63, .80 and .84. Products of modalities are within a point
 * of late fusion on all four; label-pairing adds three.
 *
 * @module
 */

import { type JudgedSet, readCremaDVotes, readEmotionTalk } from "../../../lib/datasets/mod.ts";
import { kindOf } from "../../../lib/files.ts";
import { rowsToCsv } from "../../../lib/study/rows_csv.ts";
import { saveFigure } from "../../../lib/study/save_figure.ts";
import { fold, key } from "../../../lib/tensor/random.ts";
import { type Disagreement, disagreementsOf } from "./disagreement.ts";
import { followedFigure, fusionFigure } from "./figures.ts";
import { findingsOfDisagreements, findingsOfRows } from "./findings.ts";
import { answersOf, type Protocol, protocolsOf } from "./judge.ts";
import { peopleMarkdown } from "./markdown.ts";
import { predictionsFromCsv, predictionsPath, predictionsToCsv } from "./predictions.ts";
import { type Question, questionsOf } from "./question.ts";
import { collatePeople, type PeopleRow } from "./rows.ts";

/** How {@linkcode peopleSection} goes about it. */
export interface PeopleOptions {
  /** Draws folds of many groups, and the label-paired rows. @default 1 */
  readonly seed?: number;
  /** Earlier predictions, by the path that `files` has them under: these are not made again. */
  readonly saved?: (path: string) => Promise<string | undefined>;
  readonly onProgress?: (step: string, done: number, total: number) => void;
}

/** What {@linkcode peopleSection} makes of the sets. */
export interface PeopleSection {
  readonly rows: readonly PeopleRow[];
  readonly disagreements: readonly Disagreement[];
  /** What was found, each computed from the rows. */
  readonly sentences: readonly string[];
  /** Lines: tables, and the sentences. */
  readonly markdown: readonly string[];
  /** By path: predictions, rows as CSV, and figures. */
  readonly files: ReadonlyMap<string, string>;
}

const readers: Readonly<Record<string, (folder: string) => Promise<JudgedSet>>> = {
  emotiontalk: readEmotionTalk,
  crema_d: readCremaDVotes,
};

/** Whether a folder has one of the sets that people judged. */
export async function holdsPeople(folder: string): Promise<boolean> {
  return (await setsIn(folder)).length > 0;
}

async function setsIn(folder: string): Promise<string[]> {
  const kinds = await Promise.all(Object.keys(readers).map((name) => kindOf(`${folder}/${name}`)));
  return Object.keys(readers).filter((_, i) => kinds[i] === "folder");
}

/**
 * The sets that `folder` has.
 *
 * @throws {RangeError} There is none, or a table is none of theirs: with file and line.
 */
export async function readPeople(folder: string): Promise<JudgedSet[]> {
  const names = await setsIn(folder);
  if (names.length === 0) {
    const wanted = Object.keys(readers).join(" or ");
    throw new RangeError(`Cannot read "${folder}": expected a folder with ${wanted}, got neither`);
  }
  return await Promise.all(names.map((name) => readers[name]!(`${folder}/${name}`)));
}

/**
 * Judges what fusions make of people's verdicts, in the sets that `folder` has, and whom people follow
 * themselves. Every number is computed from the saved predictions or from the sets' own tables; an
 * equal seed gives equal bytes.
 *
 * @throws {RangeError} As {@linkcode readPeople}; or saved predictions are of other rows: with file
 * and line.
 */
export async function peopleSection(
  folder: string,
  { seed = 1, saved = () => Promise.resolve(undefined), onProgress }: PeopleOptions = {},
): Promise<PeopleSection> {
  const sets = await readPeople(folder);
  const files = new Map<string, string>();
  const rows: PeopleRow[] = [];
  for (const question of sets.flatMap(questionsOf)) {
    for (const protocol of protocolsOf(question, { seed })) {
      const path = predictionsPath(question, protocol.name);
      const asked = protocol.folds.flatMap(({ test }) => test.map((row) => question.rows[row]!));
      const tell = (done: number) =>
        onProgress?.(`${question.set}, ${question.target}`, done, protocol.folds.length);
      const csv = await saved(path) ?? judged(question, protocol, { seed, tell });
      files.set(path, csv);
      const answers = predictionsFromCsv(csv, { rows: asked, question, path });
      rows.push(...collatePeople(answers, { ...question, protocol: protocol.name }));
    }
  }
  const disagreements = sets.flatMap(disagreementsOf);
  const sentences = [...findingsOfRows(rows), ...findingsOfDisagreements(disagreements)];
  files.set("people.csv", rowsToCsv(rows));
  files.set("people_disagreements.csv", rowsToCsv(disagreements));
  await saveFigure(files, "people_fusion", (form) => fusionFigure(rows, form));
  if (disagreements.length > 0) {
    await saveFigure(files, "people_followed", (form) => followedFigure(disagreements, form));
  }
  const notes = sets.map(noteOf);
  const markdown = peopleMarkdown({ rows, disagreements, notes, sentences });
  return { rows, disagreements, sentences, markdown, files };
}

/** The predictions of every fold, as they are saved. */
function judged(
  question: Question,
  { name, folds }: Protocol,
  { seed, tell }: { readonly seed: number; readonly tell: (done: number) => void },
): string {
  const systems = new Map<string, number[]>();
  folds.forEach((one, i) => {
    const answers = answersOf(question, one, fold(key(seed), "people", name, i));
    for (const [system, own] of Object.entries(answers)) {
      systems.set(system, [...systems.get(system) ?? [], ...own]);
    }
    tell(i + 1);
  });
  const rows = folds.flatMap(({ test }) => test.map((row) => question.rows[row]!));
  return predictionsToCsv(question, { rows, systems });
}

function noteOf({ name, samples, leftOut, groupedBy }: JudgedSet): string {
  const groups = new Set(samples.map(({ group }) => group)).size;
  const gone = Object.entries(leftOut).map(([reason, count]) => `${count} ${reason}`);
  return `${name}: ${samples.length} rows of ${groups} ${groupedBy}s` +
    (gone.length > 0 ? `; left out: ${gone.join(", ")}.` : "; nothing is left out.");
}
