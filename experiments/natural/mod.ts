/**
 * Natural rows: does fusion earn its place where text, picture and voice belong together?
 *
 *     deno task reproduce natural [--data TABLE or FOLDER] [--context N]
 *
 * Every system that rows suit, on sets whose samples belong together: a table, a set in one of the
 * layouts, a feature file, or a folder with several. Differences are to late fusion, which adds up
 * what each modality says; two controls say what interaction adds to a fused verdict
 * (`additiveProjection`) and what pairing by label would make up. Rows are tested on the parts that a
 * set gives and on parts drawn by group; rows that are nearly the same are kept together where parts
 * are drawn, and counted where they are given. Rows in an order are learnt with their neighbours as
 * well. Features that know their labels are refused, and of several sets the others go on. Without data, two sets that are made up, in which the
 * answer is known: it checks the method.
 *
 * The paper pairs by label alone, which leaves nothing for attention to find.
 *
 * @module
 */

import { verdictScores } from "../../lib/inference/verdict_scores.ts";
import { encoderCaption } from "../../lib/study/encoder_source.ts";
import { type ResultFiles, resultFiles } from "../../lib/study/result_files.ts";
import { rowsToCsv } from "../../lib/study/rows_csv.ts";
import type { Job } from "../../lib/study/job.ts";
import { withMixture } from "../../lib/study/mixed_arithmetic.ts";
import { inRounds } from "../../lib/study/part.ts";
import type { JudgedJob } from "../../lib/study/predictions.ts";
import { inContext } from "../../lib/study/row_features.ts";
import { labelledAs } from "../../lib/study/rows_study.ts";
import { saveFigure } from "../../lib/study/save_figure.ts";
import { saveRun } from "../../lib/study/save_run.ts";
import { json, type Result } from "../../lib/study/study.ts";
import type { CorpusFeatures } from "../../lib/systems/features.ts";
import { byModality, modalities } from "../../lib/modality.ts";
import { collateCompare, flatDifference, flatRow } from "../compare/rows.ts";
import { heardAlike, withContextAdds } from "./context.ts";
import { naturalFigures } from "./figures.ts";
import { type Finding, findingsOf, findingsOfRefused, type JudgedSection } from "./findings.ts";
import { naturalMarkdown } from "./markdown.ts";
import type { NaturalSet } from "./natural_set.ts";
import { peopleSection } from "./people/mod.ts";
import type { NaturalStudy } from "./open_natural.ts";
import { leadOf, type Section } from "./sections.ts";

export { type NaturalStudy, openNatural } from "./open_natural.ts";

/** The sections of a set, with the rows of each; those without context come before those with it. */
async function judgedSections(
  { sections, features, rows: { pairs, order } }: NaturalStudy["sets"][number],
  study: NaturalStudy,
  files: ResultFiles,
): Promise<(JudgedSection & Pick<Section, "audits">)[]> {
  let without: readonly JudgedJob[] = [];
  const asked = sections.find(({ context }) => context);
  const near = asked ? inContext(features, { pairs, order }, asked) : features;
  return await inRounds(sections.map(({ jobs, alike, ...section }) => async () => {
    const { target, context } = section;
    const lead = leadOf(target);
    const samples = byModality((m) => section.rows.corpora[m].samples);
    const own = labelledAs(context ? near : features, samples);
    const run = async (jobs: readonly Job[], features: CorpusFeatures) =>
      (await study.run(jobs, { features, samples }))
        .map((outcome) => saveRun(files, outcome, samples));
    const [judged, heard] = await inRounds([
      () => run(jobs, own),
      async () => context === undefined ? [] : await run(alike, heardAlike(own)),
    ]);
    const rows = collateCompare(judged, { samples, target, lead });
    if (context === undefined) {
      without = judged;
      return { ...section, rows };
    }
    const compared = { judged, without, samples, lead, alike: heard };
    return { ...section, rows: withContextAdds(rows, compared) };
  }));
}

/** Fits every system to every section, and says what was found. */
export async function natural(study: NaturalStudy): Promise<Result> {
  const { options, sets, digests, encoderNotes, hash, refused } = study;
  const files = resultFiles({ folder: study.workFolder });
  const judged = (await inRounds(sets.map((set) => () => judgedSections(set, study, files))))
    .flat();
  const people = study.people === undefined ? undefined : await peopleSection(study.people, {
    ...study.saved && { saved: study.saved },
    onProgress: options.onProgress,
  });
  for (const [path, text] of people?.files ?? []) files.set(path, text);
  for (const [name, draw] of naturalFigures(judged, options.dataLabel)) {
    await saveFigure(files, name, draw);
  }
  const title = "Natural rows: does fusion earn its place?";
  const caption = captionOf(study);
  const ofPeople = (people?.sentences ?? []).map((sentence): Finding => ({
    ...{ of: "people", about: "people", sentence },
  }));
  const findings = [...findingsOf(judged), ...ofPeople, ...findingsOfRefused(refused)];
  const { markdown, arithmetics } = withMixture(
    naturalMarkdown({
      ...{ title, caption, findings, sets, judged, refused },
      people: people?.markdown,
    }),
    files,
  );
  const numbers = {
    ...{ name: "natural", title, caption },
    data: { label: options.dataLabel, folder: options.data, hash },
    ...{ encoders: digests, ...encoderNotes && { encoderNotes } },
    ...{ configuration: options.config, provider: options.provider, seeds: options.seeds },
    arithmetic: study.on.arithmetic,
    ...arithmetics,
    ...{ command: options.command, commit: options.commit },
    ...options.context && { context: options.context },
    sets: sets.map(({ name, rows, madeUp, note, kin, leakingFeatures }) => ({
      ...{ name, rows: rows.pairs.length, samples: samplesOf(rows), madeUp, note, kin },
      leakingFeatures,
    })),
    refused,
    sections: judged.map(({ rows, audits, set, learnt, division, context, leaking, target }) => ({
      ...{ set, learnt, division, context, leaking, target, leading: leadOf(target).name },
      scores: verdictScores(target).map(({ name, title }) => ({ name, title })),
      ...{ audits, rows },
    })),
    ...people && { people: { rows: people.rows, disagreements: people.disagreements } },
    findings,
  };
  files.set("natural.json", json(numbers));
  files.set("natural.md", markdown);
  files.set(
    "natural.csv",
    rowsToCsv(
      judged.flatMap(({ rows, set, learnt, division, context, leaking, target }) =>
        rows.map((row) => ({
          ...{ set, learnt, division, context: context ?? 0, ...leaking && { leaking } },
          ...flatRow(row, target),
          ...flatDifference("context_adds", row.contextAdds),
          ...flatDifference("readout_adds", row.readoutAdds),
        }))
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
