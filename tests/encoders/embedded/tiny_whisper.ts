/**
 * A Whisper encoder of a few hundred weights as ONNX Runtime's dynamic quantisation leaves one, and what
 * it computes, in plain loops.
 *
 * @module
 */

import { PbfWriter } from "../../../lib/deps/pbf.ts";
import type { WhisperSize } from "../../../lib/encoders/embedded/whisper_graph.ts";
import { fold, key, normals } from "../../../lib/tensor/random.ts";

type Matrix = readonly (readonly number[])[];

/** Numbers by name, row by row, as a reader of the file gets them. */
export type Weights = ReadonlyMap<string, ArrayLike<number>>;

/** The file, and the numbers that its weights stand for: `layers.0.fc1.weight` and the like. */
export function tinyWhisper(
  { layers, width, bands }: WhisperSize,
  { positions }: { readonly positions: number },
): { bytes: Uint8Array; weights: Weights } {
  const weights = new Map<string, ArrayLike<number>>();
  const writer = new PbfWriter();
  const floats = (name: string, dims: readonly number[]) => {
    const values = randoms(name, dims);
    weights.set(name, values);
    writer.writeMessage(5, (_, w) => {
      writeTensor(w, { name, type: 1, dims });
      w.writeBytesField(9, new Uint8Array(values.buffer));
    }, undefined);
  };
  const quantised = (name: string, stored: string, dims: readonly number[]) => {
    const zero = 100 + dims[0]!, scale = Math.fround(0.004);
    const q = Uint8Array.from(
      randoms(name, dims),
      (x) => Math.max(0, Math.min(255, zero + 60 * x)),
    );
    weights.set(name, Array.from(q, (x) => (x - zero) * scale));
    writer.writeMessage(5, (_, w) => {
      writeTensor(w, { name: `${stored}_quantized`, type: 2, dims });
      w.writeBytesField(9, q);
    }, undefined);
    // As the tool writes scalars: numbers one by one.
    writer.writeMessage(5, (_, w) => {
      writeTensor(w, { name: `${stored}_scale`, type: 1, dims: [] });
      w.writePackedFloat(4, [scale]);
    }, undefined);
    writer.writeMessage(5, (_, w) => {
      writeTensor(w, { name: `${stored}_zero_point`, type: 2, dims: [] });
      w.writePackedVarint(5, [zero]);
    }, undefined);
  };
  let matrices = 0;
  const product = (name: string, dims: readonly number[]) => {
    const stored = `onnx::MatMul_${600 + 7 * matrices++}`;
    quantised(`${name}.weight`, stored, dims);
    const node = name.replace(
      /^(layers\.\d+)\.(self_attn\.)?/,
      (_, layer, part) => `/${layer}/${part ? "self_attn/" : ""}`,
    );
    writer.writeMessage(1, (_, w) => {
      for (const input of ["x", `${stored}_quantized`, "x_zero", `${stored}_zero_point`]) {
        w.writeStringField(1, input);
      }
      w.writeStringField(2, `${node}/MatMul_output_0`);
      w.writeStringField(3, `${node}/MatMul_quant`);
      w.writeStringField(4, "MatMulInteger");
    }, undefined);
  };
  quantised("conv1.weight", "conv1.weight", [width, bands, 3]);
  quantised("conv2.weight", "conv2.weight", [width, width, 3]);
  for (const name of ["conv1", "conv2"]) floats(`${name}.bias`, [width]);
  floats("embed_positions.weight", [positions, width]);
  const norm = (name: string) => ["weight", "bias"].forEach((n) => floats(`${name}.${n}`, [width]));
  for (let l = 0; l < layers; l++) {
    norm(`layers.${l}.self_attn_layer_norm`);
    norm(`layers.${l}.final_layer_norm`);
    for (const part of ["q_proj", "k_proj", "v_proj", "out_proj"]) {
      product(`layers.${l}.self_attn.${part}`, [width, width]);
      if (part !== "k_proj") floats(`layers.${l}.self_attn.${part}.bias`, [width]);
    }
    product(`layers.${l}.fc1`, [width, 4 * width]);
    floats(`layers.${l}.fc1.bias`, [4 * width]);
    product(`layers.${l}.fc2`, [4 * width, width]);
    floats(`layers.${l}.fc2.bias`, [width]);
  }
  norm("layer_norm");
  const model = new PbfWriter();
  model.writeBytesField(7, writer.finish());
  return { bytes: model.finish(), weights };
}

function randoms(name: string, dims: readonly number[]): Float32Array {
  const next = normals(fold(key(1), name));
  return Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => next());
}

function writeTensor(
  w: PbfWriter,
  { name, type, dims }: { name: string; type: number; dims: readonly number[] },
): void {
  for (const dim of dims) w.writeVarintField(1, dim);
  w.writeVarintField(2, type);
  w.writeStringField(8, name);
}

/** The states between the layers and the normalised last one, from `features [bands, 2 rows]`. */
export function forward(
  weights: Weights,
  { features, rows, size: { layers, width, heads, bands } }: {
    readonly features: Float32Array;
    readonly rows: number;
    readonly size: WhisperSize;
  },
): { states: readonly Matrix[]; normalised: Matrix } {
  const get = (name: string) => weights.get(name)!;
  const vector = (name: string) => [...Array.from(get(name))];
  const linear = (x: Matrix, name: string): Matrix => {
    const w = get(`${name}.weight`), bias = weights.get(`${name}.bias`);
    const outputs = w.length / x[0]!.length;
    return x.map((row) =>
      Array.from(
        { length: outputs },
        (_, j) => row.reduce((sum, v, i) => sum + v * w[i * outputs + j]!, bias?.[j] ?? 0),
      )
    );
  };
  const norm = (x: Matrix, name: string): Matrix => {
    const gain = vector(`${name}.weight`), bias = vector(`${name}.bias`);
    return x.map((row) => {
      const mean = row.reduce((a, b) => a + b) / width;
      const variance = row.reduce((a, b) => a + (b - mean) ** 2, 0) / width;
      return row.map((v, i) => (v - mean) / Math.sqrt(variance + 1e-5) * gain[i]! + bias[i]!);
    });
  };
  // Channels over time; a step of silence on both sides.
  const conv = (x: Matrix, name: string, stride: number): Matrix => {
    const w = get(`${name}.weight`), bias = vector(`${name}.bias`), time = x[0]!.length;
    return bias.map((b, o) =>
      Array.from({ length: time / stride }, (_, t) => {
        let sum = b;
        x.forEach((channel, c) => {
          for (const k of [0, 1, 2]) {
            sum += (channel[t * stride + k - 1] ?? 0) * w[(o * x.length + c) * 3 + k]!;
          }
        });
        return gelu(sum);
      })
    );
  };
  const attend = (x: Matrix, name: string): Matrix => {
    const [q, k, v] = ["q_proj", "k_proj", "v_proj"].map((part) =>
      linear(x, `${name}.${part}`)
    ) as [
      Matrix,
      Matrix,
      Matrix,
    ];
    const wide = width / heads;
    const read = q.map((query) =>
      Array.from({ length: width }, (_, j) => {
        const head = Math.floor(j / wide) * wide;
        const scores = k.map((keys) => {
          let sum = 0;
          for (let i = head; i < head + wide; i++) sum += query[i]! * keys[i]!;
          return Math.exp(sum / Math.sqrt(wide));
        });
        const total = scores.reduce((a, b) => a + b);
        return scores.reduce((sum, score, t) => sum + score / total * v[t]![j]!, 0);
      })
    );
    return linear(read, `${name}.out_proj`);
  };
  const add = (a: Matrix, b: Matrix): Matrix => a.map((row, i) => row.map((x, j) => x + b[i]![j]!));

  const time = 2 * rows;
  const spectrum = Array.from(
    { length: bands },
    (_, b) => [...features.subarray(b * time, (b + 1) * time)],
  );
  const heard = conv(conv(spectrum, "conv1", 1), "conv2", 2);
  const table = get("embed_positions.weight");
  let x: Matrix = Array.from(
    { length: rows },
    (_, t) => heard.map((channel, j) => channel[t]! + table[t * width + j]!),
  );
  const states = [x];
  for (let l = 0; l < layers; l++) {
    const name = `layers.${l}`;
    x = add(x, attend(norm(x, `${name}.self_attn_layer_norm`), `${name}.self_attn`));
    const inner = linear(norm(x, `${name}.final_layer_norm`), `${name}.fc1`);
    x = add(x, linear(inner.map((row) => row.map(gelu)), `${name}.fc2`));
    states.push(x);
  }
  return { states, normalised: norm(x, "layer_norm") };
}

/** x Φ(x), with Φ from Abramowitz and Stegun's series of the error function. */
function gelu(x: number): number {
  // erf(z) = 2/√π Σ (−1)ⁿ z²ⁿ⁺¹ / (n! (2n + 1)); of double precision up to |z| = 4, and 1 beyond.
  const z = x / Math.SQRT2;
  if (Math.abs(z) > 4) return x > 0 ? x : 0;
  let term = z, sum = z;
  for (let n = 1; n < 80; n++) {
    term *= -z * z / n;
    sum += term / (2 * n + 1);
  }
  return x * (1 + 2 / Math.sqrt(Math.PI) * sum) / 2;
}
