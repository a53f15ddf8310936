/** What PyTorch made of MISA: `fixtures/misa.py` is the other side. @module */

import { deepEqual, ok } from "node:assert/strict";
import { initMisa, type MisaConfig, type MisaParams } from "../../../lib/baselines/misa/model.ts";
import type { MisaLosses } from "../../../lib/baselines/misa/network.ts";
import { float32, int32, type Spec, type Values } from "../../../lib/compile/mod.ts";
import type { InputSizes } from "../../../lib/model/mod.ts";
import { type Init, isParameter, type Parameter } from "../../../lib/tensor/parameter.ts";
import { key } from "../../../lib/tensor/random.ts";
import { mapTree, type Tree } from "../../../lib/tensor/tree.ts";

/** The file. */
interface Reference {
  readonly losses: Readonly<Record<string, LossCase>>;
  readonly config: MisaConfig;
  readonly inputSizes: InputSizes;
  readonly batch: number;
  readonly views: number;
  readonly inputs: Readonly<Record<string, Record<string, number[]>>>;
  readonly presence: number[];
  readonly labels: number[];
  readonly parameters: Readonly<
    Record<string, { shape: number[]; values: number[]; gradient: number[] }>
  >;
  readonly outputs: {
    readonly logits: number[];
    readonly tokens: number[];
    readonly losses: Readonly<Record<keyof MisaLosses, number>>;
    readonly loss: number;
  };
}

/** One loss of two inputs. */
interface LossCase {
  readonly shapes: number[][];
  /** What the inputs are called. */
  readonly names: string[];
  readonly inputs: number[][];
  readonly value: number;
  readonly gradients: number[][];
}

/** PyTorch's numbers. */
export const reference: Reference = JSON.parse(
  Deno.readTextFileSync(new URL("../../fixtures/misa.json", import.meta.url)),
);

/** The parameters of the reference run. */
export function referenceParameters(): Init<MisaParams> {
  const like = initMisa(key(0), reference.config, reference.inputSizes) as Tree<Parameter>;
  return mapTree<Parameter, Parameter, Tree<Parameter>>(like, isParameter, ({ shape }, path) => {
    const own = reference.parameters[path]!;
    deepEqual(own.shape, shape, path);
    return { shape, values: Float32Array.from(own.values) };
  }) as unknown as Init<MisaParams>;
}

/** The group of the reference run, each sample seen twice, without dropout. */
export function referenceGroup(): { specs: Tree<Spec>; values: Tree<Values> } {
  const { inputs, inputSizes, presence, labels, batch, views } = reference;
  const rows = batch * views;
  const named = <To>(fn: (values: number[], segments: number, name: string) => To) =>
    Object.fromEntries(
      Object.entries(inputs).map(([m, tables]) => {
        const { segments } = inputSizes[m as keyof InputSizes];
        const own = Object.entries(tables);
        return [m, Object.fromEntries(own.map(([n, values]) => [n, fn(values, segments, n)]))];
      }),
    );
  const each = <To>(value: To) => Object.fromEntries(Object.keys(inputs).map((m) => [m, value]));
  return {
    specs: {
      inputs: named(({ length }, segments, name) =>
        name === "mask"
          ? float32(batch, segments)
          : float32(batch, segments, length / batch / segments)
      ),
      presence: float32(rows, 3),
      labels: each(int32(batch)),
      unified: { labels: int32(rows), weights: float32(rows) },
      keep: {},
    },
    values: {
      inputs: named((values) => Float32Array.from(values)),
      presence: Float32Array.from(presence),
      labels: each(Int32Array.from(labels)),
      unified: {
        labels: Int32Array.from([...labels, ...labels]),
        weights: new Float32Array(rows).fill(1),
      },
      keep: {},
    },
  };
}

/** Asserts that numbers are equal to 1e-5 of the largest, or of 0.1 where all are smaller. */
export function agree(got: readonly number[], wanted: readonly number[], what: string): void {
  deepEqual(got.length, wanted.length, what);
  const bound = 1e-5 * Math.max(0.1, ...wanted.map(Math.abs));
  got.forEach((x, i) => {
    ok(Math.abs(x - wanted[i]!) <= bound, `${what}, number ${i}: ${x}, not ${wanted[i]}`);
  });
}
