/** CLIP in a study: made, loaded and asked once a job reads it. @module */

import { type ZeroShotPrompts, zeroShotPrompts } from "../baselines/mod.ts";
import { defaultValence } from "../datasets/mod.ts";
import type { ClipEncoders } from "../encoders/mod.ts";
import { byModality } from "../modality.ts";
import type { CorpusFeatures } from "../systems/features.ts";
import type { Job } from "./job.ts";
import { shareFeatures } from "./pool.ts";
import { digestsOf } from "./study_encoders.ts";

/** What jobs of CLIP have beside the features of others. */
export interface ClipFeatures {
  /** With a table `clip` of each modality. */
  readonly features: CorpusFeatures;
  readonly prompts: ZeroShotPrompts;
}

/** The CLIP of a study. */
export interface StudyClip {
  /** Makes it if it is missing. */
  readonly encoders: () => Promise<ClipEncoders>;
  /** The features of the study for jobs of CLIP. */
  readonly features: () => Promise<ClipFeatures>;
  /** Its digests by id, if it has been loaded. */
  readonly digests: () => Readonly<Record<string, string>>;
  readonly dispose: () => Promise<void>;
}

/** Says whether a job compares with CLIP; no other reads its tables. */
export function readsClip({ system }: Pick<Job, "system">): boolean {
  return system.startsWith("CLIP");
}

/** Features as jobs have them that do not read CLIP's. */
export function withoutClip(features: CorpusFeatures): CorpusFeatures {
  return byModality((m) => {
    const { clip: _, ...tables } = features[m].tables;
    return { ...features[m], tables };
  });
}

/** A CLIP that `load` gives at the first call, and the tables that `encode` makes of a study's samples. */
export function studyClip(
  { features, load, encode }: {
    readonly features: CorpusFeatures;
    readonly load: () => Promise<ClipEncoders>;
    readonly encode: (clip: ClipEncoders) => Promise<CorpusFeatures>;
  },
): StudyClip {
  let loading: Promise<ClipEncoders> | undefined;
  let loaded: ClipEncoders | undefined;
  let asked: Promise<ClipFeatures> | undefined;
  const encoders = () =>
    loading ??= load().then((clip) => {
      loaded = clip;
      return clip;
    });
  const ask = async (): Promise<ClipFeatures> => {
    const clip = await encoders();
    const prompts = await zeroShotPrompts(clip, { valence: defaultValence });
    const made = await encode(clip);
    const withClip = byModality((m) => {
      const { clip: table } = made[m].tables;
      return table === undefined
        ? features[m]
        : { ...features[m], tables: { ...features[m].tables, clip: table } };
    });
    return { features: shareFeatures(withClip), prompts };
  };
  return {
    encoders,
    features: () => asked ??= ask(),
    digests: () => loaded ? digestsOf([loaded.text, loaded.image, loaded.audio]) : {},
    dispose: async () => await loaded?.dispose(),
  };
}
