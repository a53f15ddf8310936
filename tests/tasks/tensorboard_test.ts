import { deepEqual, throws } from "node:assert/strict";
import { assertTrains, withEvents } from "../../tasks/tensorboard.ts";
import { withFolder } from "../datasets/temporary_folder.ts";
import { captured } from "./captured.ts";
import { main as reproduce } from "../../tasks/reproduce.ts";

const nobody = { onEpoch() {}, onEnd() {} };

function train(folder: string, name: string, id: string): void {
  const watcher = withEvents(nobody, folder);
  const fit = { name, id, settings: { seed: 1 } };
  watcher.onEpoch(
    fit,
    { epoch: 1, trainLoss: 1, validationLoss: 1, validationAccuracy: 1 },
    { epochs: 1, step: 5, learningRate: 1, best: { epoch: 1, loss: 1 } },
  );
  watcher.onEnd(fit);
}

async function files(folder: string): Promise<Record<string, number>> {
  const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  const counts = names.sort().map(async (name) => {
    const own = await Array.fromAsync(Deno.readDir(`${folder}/${name}`));
    return [name, own.filter(({ name }) => name.includes("tfevents")).length] as const;
  });
  return Object.fromEntries(await Promise.all(counts));
}

Deno.test("a fit that goes on has its folder, and another one of its name the next", () =>
  withFolder({}, async (folder) => {
    train(folder, "misa-seed1", "a");
    train(folder, "misa-seed1", "b");
    train(folder, "misa-seed1", "a");
    train(folder, "mlp-seed1", "c");
    deepEqual(await files(folder), { "misa-seed1": 2, "misa-seed1-2": 1, "mlp-seed1": 1 });
  }));

Deno.test("without a folder the watcher is the one that was given", () => {
  deepEqual(withEvents(nobody, undefined) === nobody, true);
});

Deno.test("where nothing is trained, --tensorboard is refused", async () => {
  assertTrains("events", { plan: false, check: undefined });
  assertTrains(undefined, { plan: true });
  throws(
    () => assertTrains("events", { check: undefined, plan: true }),
    /^RangeError: Cannot use --tensorboard: expected a command that trains, got --plan$/,
  );
  const { code } = await captured(reproduce, ["--plan", "--tensorboard", "events"]);
  deepEqual(code, 2);
});
