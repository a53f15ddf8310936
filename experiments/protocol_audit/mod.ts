/** The protocol audit, from a study's features to files. @module */

import { auditBars } from "../../lib/figures/mod.ts";
import { faultyScaledProbe } from "./faulty_protocols.ts";
import type { JudgedJob } from "../../lib/study/predictions.ts";
import { auditToMarkdown } from "./markdown.ts";
import { auditedSystems, planProtocolAudit } from "./plan.ts";
import {
  type AuditedFault,
  collateContrasts,
  collateLuckySeeds,
  collatePairing,
  collateRates,
} from "./rows.ts";
import { type Branch, branches, proposedRuns } from "../../lib/study/proposed_runs.ts";
import { testExams } from "../../lib/study/run.ts";
import type { Job, Outcome } from "../../lib/study/job.ts";
import { spreadCaption } from "../tables.ts";
import {
  dataCaption,
  fewerSeeds,
  finish,
  type Result,
  saveFigure,
  saveRun,
  shortCaption,
  type Study,
} from "../../lib/study/study.ts";

/** Lets in every fault, one at a time, and sets the score beside the honest one. */
export async function reproduceProtocolAudit(study: Study): Promise<Result> {
  const { samples, options: { config } } = study;
  const seeds = fewerSeeds(study);
  const plan = planProtocolAudit(samples, { seeds, config });
  const files = new Map<string, string>();
  const keep = (outcome: Outcome) => saveRun(files, outcome, samples);

  const outcomes = await study.run(plan.jobs);
  const scaled: Outcome[] = [];
  for (const job of plan.scaled) scaled.push(await runScaledProbe(job, study));
  const judged = [...outcomes, ...scaled].map(keep);
  const rateNames = new Set(plan.rates.map(({ name }) => name));
  const rates = outcomes.filter(({ job }) => rateNames.has(job.name));
  const all = await proposedRuns(study);
  const bySeed = Object.fromEntries(
    branches.map((branch) => [branch, all[branch].map(keep)]),
  ) as Record<Branch, JudgedJob[]>;
  const faults = [
    ...collateContrasts(plan.contrasts, judged),
    collateRates(rates, judged),
    ...collateLuckySeeds(bySeed),
  ];
  const pairing = collatePairing(judged);

  const title = "Protocol audit. What each fault adds to a score";
  const caption =
    `${dataCaption(study)} ${spreadCaption(seeds.length)}, each with its own split; ` +
    "differences and p (Student's t, uncorrected) are paired by seed. Every number with a fault is wrong on purpose. " +
    "The honest runs hold out what the fault lets cross, have every file once, choose on validation " +
    "and scale by training rows. Training with copies takes as many steps as without. " +
    "Epochs and penalties are chosen by loss: on test too, an accuracy may fall by that.";
  for (const system of auditedSystems) {
    const figure = auditBars(faults.filter((fault) => fault.system === system).map(toBar), {
      title: `What a fault in the protocol adds: ${system}`,
      subtitle: `${
        shortCaption(study, seeds.length)
      }; every score with a fault is wrong on purpose`,
      measure: "accuracy on the test part",
    });
    const own = system === "Proposed" ? "" : `_${system.toLowerCase().replace(" ", "_")}`;
    await saveFigure(files, `protocol_audit${own}`, figure);
  }
  const markdown = auditToMarkdown({ faults, pairing, absent: plan.absent }, { title, caption });
  return finish(study, {
    ...{ name: "protocol_audit", title, caption, markdown, files },
    numbers: { seeds, faults, pairing, absent: plan.absent },
    rows: faults,
  });
}

// No system scales by more than its training rows, so that this fault has a fit of its own.
async function runScaledProbe(job: Job, study: Study): Promise<Outcome> {
  const { samples } = study;
  const modality = job.present[0]!;
  const features = await study.featuresOf(job);
  const scores = faultyScaledProbe(features, {
    modality,
    split: job.split[modality],
    scaledOn: [...samples[modality].keys()],
  });
  const verdicts = testExams(job, features).map((exam) => ({ ...exam, scores }));
  return { job, verdicts, record: {} };
}

function toBar({ fault, accuracy: { honest, inflated } }: AuditedFault) {
  return { fault, honest, inflated };
}
