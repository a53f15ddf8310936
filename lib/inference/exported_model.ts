/** Runs an exported model in ONNX Runtime. @module */

import { type InferenceSession, onnxruntime } from "../deps/onnxruntime.ts";
import { modalities, type Modality } from "../modality.ts";

/** The features of one sample, as its encoders deliver them; an absent modality has none. */
export type SampleFeatures = {
  readonly [M in Modality]?: Readonly<Record<string, Float32Array>>;
};

/** What the model says of one sample, by the names of `exportOnnx` without `out/`. */
export type ModelVerdict = Readonly<Record<string, Float32Array>>;

/** A model that is ready to run. */
export interface ExportedModel {
  /** The shape of each input, by the names of `exportOnnx` without `in/`. */
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  /**
   * The verdict on a sample of which only the modalities `shown` are looked
   * at; there may be none. `outputs` are those wanted, all by default. The features may be those of
   * several `samples`, one after another.
   */
  run(
    features: SampleFeatures,
    options: {
      readonly shown: readonly Modality[];
      readonly outputs?: readonly string[];
      readonly samples?: number;
    },
  ): Promise<ModelVerdict>;
  /** Frees the session. */
  dispose(): Promise<void>;
}

/**
 * Makes a session of the bytes that `exportOnnx` gave. One thread by default:
 * the model is small, and one thread gives the same bits on every run.
 *
 * @throws {Error} The bytes are no ONNX file.
 */
export async function loadExportedModel(
  onnx: Uint8Array,
  { threads = 1 }: { readonly threads?: number } = {},
): Promise<ExportedModel> {
  const { InferenceSession, Tensor } = await onnxruntime();
  const session = await InferenceSession.create(onnx, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const inputs = inputShapes(session);
  return {
    inputs,
    async run(features, { shown, outputs, samples = 1 }) {
      const values = {
        ...flat(features, inputs, samples),
        presence: presenceOf(features, shown, samples),
      };
      const shapeOf = (name: string) => [samples, ...inputs[name]!.slice(1)];
      const feeds = Object.fromEntries(
        Object.entries(values).map((
          [name, data],
        ) => [`in/${name}`, new Tensor("float32", data, shapeOf(name))]),
      );
      const results = outputs === undefined
        ? await session.run(feeds)
        : await session.run(feeds, outputs.map((name) => `out/${name}`));
      return Object.fromEntries(
        Object.entries(results).map(([name, { data }]) => [name.slice(4), data as Float32Array]),
      );
    },
    dispose: () => session.release(),
  };
}

function inputShapes(session: InferenceSession): Record<string, readonly number[]> {
  const entries = session.inputMetadata.map((input) => {
    if (!input.isTensor) throw new RangeError(`Cannot run: expected tensors, got "${input.name}"`);
    // The batch has a name instead of a size, and is one sample here.
    const shape = input.shape.map((size) => typeof size === "number" ? size : 1);
    return [input.name.slice(3), shape] as const;
  });
  return Object.fromEntries(entries);
}

// Every input, by path: a modality without features is 0.
function flat(
  features: SampleFeatures,
  inputs: ExportedModel["inputs"],
  samples: number,
): Record<string, Float32Array> {
  const result: Record<string, Float32Array> = {};
  for (const [path, shape] of Object.entries(inputs)) {
    const [m, name] = path.split("/") as [Modality, string | undefined];
    if (name === undefined) continue;
    const size = samples * shape.reduce((a, b) => a * b, 1);
    const given = features[m] === undefined ? new Float32Array(size) : features[m][name];
    if (given?.length !== size) {
      throw new RangeError(
        `Cannot run: expected ${size} numbers [${shape}] for "${path}", got ${given?.length}`,
      );
    }
    result[path] = given;
  }
  return result;
}

function presenceOf(
  features: SampleFeatures,
  shown: readonly Modality[],
  samples: number,
): Float32Array {
  const absent = shown.find((m) => features[m] === undefined);
  if (absent !== undefined) {
    throw new RangeError(`Cannot run: expected features of ${absent}, which is shown, got none`);
  }
  const length = samples * modalities.length;
  const showsPlace = (i: number) => shown.includes(modalities[i % modalities.length]!);
  return Float32Array.from({ length }, (_, i) => showsPlace(i) ? 1 : 0);
}
