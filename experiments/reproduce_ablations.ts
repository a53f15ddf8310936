/** The ablations, from a study's features to files. @module */

import { loadEncoders } from "../lib/encoders/mod.ts";
import { forestFigure, gateDistributionFigure, type GateRow } from "../lib/figures/mod.ts";
import type { CorpusFeatures } from "../lib/training/features.ts";
import {
  type Ablation,
  type AblationRow,
  ablations,
  collateAblations,
  collateProtocols,
  fullModel,
  planAblations,
  planProtocols,
  type ProtocolRow,
} from "./ablations.ts";
import { encodeSamples } from "./corpora.ts";
import { type Job, type Outcome, testExams } from "./run.ts";
import { proposedJobs } from "./proposed_runs.ts";
import {
  dataCaption,
  json,
  provenance,
  type Result,
  saveFigure,
  saveRun,
  shortCaption,
  type Study,
} from "./study.ts";
import { jobName, printP, type Score } from "./table_1.ts";

/** Seeds of the ablations: every variant is a training of its own. */
const mostSeeds = 3;

/** Trains every variant and compares it with the full model. */
export async function reproduceAblations(study: Study): Promise<Result> {
  const { samples, options: { config } } = study;
  const seeds = study.options.seeds.slice(0, mostSeeds);
  const settings = { seeds, data: config.data };
  const chosen = config.thorough ? ablations : oneOfEachFamily();
  const files = new Map<string, string>();
  const keep = (outcomes: readonly Outcome[]) =>
    outcomes.map((outcome) => saveRun(files, outcome, samples));

  const jobs = planAblations(samples, { ...settings, chosen });
  const judged = keep(await runByFeatures(study, jobs));
  const rows = collateAblations(judged, samples, chosen);
  const protocolRuns = await study.run(planProtocols(samples, settings));
  const protocols = collateProtocols(keep(protocolRuns));
  const gates = await gateByEmotion(study, seeds);

  const subtitle = shortCaption(study, seeds.length);
  for (const setting of ["unified", "audio"] as const) {
    const own = rows.filter((row) => row.setting === setting && row.comparison);
    const figure = forestFigure(own.map(forestRow), {
      title: setting === "unified" ? "Ablations, on triples" : "Ablations, on speech alone",
      subtitle: `${subtitle}; the variant less the full model`,
      measure: "accuracy",
    });
    await saveFigure(files, `ablations_${setting}`, figure);
  }
  const gateFigure = gateDistributionFigure(gates.rows, {
    title: "The audio gate, by emotion",
    subtitle: `${subtitle}; test clips of all seeds`,
  });
  await saveFigure(files, "gate_by_emotion", gateFigure);

  const title = "Ablations. What each part adds";
  const caption = `${dataCaption(study)} ${seeds.length} seeds; each variant is trained anew.`;
  const markdown = toMarkdown({ rows, protocols, gates }, { title, caption });
  const data = {
    ...{ name: "ablations", title, caption },
    ...provenance(study),
    ...{ seeds, rows, protocols, gates },
  };
  files.set("ablations.md", markdown);
  files.set("ablations.json", json(data));
  return { data, markdown, files };
}

// The last of a family: that of segments needs fewer than the encoders gave, unless it has to encode anew.
function oneOfEachFamily(): Ablation[] {
  const small = ablations.filter(({ variant }) => (variant.segments ?? 0) <= 4);
  return [...Map.groupBy(small, ({ family }) => family).values()].map((own) => own.at(-1)!);
}

// Variants with more segments than the encoders gave need features of their own.
async function runByFeatures(study: Study, jobs: readonly Job[]): Promise<Outcome[]> {
  const most = Math.max(
    ...Object.values(study.features).map(({ tables }) => tables.mask!.shape[1]!),
  );
  const finer = jobs.filter(({ variant }) => (variant?.segments ?? 0) > most);
  const usual = await study.run(jobs.filter((job) => !finer.includes(job)));
  if (finer.length === 0) return usual;
  const features = await encodeFiner(study, finer[0]!.variant!.segments!);
  return [...usual, ...await study.run(finer, { features })];
}

async function encodeFiner(study: Study, segments: number): Promise<CorpusFeatures> {
  const { samples, store, options: { cache, encoders: choice, onProgress } } = study;
  const encoders = await loadEncoders(choice, {
    cache,
    segments: { text: segments, image: segments, audio: segments },
  });
  const { features } = await encodeSamples(samples, {
    encoders,
    store,
    onProgress: (m, done, total) =>
      onProgress(`encoding ${m} in ${segments} segments`, done, total),
  });
  await Promise.all([encoders.text, encoders.image, encoders.audio].flat().map((e) => e.dispose()));
  return features;
}

/** The gate over test clips, and whether it has given up on a path. */
interface Gates {
  readonly rows: readonly GateRow[];
  /** Mean over all clips. */
  readonly mean: number;
  /** Mean deviation of the gate within a clip, over its segments and features. */
  readonly spread: number;
  /** Below 0.05 or above 0.95 on average, the gate listens to one path only. */
  readonly collapsed: boolean;
}

async function gateByEmotion(study: Study, seeds: readonly number[]): Promise<Gates> {
  const { samples, options: { config: { data } } } = study;
  const jobs = proposedJobs(samples, "audio", { seeds, data }).map((job) => ({
    ...job,
    name: jobName("Proposed", "gate-single-audio", job.seed),
    exams: testExams(job, study.features).map((exam) => ({ ...exam, inspect: true })),
  }));
  const byEmotion = new Map<string, number[]>();
  const spreads: number[] = [];
  for (const { verdicts: [verdict] } of await study.run(jobs)) {
    const { values } = verdict!.inspected!.gate!;
    Array.from(verdict!.rows.audio!, (row, i) => {
      const { emotion } = samples.audio[row]!;
      byEmotion.set(emotion, [...byEmotion.get(emotion) ?? [], values[2 * i]!]);
      spreads.push(values[2 * i + 1]!);
    });
  }
  const mean = average([...byEmotion.values()].flat());
  return {
    rows: [...byEmotion].toSorted(([a], [b]) => a < b ? -1 : 1).map(([emotion, own]) => ({
      emotion,
      count: own.length,
      mean: average(own),
      quantiles: quantiles(own),
    })),
    mean,
    spread: average(spreads),
    collapsed: mean < 0.05 || mean > 0.95,
  };
}

function quantiles(values: readonly number[]): GateRow["quantiles"] {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (p: number) => sorted[Math.round(p * (sorted.length - 1))]!;
  return [at(0.05), at(0.25), at(0.5), at(0.75), at(0.95)];
}

function average(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function forestRow({ family, name, comparison }: AblationRow) {
  const { difference, interval: [low, high], pHolm } = comparison!;
  // The mean over seeds and the pooled bootstrap weigh seeds of unlike size differently.
  return {
    ...{ family, variant: name, difference, p: pHolm },
    low: Math.min(low, difference),
    high: Math.max(high, difference),
  };
}

function toMarkdown(
  { rows, protocols, gates }: {
    readonly rows: readonly AblationRow[];
    readonly protocols: readonly ProtocolRow[];
    readonly gates: Gates;
  },
  { title, caption }: { title: string; caption: string },
): string {
  const score = ({ mean, sd }: Score) => `${mean.toFixed(3)} ± ${sd.toFixed(3)}`;
  const signed = (x: number) => `${x < 0 ? "−" : "+"}${Math.abs(x).toFixed(3)}`;
  const tables = (["unified", "audio"] as const).flatMap((setting) => [
    setting === "unified" ? "### Triples, the unified classifier" : "### Speech alone",
    "",
    "| variant | accuracy | less the full model | 95 % interval | p (Holm) | effect h | resolvable |",
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ...rows.filter((row) => row.setting === setting).map(
      ({ family, name, accuracy, comparison }) => {
        const label = name === fullModel ? `**${name}**` : `${family}: ${name}`;
        if (!comparison) return `| ${label} | ${score(accuracy)} | | | | | |`;
        const { difference, interval, pHolm, effect, resolvable } = comparison;
        return `| ${label} | ${score(accuracy)} | ${signed(difference)} | [${
          interval.map(signed).join(", ")
        }] | ${printP(pHolm)} | ${signed(effect)} | ${resolvable?.toFixed(3) ?? "none"} |`;
      },
    ),
    "",
  ]);
  return [
    `## ${title}`,
    "",
    caption,
    "",
    ...tables,
    "### Trained under one pairing protocol, asked the same",
    "",
    "| trained under | text alone | image alone | audio alone | unified, on triples of one label |",
    "| --- | ---: | ---: | ---: | ---: |",
    ...protocols.map(({ protocol, accuracy: { text, image, audio, unified } }) =>
      `| ${protocol} | ${[text, image, audio, unified].map(score).join(" | ")} |`
    ),
    "",
    "### The gate",
    "",
    `Over all test clips the gate is ${
      gates.mean.toFixed(3)
    } on average, the share of the spectral path, ` +
    `and varies by ${gates.spread.toFixed(3)} within a clip. ` +
    (gates.collapsed ? "It has collapsed: one path is not listened to." : "It has not collapsed."),
    "",
  ].join("\n");
}
