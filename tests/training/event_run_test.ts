import { deepEqual, equal, match } from "node:assert/strict";
import { crc32c } from "../../lib/training/crc32c.ts";
import { openEventRun } from "../../lib/training/event_run.ts";
import reference from "../fixtures/event_files.json" with { type: "json" };
import { withFolder } from "../datasets/temporary_folder.ts";

Deno.test("crc32c() gives the checksums of RFC 3720, appendix B.4", () => {
  const ascending = Uint8Array.from({ length: 32 }, (_, i) => i);
  deepEqual(
    [new Uint8Array(32), new Uint8Array(32).fill(255), ascending, ascending.toReversed()]
      .map((bytes) => crc32c(bytes).toString(16)),
    ["8a9136aa", "62a8ab43", "46dd794e", "113fdb5c"],
  );
  equal(crc32c(new TextEncoder().encode("123456789")), 0xe3069283);
});

/** Tells a run of epochs of 10 steps, one in half a second; the validation loss of epoch e is 1/e. */
function tell(
  folder: string,
  epochs: readonly number[],
  { from, settings, part }: { from: number; settings?: Record<string, unknown>; part?: string },
) {
  let milliseconds = from;
  const run = openEventRun(folder, { ...settings && { settings }, now: () => milliseconds });
  for (const epoch of epochs) {
    run.onEpoch(
      { epoch, trainLoss: 2 / epoch, validationLoss: 1 / epoch, validationAccuracy: 0.75 },
      {
        ...{ epochs: 8, step: 10 * epoch, learningRate: 0.001, best: { epoch, loss: 1 / epoch } },
        ...part !== undefined && { part },
      },
    );
    milliseconds += 500;
  }
  run.end();
}

/** The files in a folder by their paths, in base 64. */
async function files(folder: string, below = ""): Promise<Record<string, string>> {
  const found: [string, string][] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${folder}/${below}`)) {
    const path = below + name;
    if (isDirectory) found.push(...Object.entries(await files(folder, `${path}/`)));
    else found.push([path, (await Deno.readFile(`${folder}/${path}`)).toBase64()]);
  }
  return Object.fromEntries(found.sort());
}

Deno.test("a run that was cut off and went on has the files that TensorBoard has read", () =>
  withFolder({}, async (folder) => {
    const settings = { "training.learningRate": 0.001, "model.gate": "a|b", "model.channels": [8] };
    tell(`${folder}/run`, [1, 2, 3], { from: 1_000_000_000_250, settings });
    // Epoch 3 had not been kept when it was cut off.
    tell(`${folder}/run`, [3, 4], { from: 1_000_000_100_000, settings });
    deepEqual(await files(folder), reference.files);
    // What the package tensorboard says of these files.
    deepEqual(reference.scalars["loss/validation"]!.map(([step]) => step), [10, 20, 30, 40]);
    deepEqual(
      reference.scalars["loss/validation"]!.map(([, , value]) => value),
      [1, 2, 3, 4].map((epoch) => Math.fround(1 / epoch)),
    );
    deepEqual(
      reference.scalars["loss/train"]!.map(([, seconds]) => seconds),
      [1_000_000_000.25, 1_000_000_000.75, 1_000_000_100, 1_000_000_100.5],
    );
    deepEqual(Object.keys(reference.scalars).sort(), [
      ...["accuracy/validation", "epoch", "learning_rate", "loss/train", "loss/validation"],
    ]);
    match(
      reference.settings,
      /^\| setting \| value \|\n\| --- \| --- \|\n\| training.learningRate/,
    );
    match(reference.settings, /\| model.gate \| a\\\|b \|\n\| model.channels \| \[8\] \|$/);
  }));

Deno.test("a run that goes on within a second has another file", () =>
  withFolder({}, async (folder) => {
    tell(folder, [1], { from: 5000 });
    tell(folder, [2], { from: 5000 });
    deepEqual(Object.keys(await files(folder)), [
      "events.out.tfevents.0000000005.trivalence.0",
      "events.out.tfevents.0000000005.trivalence.1",
    ]);
  }));

Deno.test("each network of a fit has a folder of its own", () =>
  withFolder({}, async (folder) => {
    tell(`${folder}/unnamed`, [1, 2, 1, 2, 1], { from: 0 });
    tell(`${folder}/named`, [1, 2], { from: 0, part: "0" });
    tell(`${folder}/named`, [1, 2], { from: 0, part: "1" });
    const name = /events.out.tfevents.0{9}\d.trivalence.0$/;
    deepEqual(Object.keys(await files(folder)).map((path) => path.replace(name, "")), [
      ...["named/part-0/", "named/part-1/"],
      ...["unnamed/", "unnamed/network-2/", "unnamed/network-3/"],
    ]);
  }));
