/** An exported model, whatever runs its graph. @module */

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

/** A graph in some runtime of ONNX. */
export interface GraphSession {
  /** Its inputs, of which each is a tensor; the batch has a name in the place of a size. */
  readonly inputMetadata: readonly {
    readonly name: string;
    readonly isTensor: boolean;
    readonly shape?: readonly (number | string)[];
  }[];
  /** Runs it; the outputs that are named, or all. */
  run(
    feeds: Readonly<Record<string, Fed>>,
    outputs?: readonly string[],
  ): Promise<Readonly<Record<string, { readonly data: unknown }>>>;
  /** Frees it. */
  release(): Promise<void>;
}

/** What goes into a graph: numbers and their shape. */
export interface Fed {
  /** In row-major order. */
  readonly data: Float32Array;
  /** The shape. */
  readonly dims: readonly number[];
}

/** The model in a session of what `exportOnnx` gave. */
export function exportedModelOf(session: GraphSession): ExportedModel {
  const inputs = inputShapes(session);
  return {
    inputs,
    async run(features, { shown, outputs, samples = 1 }) {
      const values = {
        ...flat(features, inputs, samples),
        presence: presenceOf(features, shown, samples),
      };
      const feeds = Object.fromEntries(
        Object.entries(values).map((
          [name, data],
        ) => [`in/${name}`, { data, dims: [samples, ...inputs[name]!.slice(1)] }]),
      );
      const results = await session.run(feeds, outputs?.map((name) => `out/${name}`));
      return Object.fromEntries(
        Object.entries(results).map(([name, { data }]) => [name.slice(4), data as Float32Array]),
      );
    },
    dispose: () => session.release(),
  };
}

function inputShapes({ inputMetadata }: GraphSession): Record<string, readonly number[]> {
  const entries = inputMetadata.map(({ name, isTensor, shape = [] }) => {
    if (!isTensor) throw new RangeError(`Cannot run: expected tensors, got "${name}"`);
    // The batch has a name instead of a size, and is one sample here.
    return [name.slice(3), shape.map((size) => typeof size === "number" ? size : 1)] as const;
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
