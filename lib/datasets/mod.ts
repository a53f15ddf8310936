/**
 * Corpora: readers, the valence map, subsets, splits, their audit, and pairing.
 *
 * @module
 */

export * from "./audit.ts";
export { printCorpusReport, printExcluded } from "./corpus_report.ts";
export * from "./emotions.ts";
export * from "./faces.ts";
export { type FeatureReport, printFeatureReport } from "./feature_report.ts";
export type { FeatureSequences, Repairs, Sequence } from "./feature_sequences.ts";
export {
  isFeatureFile,
  type MmsaFile,
  type MmsaOptions,
  type MmsaSample,
  readMmsa,
} from "./mmsa.ts";
export { bytesInMemory, type ByteSource } from "./pickle/byte_source.ts";
export {
  type OpenPickle,
  openPickle,
  type PickleOptions,
  readPickle,
} from "./pickle/read_pickle.ts";
export { type ArrayContent, PickledArray } from "./pickle/array.ts";
export { DType, type ElementType, type Numbers } from "./pickle/dtype.ts";
export { Bytes, type Global, LongText, type PickleValue, Tuple } from "./pickle/values.ts";
export type { CorpusFile } from "./corpus_files.ts";
export * from "./file_hashes.ts";
export type { FileContent, HashedFile } from "./hash_file.ts";
export {
  type GivenSplitOptions,
  type LeakChoice,
  leakChoices,
  splitNotes,
  useGivenSplit,
} from "./given_split.ts";
export * from "./group_folds.ts";
export { type Leak, leakText } from "./leaks.ts";
export {
  nearCropDistance,
  nearDistance,
  type NearDuplicateOptions,
  nearDuplicates,
} from "./near_duplicates.ts";
export { neighboursOf, type OrderedRows } from "./neighbours.ts";
export * from "./normalise_text.ts";
export * from "./paired.ts";
export { readCremaDVotes } from "./people/crema_d_votes.ts";
export { readEmotionTalk } from "./people/emotion_talk.ts";
export { type Judged, type JudgedSample, type JudgedSet, verdictOf } from "./people/judged_set.ts";
export * from "./pairing.ts";
export { hammingDistance, type ImageBits, type ImageLook, lookOfGrey } from "./image_bits.ts";
export * from "./perceptual_hash.ts";
export type { NamedBytes } from "./open_image.ts";
export {
  parseRavdessName,
  ravdessMetadata,
  type RavdessName,
  type RavdessOptions,
  readRavdess,
} from "./ravdess.ts";
export * from "./ravdess_sentences.ts";
export * from "./sample.ts";
export { readPairedTable, type TableCorpora, type TableOptions } from "./table.ts";
export type { TargetChoice } from "./table_target.ts";
export * from "./table_report.ts";
export type { LabelMap } from "./label_words.ts";
export { type NumberingName, numberings } from "./numberings.ts";
export type { LeftOut, Row, Rows, Several } from "./rows.ts";
export type { Layout, Seen } from "./layouts/layout.ts";
export {
  corporaIn,
  type FoundLayout,
  holdsFeatures,
  holdsRows,
  layoutOf,
  layouts,
  nearestLayouts,
  tablesIn,
} from "./layouts/mod.ts";
export type { Cells, OpenVideo } from "./table_cells.ts";
export { isTable } from "./table_rows.ts";
export * from "./parts.ts";
export * from "./split.ts";
export * from "./split_file.ts";
export * from "./subset.ts";
export { defaultValence, polarityOf, type Valence, type ValenceMap } from "./valence.ts";
export type { ClassTarget, ScoreTarget, Target } from "../target.ts";
