/** Checks results against their saved predictions, and prints what differs. @module */

import { experiments, rowsExperiments } from "../../experiments/mod.ts";
import { type Checked, checkResult } from "../../experiments/results/check.ts";
import { kindOf } from "../../lib/files.ts";
import { openStudy } from "../../lib/study/study.ts";
import { type OpenWork, withWorkFolder } from "../../lib/study/with_work_folder.ts";
import type { Steps } from "../progress.ts";
import type { Settings } from "./settings.ts";

/** @throws {RangeError} There is no result, or some file is not what the predictions give. */
export async function checkAll(
  folder: string,
  { names, settings, lines }: {
    readonly names: readonly string[];
    readonly settings: Settings;
    readonly lines: Steps;
  },
): Promise<void> {
  const made: string[] = [];
  for (const name of names) {
    if (await kindOf(`${folder}/${name}/${name}.json`) === "file") made.push(name);
  }
  if (made.length === 0) {
    throw new RangeError(`Cannot check "${folder}": expected results of reproduce, got none`);
  }
  await Deno.mkdir(settings.cache, { recursive: true });
  let wrong = 0;
  const check = async (name: string, checking: () => Promise<Checked>) => {
    lines.show(`checking ${name}`);
    const checked = await checking();
    lines.end();
    console.log(checkedToText(checked));
    wrong += checked.differences.length;
  };
  const placeOf = (name: string) => ({ name, folder: `${folder}/${name}` });
  const ofCorpora = made.filter((name) => name in experiments);
  if (ofCorpora.length > 0) {
    await withPlace(settings, async (openWork) => {
      const study = await openStudy({ ...settings, openWork });
      for (const name of ofCorpora) {
        const experiment = experiments[name]!;
        await check(name, () => checkResult(study, { ...placeOf(name), experiment }));
      }
      await study.close();
    });
  }
  for (const name of made.filter((name) => name in rowsExperiments)) {
    await withPlace(settings, async (openWork) => {
      const { open, make: experiment } = rowsExperiments[name]!;
      const study = await open({ ...settings, openWork });
      await check(name, () => checkResult(study, { ...placeOf(name), experiment }));
    });
  }
  if (wrong > 0) throw new RangeError(`Cannot confirm "${folder}": ${wrong} differences`);
}

// Of work that is not kept: nothing is run.
async function withPlace(
  { cache, onProgress }: Settings,
  run: (openWork: OpenWork) => Promise<void>,
): Promise<void> {
  const place = await Deno.makeTempDir({ dir: cache });
  await withWorkFolder(place, { onMessage: onProgress }, run);
}

function checkedToText({ name, files, differences, unchecked }: Checked): string {
  const same = Math.max(0, files - differences.length);
  const summary = unchecked
    ? `${name}: not checked: ${unchecked}`
    : `${name}: ${same} of ${files} files are as the predictions give`;
  return [summary, ...differences.map((difference) => `  ${difference}`)].join("\n");
}
