/** What decides a fit, and its name among all fits: alike on every machine, whatever is done already. @module */

import { sha256 } from "../files.ts";
import type { Job } from "./job.ts";

/** What of a job decides its fit. */
export function fitOf(job: Job): Omit<Job, "name" | "kind" | "exams" | "controls" | "parts"> {
  const { system, protocol, pairs, neutral, noisy, present, seed, split, variant, target } = job;
  const { classesAlike, gradients } = job;
  // In one order, whatever that of the job: fingerprints are of JSON.
  const chosen = {
    ...{ ...pairs && { pairs }, ...neutral && { neutral }, ...noisy && { noisy } },
    ...variant && { variant },
    ...{ ...target && { target }, ...classesAlike && { classesAlike } },
    // Parameters are the same, but not what is kept of the fit.
    ...gradients && { gradients },
  };
  return { system, protocol, present, seed, split, ...chosen };
}

// Large, and one object for many jobs.
const large = ["split", "pairs", "neutral", "noisy", "exams"] as const;
const digests = new WeakMap<object, string>();

/** SHA-256 of an object's JSON, made once for each object. */
export function digestOf(value: object): string {
  const known = digests.get(value) ?? sha256(JSON.stringify(value));
  digests.set(value, known);
  return known;
}

/** A job, or what decides its fit, with digests in place of what is large and shared. */
export function inBrief(
  job: Partial<Pick<Job, (typeof large)[number]>>,
): Readonly<Record<string, unknown>> {
  const shared = large.flatMap((name) => job[name] ? [[name, digestOf(job[name])]] : []);
  return { ...job, ...Object.fromEntries(shared) };
}

/** Names the fit of a job: SHA-256 of what decides it beside the data. */
export function fitKey(job: Job): string {
  return sha256(JSON.stringify(inBrief(fitOf(job))));
}
