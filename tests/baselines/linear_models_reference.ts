/** What scikit-learn makes of three classes and of scores. @module */

interface Fitted {
  readonly C: number;
  readonly weight: number[];
  readonly bias: number[];
  readonly verdicts: number[];
}

interface Tried extends Pick<Fitted, "C" | "verdicts"> {
  readonly loss: number;
}

export const reference: {
  readonly width: number;
  readonly trainRows: number;
  readonly mixed: number[];
  readonly inputs: number[];
  readonly labels: number[];
  readonly scores: number[];
  readonly softmax: readonly Fitted[];
  readonly ridge: readonly Fitted[];
  readonly scaledSoftmax: readonly Tried[];
  readonly scaledRidge: readonly Tried[];
} = JSON.parse(Deno.readTextFileSync(new URL("../fixtures/linear_models.json", import.meta.url)));

/** The reference's parts, with these features and labels. */
export function parts(inputs: readonly number[], labels: readonly number[]) {
  const { width, trainRows } = reference;
  const part = (from: number, to: number) => ({
    inputs: Float32Array.from(inputs.slice(from * width, to * width)),
    labels: labels.slice(from, to),
    width,
  });
  return { train: part(0, trainRows), validation: part(trainRows, labels.length) };
}
