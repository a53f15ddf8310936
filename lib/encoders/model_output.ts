/** What a network gave, checked. @module */

/** An output of a network, as ONNX Runtime and Transformers.js have it. */
export interface NetworkOutput {
  /** In row-major order. */
  readonly data: unknown;
  /** Its shape. */
  readonly dims: readonly number[];
}

/** What an output has to be. */
interface ExpectedStates {
  readonly model: string;
  /** Its name; `last_hidden_state` by default. */
  readonly output?: string;
  readonly rank: number;
  readonly widthAxis: number;
  readonly width?: number | undefined;
  /** For errors: what else would do. */
  readonly alternative?: string;
}

/**
 * An output of a model, which must have `rank` axes; the width along `widthAxis` must be
 * `width`, if given.
 *
 * @throws {RangeError} It has not: the export has a head for another task.
 */
export function statesOf(
  given: Readonly<Record<string, NetworkOutput | undefined>>,
  { model, output = "last_hidden_state", rank, widthAxis, width, alternative }: ExpectedStates,
): { data: Float32Array; dims: readonly number[] } {
  const tensor = given[output];
  const found = Object.entries(given).map(([name, t]) => `${name} [${t?.dims}]`).join(", ");
  if (tensor?.dims.length !== rank) {
    throw new RangeError(
      `Cannot use ${model}: expected an output ${output} of ${rank} axes` +
        `${alternative ? ` or ${alternative}` : ""}, got ${found}`,
    );
  }
  if (width !== undefined && tensor.dims[widthAxis] !== width) {
    throw new RangeError(`Cannot use ${model}: expected states ${width} wide, got ${found}`);
  }
  return { data: tensor.data as Float32Array, dims: tensor.dims };
}
