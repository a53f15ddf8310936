/** One encoder from start to end: all sides made ready, compared with each other, timed. @module */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { GraphPrecision } from "../../lib/encoders/model_layout.ts";
import { load } from "../machine.ts";
import { measure, median, type Side } from "../side.ts";
import type { EncoderName, Preparation } from "./protocol.ts";
import { type Process, startProcess } from "./process.ts";

/** What is timed of an encoder, and what is compared. */
export interface Case {
  readonly encoder: EncoderName;
  readonly model: string;
  readonly timed: string;
  /** Kinds of input whose features are compared. */
  readonly compared: readonly string[];
  /** Numbers of a segment. */
  readonly width: number;
  /** Of our graph and of that of ONNX Runtime in Python; `fp32` by default. */
  readonly precision?: GraphPrecision;
  /** Whether the other sides run messages in our batches; no by default. */
  readonly ourBatches?: boolean;
}

const sideNames = ["ours", "transformers", "onnxruntime"] as const;

const bert = { encoder: "text", model: "bert-base", timed: "texts", width: 768 } as const;
const resnet = { encoder: "image", model: "resnet-50", timed: "photo", width: 2048 } as const;
const wav2vec2 = { encoder: "speech", model: "wav2vec2-base", timed: "clips", width: 768 } as const;

const texts = ["texts"] as const, clips = ["clips"] as const;
// Squares need no resizing, about which decoders and libraries differ.
const pictures = ["square", "photo"] as const;

/** Every case by name. */
export const cases: Readonly<Record<string, Case>> = {
  bert_base: { ...bert, compared: texts },
  bert_base_our_batches: { ...bert, compared: texts, ourBatches: true },
  resnet_50: { ...resnet, compared: pictures },
  wav2vec2_base: { ...wav2vec2, compared: clips },
  bert_base_int8: { ...bert, compared: texts, precision: "int8" },
  resnet_50_int8: { ...resnet, compared: pictures, precision: "int8" },
  wav2vec2_base_int8: { ...wav2vec2, compared: clips, precision: "int8" },
};

/** How a case is run. */
export interface RunOptions {
  /** What `export.py` wrote. */
  readonly root: string;
  /** A Python that has the packages of `requirements.txt`. */
  readonly python: string;
  readonly threads: number;
  /** Timings of each side after the warm-up, of which the median counts. */
  readonly repetitions: number;
}

/** What one side took. */
export interface Line {
  readonly case: string;
  readonly side: string;
  readonly samples_per_second: number;
  /** Processor time of all threads, which tells more than the clock where others use the machine. */
  readonly cpu_ms_per_sample: number;
  /** The greatest resident memory of its process, loading included. */
  readonly peak_mib: number;
  /** Our throughput over this side's: above 1 we are faster. */
  readonly speedup?: number;
  /** This side's processor time over ours. */
  readonly cpu_speedup?: number;
  /** By kind of input: how our features differ from this side's. */
  readonly compared?: Readonly<Record<string, Difference>>;
  readonly threads: number;
  readonly repetitions: number;
  /** Of the machine, before the case: threads that ran or waited, over 1, 5 and 15 minutes. */
  readonly load: readonly number[];
}

/** How two tables of features differ. */
export interface Difference {
  readonly largest: number;
  /** The smallest cosine of two segments. */
  readonly cosine: number;
}

/**
 * Times a case: a line for each side, ours first.
 *
 * @throws {Error} A side fails.
 */
export async function runCase(name: string, options: RunOptions): Promise<Line[]> {
  const { encoder, model, timed, compared, width } = cases[name]!;
  const { precision = "fp32", ourBatches = false } = cases[name]!;
  const loadBefore = load();
  const { root, threads, repetitions } = options;
  const folder = await Deno.makeTempDir();
  const processes: Process[] = [];
  try {
    const sides: (Side & { process: Process; count: number; cpu: number[] })[] = [];
    for (const side of sideNames) {
      const process = startProcess(commandOf(side, options), threads);
      processes.push(process);
      const features = Object.fromEntries(
        compared.map((kind) => [kind, join(folder, `${side}-${kind}`)]),
      );
      const { count = NaN } = await process.ask({
        prepare: {
          ...{ side, encoder, model, precision, ourBatches },
          ...{ root, threads, features, timed },
        },
      });
      const cpu: number[] = [];
      const run = async (iterations: number) => {
        const before = await process.cpuSeconds();
        const { milliseconds = NaN } = await process.ask({ run: iterations });
        cpu.push(1000 * (await process.cpuSeconds() - before) / iterations);
        return { milliseconds, value: NaN };
      };
      sides.push({ name: side, process, count, cpu, run, close: process.close });
    }
    const medians = await measure(sides, { iterations: 1, repetitions });
    const cpu = sides.map((side) => median(side.cpu.slice(1))); // Without the warm-up.
    const lines: Line[] = [];
    for (const [i, { name: side, process, count }] of sides.entries()) {
      lines.push({
        case: name,
        side,
        samples_per_second: rounded(1000 * count / medians[i]!),
        cpu_ms_per_sample: rounded(cpu[i]! / count),
        peak_mib: Math.round(await process.peakBytes() / 2 ** 20),
        ...i > 0 && {
          speedup: rounded(medians[i]! / medians[0]!),
          cpu_speedup: rounded(cpu[i]! / cpu[0]!),
          compared: await compare({ folder, side, compared, width }),
        },
        threads,
        repetitions,
        load: loadBefore,
      });
    }
    return lines;
  } finally {
    for (const process of processes) await process.close();
    await Deno.remove(folder, { recursive: true });
  }
}

function commandOf(side: Preparation["side"], { python }: RunOptions): string[] {
  const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  if (side !== "ours") return [python, path("./peer.py")];
  const allowed = ["--allow-read", "--allow-write", "--allow-env", "--allow-ffi", "--allow-sys"];
  return [Deno.execPath(), "run", ...allowed, "--no-prompt", path("./ours.ts")];
}

async function compare(
  { folder, side, compared, width }: Pick<Case, "compared" | "width"> & {
    readonly folder: string;
    readonly side: string;
  },
): Promise<Record<string, Difference>> {
  const differences: Record<string, Difference> = {};
  for (const kind of compared) {
    const [ours, theirs] = await Promise.all(
      ["ours", side].map((name) => readFloats(join(folder, `${name}-${kind}`))),
    ) as [Float32Array, Float32Array];
    differences[kind] = differ(ours, theirs, width);
  }
  return differences;
}

async function readFloats(path: string): Promise<Float32Array> {
  return new Float32Array((await Deno.readFile(path)).buffer);
}

/** Compares features row by row, each `width` numbers. */
export function differ(ours: Float32Array, theirs: Float32Array, width: number): Difference {
  if (ours.length !== theirs.length) {
    throw new RangeError(`Cannot compare: expected ${theirs.length} numbers, got ${ours.length}`);
  }
  let [largest, cosine] = [0, 1];
  for (let row = 0; row < ours.length; row += width) {
    let [dot, a, b] = [0, 0, 0];
    for (let j = row; j < row + width; j++) {
      const [x, y] = [ours[j]!, theirs[j]!];
      largest = Math.max(largest, Math.abs(x - y));
      [dot, a, b] = [dot + x * y, a + x * x, b + y * y];
    }
    // A segment that a short message lacks is 0 on both sides.
    if (a > 0 || b > 0) cosine = Math.min(cosine, dot / Math.sqrt(a * b));
  }
  return { largest: rounded(largest), cosine };
}

function rounded(x: number): number {
  return Number(x.toPrecision(4));
}
