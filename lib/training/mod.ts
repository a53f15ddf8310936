/**
 * The one training loop: a compiled step, its schedule and early stopping, and what is kept between epochs.
 *
 * @module
 */

export { type CheckpointOptions, openCheckpoints } from "./checkpoint.ts";
export { type CompiledGraph, type GraphCache, graphCache } from "./graph_cache.ts";
export {
  type Batch,
  compileStep,
  type Objective,
  type Step,
  type StepOptions,
  type StepState,
} from "./step.ts";
export {
  type Checkpoints,
  type Ended,
  type Epoch,
  learningRateAt,
  type Standing,
  train,
  type TrainConfig,
  type Trained,
  type TrainOptions,
  type TrainTask,
} from "./train.ts";
