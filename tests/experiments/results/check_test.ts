import { deepEqual, equal, match, ok } from "node:assert/strict";
import { replaceFolder } from "../../../lib/files.ts";
import { checkResult } from "../../../experiments/results/check.ts";
import { judgementFigures } from "../../../experiments/paper_figures/judgement_figures.ts";
import { progressFigures } from "../../../experiments/paper_figures/progress_figures.ts";
import { calibration } from "../../../experiments/calibration/mod.ts";
import { protocolAudit } from "../../../experiments/protocol_audit/mod.ts";
import { statistics } from "../../../experiments/statistics/mod.ts";
import { isMade, withManifest } from "../../../experiments/results/folder.ts";
import { ablationHeads } from "../../../experiments/ablations/mod.ts";
import type { Study } from "../../../lib/study/study.ts";
import { withFolder } from "../../datasets/temporary_folder.ts";
import { madeUpStudy } from "../made_up_study.ts";

const name = "ablation_heads";
const experiment = ablationHeads;

/** A result on disk, and the study that made it. */
async function made(root: string): Promise<{ folder: string; study: Study }> {
  const { study } = madeUpStudy({ seeds: [1, 2] });
  const folder = `${root}/${name}`;
  await replaceFolder(folder, (await experiment(study)).files);
  return { folder, study: { ...study, run: () => Promise.reject(new Error("nothing is run")) } };
}

async function edit(path: string, change: (text: string) => string): Promise<void> {
  const text = await Deno.readTextFile(path);
  const changed = change(text);
  ok(changed !== text);
  await Deno.writeTextFile(path, changed);
}

Deno.test("a result is what its predictions give, whatever the command that checks it", () =>
  withFolder({}, async (root) => {
    const { folder, study } = await made(root);
    const other = { ...study, options: { ...study.options, command: "check", commit: "c" } };
    const { files, differences } = await checkResult(other, { name, folder, experiment });
    deepEqual(differences, []);
    // The table three times, a figure in four files, one of which is the table, and three of each of 1 + 3 runs of the first seed.
    equal(files, 3 + 3 + 3 * 4);
  }));

const others = {
  statistics,
  calibration,
  protocol_audit: protocolAudit,
  fig_9: judgementFigures.fig_9!,
  fig_5: progressFigures.fig_5!,
};

Deno.test("a result has all predictions that it needs to be made again", () =>
  withFolder({}, async (root) => {
    for (const [name, experiment] of Object.entries(others)) {
      const { study } = madeUpStudy({ seeds: [1, 2] });
      const folder = `${root}/${name}`;
      await replaceFolder(folder, (await experiment(study)).files);
      const { differences, files } = await checkResult(study, { name, folder, experiment });
      deepEqual(differences, [], name);
      ok(files > 2);
    }
  }));

Deno.test("a changed number, a changed prediction and a missing file are told by file and line", () =>
  withFolder({}, async (root) => {
    const { folder, study } = await made(root);
    const check = () => checkResult(study, { name, folder, experiment });
    await edit(`${folder}/${name}.md`, (text) => text.replace(/0\.(\d{3})/, "0.9$1"));
    const { differences: [table, ...none] } = await check();
    match(table!, /^ablation_heads\.md, line \d+: the predictions give .*, it has .*0\.9\d/);
    deepEqual(none, []);

    const predictions = `${folder}/predictions/proposed-label-seed1.csv`;
    await edit(predictions, (text) => text.replace(/,1,0?\.?[\d.e-]+\n/g, ",1,0\n"));
    ok((await check()).differences.some((line) => line.startsWith("ablation_heads.csv, line 2: ")));

    await edit(predictions, (text) => text.split("\n").slice(0, -3).join("\n") + "\n");
    deepEqual((await check()).differences, [
      "cannot be made again: predictions/proposed-label-seed1.csv: " +
      "expected the samples of unified, got others",
    ]);
    await Deno.remove(predictions);
    deepEqual((await check()).differences, [
      "cannot be made again: expected predictions/proposed-label-seed1.csv, got no such file",
    ]);
  }));

Deno.test("what needs a model is not checked, and says so", async () => {
  const { study } = madeUpStudy({ seeds: [1] });
  await withFolder({ "x/x.json": "{}" }, async (root) => {
    const found = await checkResult(study, {
      name: "x",
      folder: `${root}/x`,
      experiment: (study) => Promise.reject(study.fit({} as never)),
    });
    match(found.unchecked!, /looks into a model/);
    deepEqual(found.differences, []);
  });
});

Deno.test("a result is made once: another fingerprint, a missing or a changed file make it anew", () =>
  withFolder({}, async (root) => {
    const folder = `${root}/x`;
    equal(await isMade(folder, "f"), false);
    const files = new Map<string, string | Uint8Array>([
      ["x.json", "{}"],
      ["runs/a.json", "1"],
      ["x.png", Uint8Array.of(1, 2)],
    ]);
    const write = () => replaceFolder(folder, withManifest(files, "f"));
    await write();
    equal(await isMade(folder, "f"), true);
    equal(await isMade(folder, "g"), false);
    for (const path of [...files.keys(), "manifest.json"]) {
      await Deno.writeTextFile(`${folder}/${path}`, "changed");
      equal(await isMade(folder, "f"), false, path);
      await Deno.remove(`${folder}/${path}`);
      equal(await isMade(folder, "f"), false, path);
      await write();
    }
    equal(await isMade(folder, "f"), true);
  }));
