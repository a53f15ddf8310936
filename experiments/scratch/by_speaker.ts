/** The systems of speech again, on features that are normalised by speaker: rows of another protocol. @module */

import { byModality } from "../../lib/modality.ts";
import { type Job, named, type Outcome } from "../../lib/study/job.ts";
import { actors, assertSpeakers, normaliseSpoken } from "../../lib/study/speakers.ts";
import type { Study } from "../../lib/study/study.ts";
import type { Samples } from "../../lib/study/splits.ts";
import { bySpeakerNote } from "../../lib/systems/by_speaker.ts";
import type { CorpusFeatures } from "../../lib/systems/features.ts";

/** What became of them. */
export interface SpokenRuns {
  readonly outcomes: readonly Outcome[];
  /** For the caption: the protocol, or why there are no such rows. */
  readonly note: string;
}

/** The jobs of speech alone, of the kind that the rows by speaker are made of. */
function bySpeakerJobs(jobs: readonly Job[]): Job[] {
  return jobs.filter(({ kind }) => kind.endsWith("scratch-audio"))
    .map((job) => named({ ...job, kind: `${job.kind}-by-speaker` }));
}

/**
 * Runs the jobs of speech alone again, as such of the kind `…-by-speaker`. The statistics of a speaker are of all clips in `samples`, neutral
 * ones too; a corpus whose speakers have too few has no such rows.
 */
export async function runBySpeaker(
  study: Pick<Study, "run">,
  jobs: readonly Job[],
  { features, samples }: {
    readonly features: CorpusFeatures;
    readonly samples: Samples;
  },
): Promise<SpokenRuns> {
  const spoken = bySpeakerJobs(jobs);
  if (spoken.length === 0) return { outcomes: [], note: "" };
  try {
    assertSpeakers(samples, actors);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { outcomes: [], note: `No rows by speaker: ${error.message}.` };
  }
  const { audio } = normaliseSpoken(features, samples).features;
  // Nothing else is read, and workers would have it twice.
  const own = byModality((m) => m === "audio" ? audio : { ...features[m], tables: {} });
  const outcomes = await study.run(spoken, { features: own, samples });
  return { outcomes, note: `Rows "by speaker": ${bySpeakerNote}.` };
}
