/** What the light entries compute alike in Deno and in a browser. @module */

import * as corruptions from "../lib/corruptions/mod.ts";
import * as figures from "../lib/figures/mod.ts";
import { sha256 } from "../lib/files.ts";
import * as metrics from "../lib/metrics/mod.ts";
import * as random from "../lib/random/mod.ts";
import { logMel } from "../lib/signal/log_mel.ts";
import { tf } from "../lib/tensor/tf.ts";

/** Numbers to 6 digits: the last ones are the runtime's own. */
export function everywhere(): Record<string, unknown> {
  const key = random.key(8);
  const next = random.normals(random.fold(key, "clip"));
  const clip = Float32Array.from({ length: 800 }, next);
  const first = [0.81, 0.84, 0.8, 0.83], second = [0.78, 0.8, 0.79, 0.8];
  const row = { system: "majority", seed: 1, auc: 0.5 };
  const curve = { falsePositiveRate: [0, 1], truePositiveRate: [0, 1] };
  const slope = tf.grad((x) => x.square().sum());
  return rounded({
    permutation: random.permutation(key, 9),
    test: metrics.pairedTTest({ first, second }),
    mcnemar: metrics.mcnemar({ onlyFirstRight: 9, onlySecondRight: 1 }),
    figure: figures.rocFigure([{ ...row, ...curve }], { title: "Chance", subtitle: "No data" }),
    logMel: [...logMel(clip).data.slice(0, 8)],
    typos: corruptions.addTypos({ text: "what a wonderful morning", rate: 0.3, key }),
    source: corruptions.babbleCorruption([clip]).source,
    hash: sha256("abc"),
    slope: [...tf.tidy(() => slope(tf.tensor1d([1, 2, 3])).dataSync())],
  });
}

function rounded(values: Record<string, unknown>): Record<string, unknown> {
  const digits = (_: string, x: unknown) => typeof x === "number" ? Number(x.toPrecision(6)) : x;
  return JSON.parse(JSON.stringify(values, digits));
}

Object.assign(globalThis, { everywhere });
