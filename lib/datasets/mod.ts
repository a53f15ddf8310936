/**
 * Corpora: readers, the valence map, subsets, splits, their audit, and pairing.
 *
 * @module
 */

export { auditEncoder, auditSplit, type SplitKey, type SplitReport } from "./audit.ts";
export { type EmotionsOptions, readEmotions } from "./emotions.ts";
export { type FacesOptions, readFaces } from "./faces.ts";
export type { CorpusFile } from "./corpus_files.ts";
export { nearDistance, type NearDuplicateOptions, nearDuplicates } from "./near_duplicates.ts";
export { normaliseText } from "./normalise_text.ts";
export {
  type Pair,
  type PairedCorpora,
  pairsAmong,
  pairsByShown,
  polarityOfPair,
  shownBy,
  type ShownPairs,
  splitPairs,
} from "./paired.ts";
export {
  type PairingOptions,
  type PairingProtocol,
  pairingProtocols,
  pairTriples,
  type Triples,
} from "./pairing.ts";
export { hammingDistance, type ImageBits } from "./image_bits.ts";
export { perceptualHash } from "./perceptual_hash.ts";
export {
  parseRavdessName,
  ravdessMetadata,
  type RavdessName,
  type RavdessOptions,
  readRavdess,
} from "./ravdess.ts";
export { ravdessSentences, ravdessWithSentences } from "./ravdess_sentences.ts";
export type { Corpus, Sample, Source } from "./sample.ts";
export { readPairedTable, type TableCorpora, type TableOptions } from "./table.ts";
export { printTableReport, type TableReport } from "./table_report.ts";
export { isTable } from "./table_rows.ts";
export { type Part, parts, type Split } from "./parts.ts";
export {
  emoboxFolds,
  foldSplit,
  type FoldSplitOptions,
  groupedSplit,
  type GroupedSplitOptions,
  statementSplit,
  type StatementSplitOptions,
} from "./split.ts";
export { balancedSubset } from "./subset.ts";
export { defaultValence, polarityOf, type Valence, type ValenceMap } from "./valence.ts";
