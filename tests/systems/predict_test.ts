import { deepEqual, ok, rejects, throws } from "node:assert/strict";
import * as tf from "../../lib/deps/tf.ts";
import { modalities, type Modality } from "../../lib/modality.ts";
import { initModel, model, type ModelInputs, type ModelParams } from "../../lib/model/mod.ts";
import { flatten, type Parameter, tensors } from "../../lib/tensor/parameter.ts";
import { key } from "../../lib/tensor/random.ts";
import type { Tree } from "../../lib/tensor/tree.ts";
import { gatherInputs } from "../../lib/systems/features.ts";
import { mapNamed } from "../../lib/systems/network.ts";
import { compileInspector, compilePredictor, type Verdicts } from "../../lib/systems/predict.ts";
import { inputSpecs, proposedNetwork } from "../../lib/systems/proposed_network.ts";
import type { Rows } from "../../lib/systems/system.ts";
import { tinyConfig, tinyFeatures } from "./tiny_corpus.ts";

tf.setBackend("cpu");

const features = tinyFeatures({ text: 12, image: 12, audio: 12 });
const config = tinyConfig(features);
const initial = initModel(key(3), config);
const parameters = flatten(initial as Tree<Parameter>);

async function predicted(
  present: readonly Modality[],
  rows: Rows,
  batch?: number,
): Promise<Verdicts> {
  const options = batch === undefined ? {} : { batch };
  const predictor = await compilePredictor({
    initial,
    network: proposedNetwork(config),
    present,
    ...options,
  });
  const result = await predictor.run(features, rows, parameters);
  await predictor.dispose();
  return result;
}

/** What the eager model says of the same rows in one batch. */
function eager(present: readonly Modality[], rows: Rows): Record<string, number[]> {
  const specs = inputSpecs(config, present, rows[present[0]!]!.length);
  const values = gatherInputs(features, specs, rows);
  const inputs = mapNamed(
    specs,
    ({ shape }, m, name) => tf.tensor(values[m]![name]!, [...shape]),
  ) as unknown as ModelInputs;
  const params = tensors(initial as Tree<Parameter>) as unknown as ModelParams;
  const { logits } = model(params, { inputs }, config);
  return Object.fromEntries(
    Object.entries(logits).map(([head, z]) => {
      const all = tf.softmax(z).arraySync() as number[][];
      return [head, all.map(([, positive]) => positive!)];
    }),
  );
}

function near(got: Verdicts, wanted: Record<string, ArrayLike<number>>): void {
  deepEqual(Object.keys(got).sort(), [...modalities, "unified"].sort());
  for (const [head, values] of Object.entries(got)) {
    deepEqual(values.length, wanted[head]!.length);
    values.forEach((p, i) => ok(Math.abs(p - wanted[head]![i]!) < 1e-6, `${head} ${i}`));
  }
}

// Out of order, and ten: two whole batches of four, and half of one.
const text = [3, 0, 11, 7, 7, 1, 10, 4, 2, 9];
const rows = { text, image: text.map((i) => 11 - i), audio: text.map((i) => (i + 5) % 12) };

Deno.test("a predictor says what the eager model says, the rows after the last whole batch included", async () => {
  const wanted = eager(modalities, rows);
  near(await predicted(modalities, rows, 4), wanted);
  near(await predicted(modalities, rows, 64), wanted);
  ok(new Set(wanted.unified!.map((p) => p.toFixed(4))).size > 5);
});

Deno.test("a predictor with parameters of its own says the same, and takes no others", async () => {
  const predictor = await compilePredictor({
    ...{ initial, network: proposedNetwork(config), present: modalities },
    ...{ parameters, batch: 4 },
  });
  near(await predictor.run(features, rows), eager(modalities, rows));
  await rejects(
    predictor.run(features, rows, parameters),
    /TypeError: Cannot predict: expected none of the call's parameters, got some/,
  );
  await predictor.dispose();
});

Deno.test("a predictor of one modality is shown that one alone", async () => {
  const audio = { audio: Uint32Array.from(rows.audio) };
  near(await predicted(["audio"], audio, 4), eager(["audio"], audio));
});

Deno.test("no rows give no probabilities", async () => {
  const none = new Float32Array();
  deepEqual(await predicted(["text"], { text: [] }), {
    text: none,
    image: none,
    audio: none,
    unified: none,
  });
});

Deno.test("an inspector shows each sample what the eager model shows, batch after batch", async () => {
  const network = proposedNetwork(config);
  const inspector = await compileInspector({
    initial,
    network,
    present: ["audio", "text"],
    batch: 4,
  });
  const rows = { text: [0, 1, 2, 3, 4, 5], audio: [5, 4, 3, 2, 1, 0] };
  const found = await inspector.run(features, rows, parameters);
  await inspector.dispose();
  deepEqual(
    Object.entries(found).map(([name, { width, values }]) => [name, width, values.length]),
    [["gate", 2, 12], ["attention", 9, 54], ["summaries", 9, 54]],
  );
  const { attention, gate } = found;
  for (let row = 0; row < 6; row++) {
    const share = (from: number) =>
      attention!.values.slice(row * 9 + from, row * 9 + from + 3).reduce((a, b) => a + b, 0);
    ok(Math.abs(share(0) - 1) < 1e-5 && share(3) === 0 && Math.abs(share(6) - 1) < 1e-5);
    ok(gate!.values[2 * row]! > 0 && gate!.values[2 * row]! < 1);
  }
});

Deno.test("a network that shows nothing has no inspector", () => {
  const { inspect: _, ...blind } = proposedNetwork(config);
  throws(
    () => compileInspector({ initial, network: blind, present: modalities }),
    new TypeError("Cannot inspect: expected a network that shows its inside, got none"),
  );
});
