import { deepEqual, equal, rejects } from "node:assert/strict";
import { type FitFusion, joined } from "../../lib/baselines/branches.ts";
import { byModality, modalities } from "../../lib/modality.ts";
import type { System } from "../../lib/systems/system.ts";
import { problem } from "./tiny_problem.ts";
import { type Log, toldBranches } from "./told_branches.ts";

const scores = byModality((m) => new Array(40).fill({ text: 0.5, image: 0.75, audio: 0.2 }[m]));
const emptyLog = (): Log => ({ fitted: [], disposed: [] });

/** The first logit shown is the fusion's. */
const first: FitFusion = () =>
  Promise.resolve({
    fuse: (logits) => logits.text ?? logits.image ?? logits.audio!,
    record: { first: true },
  });

Deno.test("joined() fits each branch under single, on its modality alone, with its own key", async () => {
  for (const protocol of ["single", "label", "random"] as const) {
    const log = emptyLog();
    await joined("joined", toldBranches(scores, log), first).fit({ ...problem, protocol });
    deepEqual(log.fitted.map(({ present }) => present), [["text"], ["image"], ["audio"]]);
    deepEqual(log.fitted.map((given) => given.protocol), ["single", "single", "single"]);
    equal(new Set(log.fitted.map(({ key }) => key.join())).size, 3);
  }
});

Deno.test("joined() fuses triples under label, and leaves a lone sample to its branch", async () => {
  const { predict, record } = await joined("joined", toldBranches(scores), first).fit({
    ...problem,
    protocol: "label",
  });
  const triple = await predict({ text: [1, 2], image: [3, 4], audio: [5, 6] });
  deepEqual(Object.keys(triple), ["text", "image", "audio", "unified"]);
  deepEqual(Array.from(triple.unified!), [0.5, 0.5]);
  deepEqual(Array.from(triple.audio!), [0.2, 0.2]);
  deepEqual(Object.keys(await predict({ image: [3] })), ["image"]);
  const says = { says: 40 };
  deepEqual(record, {
    branches: { text: says, image: says, audio: says },
    fusion: { first: true },
  });
});

Deno.test("joined() fuses nothing under single and random, where samples share no label", async () => {
  for (const protocol of ["single", "random"] as const) {
    const { predict, record } = await joined("joined", toldBranches(scores), first).fit({
      ...problem,
      protocol,
    });
    deepEqual(await predict({ text: [1], audio: [2] }), { text: [0.5], audio: [0.2] });
    equal("fusion" in record, false);
  }
});

Deno.test("joined() fits the modalities that are present, and refuses others", async () => {
  const log = emptyLog();
  const { predict } = await joined("joined", toldBranches(scores, log), first).fit({
    ...problem,
    present: ["audio"],
  });
  equal(log.fitted.length, 1);
  await rejects(() => predict({ image: [1], audio: [1] }), {
    name: "RangeError",
    message: "Cannot predict from image and audio: expected audio",
  });
});

Deno.test("joined() lets its branches go, also when a later fit fails", async () => {
  const fails: System = {
    name: "failing",
    fit: () => Promise.reject(new RangeError("no fit")),
  };
  const log = emptyLog();
  const branches = toldBranches(scores, log);
  await (await joined("joined", branches, first).fit(problem)).dispose();
  deepEqual(log.disposed.splice(0), [...modalities]);
  await rejects(joined("joined", { ...branches, audio: fails }, first).fit(problem), /no fit/);
  deepEqual(log.disposed.splice(0), ["text", "image"]);
  const noFusion: FitFusion = () => Promise.reject(new RangeError("no fusion"));
  await rejects(
    joined("joined", branches, noFusion).fit({ ...problem, protocol: "label" }),
    /no fusion/,
  );
  deepEqual(log.disposed, [...modalities]);
});
