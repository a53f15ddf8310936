/**
 * Figures, tables, sounds, pictures and progress in notebooks on the Deno kernel.
 *
 * @module
 */

export {
  audio,
  type CaptionedImage,
  figure,
  image,
  images,
  jupyterDisplay,
  markdown,
  type MimeBundle,
  page,
  type Shown,
  table,
  type TableRow,
} from "./display.ts";
export { type HeatAxis, heatMap, type HeatMapOptions } from "./heat_map.ts";
export {
  type Kernel,
  type Live,
  live,
  type LiveProgress,
  type LiveTraining,
  type LiveTrainingOptions,
  progress,
  training,
} from "./live.ts";
export { type Evaluated, type ScoreName, scores, type ShownScore } from "./scores.ts";
