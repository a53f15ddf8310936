/** Checks results against their saved predictions, and prints what differs. @module */

import { experiments } from "../../experiments/mod.ts";
import { type Checked, checkResult } from "../../experiments/results/check.ts";
import { kindOf } from "../../lib/files.ts";
import { openStudy } from "../../lib/study/study.ts";
import { withWorkFolder } from "../../lib/study/with_work_folder.ts";
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
  // Nothing is run, so that no work is kept.
  await Deno.mkdir(settings.cache, { recursive: true });
  const place = await Deno.makeTempDir({ dir: settings.cache });
  let wrong = 0;
  await withWorkFolder(place, { onMessage: settings.onProgress }, async (openWork) => {
    const study = await openStudy({ ...settings, openWork });
    for (const name of made) {
      lines.show(`checking ${name}`);
      const experiment = experiments[name]!;
      const checked = await checkResult(study, { name, folder: `${folder}/${name}`, experiment });
      lines.end();
      console.log(checkedToText(checked));
      wrong += checked.differences.length;
    }
    await study.close();
  });
  if (wrong > 0) throw new RangeError(`Cannot confirm "${folder}": ${wrong} differences`);
}

function checkedToText({ name, files, differences, unchecked }: Checked): string {
  const same = Math.max(0, files - differences.length);
  const summary = unchecked
    ? `${name}: not checked: ${unchecked}`
    : `${name}: ${same} of ${files} files are as the predictions give`;
  return [summary, ...differences.map((difference) => `  ${difference}`)].join("\n");
}
