/**
 * Trivalence: multimodal sentiment analysis with hierarchical cross-modal
 * attention and dual audio pathways, after Vamsidhar et al. (2025).
 *
 * @example The model on one batch, with every intermediate
 * ```ts
 * import { initModel, key, model, tensors, tf } from "./mod.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * const config = {
 *   width: 16,
 *   heads: 4,
 *   channels: [4, 8],
 *   framePooling: 1,
 *   gate: "per feature",
 *   levels: { within: true, across: true, summaries: true },
 *   residual: true,
 *   fusionLayers: 2,
 *   dropout: 0.3,
 *   inputs: {
 *     text: { segments: 8, width: 128 },
 *     image: { segments: 4, width: 256 },
 *     audio: { segments: 8, width: 256, frames: 40, bands: 16, prosody: 8 },
 *   },
 * } as const;
 *
 * const params = tensors(initModel(key(1), config));
 * const { logits, gate, weights } = model(params, {
 *   inputs: {
 *     text: { states: tf.randomNormal([2, 8, 128]), mask: tf.ones([2, 8]) },
 *     audio: {
 *       states: tf.randomNormal([2, 8, 256]),
 *       mask: tf.ones([2, 8]),
 *       logMel: tf.randomNormal([2, 40, 16]),
 *       frames: tf.tensor1d([40, 31]),
 *       prosody: tf.randomNormal([2, 8, 8]),
 *     },
 *     // No image: what is absent gets no attention.
 *   },
 * }, config);
 *
 * deepEqual(logits.unified.shape, [2, 2]);
 * deepEqual(gate!.shape, [2, 8, 16]);
 * deepEqual(weights.across.attention!.shape, [2, 4, 16, 16]);
 * ```
 *
 * @module
 */

// The model, one pair of functions for each box of the paper's Fig. 3: parameters, then the stage.
export {
  type AttentionParams,
  type AttentionWeights,
  audioGate,
  type AudioGateParams,
  crossModalAttention,
  featureFusion,
  type FeatureFusionParams,
  type Gate,
  hierarchy,
  type HierarchyConfig,
  type HierarchyParams,
  initAttention,
  initAudioGate,
  initFeatureFusion,
  initHierarchy,
  initModel,
  initProcessingLayer,
  initSentimentHeads,
  initSpectralBranch,
  initUnifiedClassifier,
  type InputSizes,
  inspection,
  type Keep,
  model,
  type ModelConfig,
  type ModelInputs,
  type ModelOutputs,
  type ModelParams,
  processingLayer,
  type ProcessingLayerParams,
  type Segments,
  sentimentHeads,
  type SentimentHeadsParams,
  spectralBranch,
  type SpectralBranchParams,
  unifiedClassifier,
  type UnifiedClassifierParams,
} from "./lib/model/mod.ts";

// What every part speaks of.
export { byModality, modalities, type Modality, type Polarity } from "./lib/modality.ts";

// Tensors, layers, losses and optimisers, and parameters as named trees.
export {
  adamW,
  type AdamWOptions,
  type AdamWState,
  clipByNorm,
  crossEntropy,
  dropout,
  flatten,
  type Init,
  initLayerNorm,
  initLinear,
  layerNorm,
  type LayerNormParams,
  linear,
  type LinearParams,
  type MapTree,
  type Parameter,
  tensors,
  type Tree,
  unflatten,
} from "./lib/tensor/mod.ts";
export type { Tensor } from "./lib/deps/tf.ts";
export { tf } from "./lib/tensor/tf.ts";

// Random numbers: keys that are folded, never a hidden state.
export { fold, keepMask, type Key, key, normals, permutation, uniforms } from "./lib/tensor/mod.ts";

// Functions of tensors, compiled for ONNX Runtime, and where they run.
export {
  compile,
  type Compiled,
  type CompileOptions,
  type DType,
  float32,
  int32,
  type Spec,
  type Tensors,
  type Values,
} from "./lib/compile/mod.ts";
export {
  chooseProviders,
  type EagerBackend,
  eagerBackends,
  type EagerChoice,
  type ExecutionProvider,
  executionProviders,
  type ProviderChoice,
  useEagerBackend,
} from "./lib/backends/mod.ts";

// Training, and the proposed model as a system.
export * from "./lib/training/mod.ts";
export * from "./lib/systems/mod.ts";

// The systems that the proposed model is compared with.
export {
  bestSingle,
  type ChosenRegression,
  clipBert,
  clipBertDefaults,
  clipProbe,
  clipZeroShot,
  concatMlp,
  concatMlpDefaults,
  type FeatureRows,
  fitLinearProbe,
  type JoinedVectorsSettings,
  type LabelledRows,
  lateFusion,
  learntLateFusion,
  linearProbe,
  type LogisticRegression,
  majority,
  mfccRegression,
  type MinimiseOptions,
  misa,
  type MisaConfig,
  misaDefaults,
  type MisaTraining,
  type MisaWeights,
  msfnet,
  msfnetDefaults,
  type MsfnetSettings,
  type PolarityPrompts,
  predictProbability,
  shuffledLabels,
  type SparseRows,
  type StrengthChoice,
  type StrengthTrial,
  tfIdfRegression,
  type ZeroShotPrompts,
  zeroShotPrompts,
} from "./lib/baselines/mod.ts";

// Metrics, intervals and tests.
export * from "./lib/metrics/mod.ts";

// Corpora, and how they are cut, audited and paired.
export {
  auditSplit,
  balancedSubset,
  type Corpus,
  defaultValence,
  emoboxFolds,
  type FacesOptions,
  foldSplit,
  type FoldSplitOptions,
  groupedSplit,
  type GroupedSplitOptions,
  type ImageBits,
  type NearDuplicateOptions,
  nearDuplicates,
  normaliseText,
  type PairingOptions,
  type PairingProtocol,
  pairingProtocols,
  pairTriples,
  type Part,
  parts,
  perceptualHash,
  type RavdessOptions,
  readEmotions,
  readFaces,
  readRavdess,
  type Sample,
  type Source,
  type Split,
  type SplitKey,
  type SplitReport,
  statementSplit,
  type StatementSplitOptions,
  type Triples,
  type Valence,
  type ValenceMap,
} from "./lib/datasets/mod.ts";

// The corpus that is made on the spot.
export {
  type ClipId,
  type EmbeddedClip,
  embeddedClip,
  type EmbeddedFace,
  embeddedFace,
  type EmbeddedPart,
  type EmbeddedProgress,
  type EmbeddedSentence,
  embeddedSentences,
  type EmbeddedSize,
  type FaceEmotion,
  faceEmotions,
  type IconSetName,
  makeEmbeddedCorpus,
  type SpeechEmotion,
  speechEmotions,
} from "./lib/datasets/embedded/mod.ts";

// Sound, from a file to frames and columns.
export {
  type Cepstrogram,
  decodeAudio,
  type DecodeOptions,
  decodeWav,
  logMel,
  type LogMelOptions,
  mfcc,
  type MfccOptions,
  type Prosody,
  prosody,
  prosodyColumns,
  type ProsodyOptions,
  resample,
  type Spectrogram,
  type Waveform,
} from "./lib/signal/mod.ts";

// Frozen encoders, and the store of what they gave.
export {
  type Clip,
  type ClipEncoders,
  clipRateHz,
  encodeCorpus,
  type EncodeCorpusOptions,
  type EncodedCorpus,
  type Encoder,
  type EncoderChoice,
  type EncoderIdentity,
  type EncoderInput,
  type Encoders,
  type Features,
  type FeatureStore,
  type FeatureTable,
  type ImageFile,
  type InputTransform,
  loadClipEncoders,
  loadEncoders,
  loadImageEncoder,
  loadSpeechEncoder,
  loadTextEncoder,
  type ModelOptions,
  openFeatureStore,
  type Progress,
  type SegmentCounts,
  spectralFeatures,
} from "./lib/encoders/mod.ts";

// Noise on a text, an image or a clip, before it is encoded.
export {
  babbleCorruption,
  type Corruption,
  type Corruptions,
  corruptions,
  corruptionTransform,
  type InputOf,
} from "./lib/corruptions/mod.ts";

// Figures: rows in, SVG out.
export {
  type AccuracyRow,
  type Architecture,
  type ArchitectureBox,
  type ArchitectureEdge,
  architectureFigure,
  attentionHeat,
  type AttentionPlace,
  type AttentionRow,
  auditBars,
  type AuditOptions,
  type AuditRow,
  type BandRow,
  confusionFigure,
  type ConfusionOptions,
  type ConfusionPanel,
  contributionBoxes,
  type ContributionRow,
  coverageFigure,
  type CoverageOptions,
  type CoverageRow,
  type CurvesOptions,
  curvesWithBands,
  dataStructureFigure,
  type DataStructureOptions,
  type DataStructureRow,
  type FieldEntry,
  fieldTimeline,
  type Figure,
  type FigureOptions,
  forestFigure,
  type ForestOptions,
  type ForestRow,
  gateDistributionFigure,
  type GateRow,
  modalityColours,
  progressionFigure,
  type ProgressionOptions,
  type ProgressionRow,
  reliabilityFigure,
  type ReliabilityPanel,
  renderSvg,
  rocFigure,
  type RocRow,
  systemColours,
  tableBars,
  type TableBarsOptions,
  timelineFigure,
  trainingProcessFigure,
  type TrainingSettings,
} from "./lib/figures/mod.ts";

// A trained model on disk, and its verdicts.
export {
  type CorpusRecord,
  type EncoderRecord,
  type EncoderRecords,
  explain,
  type Explanation,
  type ExportedModel,
  exportOnnx,
  type InputEncoders,
  loadExportedModel,
  type ModelDescription,
  type ModelFolder,
  type ModelVerdict,
  openInputEncoders,
  openModelFolder,
  type SampleFeatures,
  type SampleInput,
  type SavedFiles,
  saveModel,
  shapleyValues,
  type TestScore,
  type TrainedModel,
} from "./lib/inference/mod.ts";

// Why a verdict is what it is.
export {
  type Attribution,
  type AudioPart,
  type Deletion,
  deletionInsertion,
  type DeletionTest,
  explainedPage,
  type ExplainedParts,
  type Explainer,
  type ExplanationMethod,
  type Faithfulness,
  faithfulness,
  type GradientMethod,
  type ImagePart,
  loadWordCutter,
  openExplainer,
  type PageWords,
  type PartScores,
  type PartsProbability,
  type RandomDeletion,
  type RawSample,
  readSample,
  type SampleExplanation,
  type SamplePage,
  type SegmentPlace,
  standardiseSample,
  type TileGrid,
  type TokenizerPlace,
  type Word,
  type WordCutter,
  type WordScore,
} from "./lib/explanation/mod.ts";

/** Figures, tables, sounds and progress in a notebook. */
export * as show from "./lib/notebook/mod.ts";
