/**
 * Systems: what a problem is, how a network is fitted to it and asked, and the proposed model as one.
 *
 * @module
 */

export * from "./averaged_seeds.ts";
export type * from "./batches.ts";
export {
  bySpeakerNote,
  type ClipTables,
  fewestClips,
  normaliseBySpeaker,
  normaliseClips,
  type SpeakerStatistics,
  speakerStatistics,
  type SpokenClips,
  statisticsBySpeaker,
} from "./by_speaker.ts";
export type * from "./features.ts";
export type * from "./network.ts";
export type * from "./predict.ts";
export * from "./proposed.ts";
export type { ModelSettings, ProposedTraining } from "./settings.ts";
export type * from "./system.ts";
export * from "./trained.ts";
export type { ClassTarget, ScoreTarget, Target } from "../target.ts";
export type { SampleWeights } from "./weights.ts";
