/** Makes the share of a command's work that is a part's. @module */

import { experiments, rowsExperiments } from "../../experiments/mod.ts";
import { isMade } from "../../experiments/results/folder.ts";
import type { Part, Share } from "../../lib/study/part.ts";
import type { RunExecutor } from "../../lib/study/run_executor.ts";
import { openStudy, type Options } from "../../lib/study/study.ts";
import { withWorkFolder } from "../../lib/study/with_work_folder.ts";
import { fingerprintOf } from "../../lib/training/checkpoint.ts";
import { makeShare, openShare, type PartReport, partToText } from "../parts.ts";
import type { Settings } from "./settings.ts";

/** What a part is told of its command. */
interface PartRequest {
  readonly names: readonly string[];
  readonly out: string;
  readonly part?: Part | undefined;
}

/** What of a study its results are told apart by. */
interface MadeWith {
  readonly options: Options;
  readonly decides: Readonly<Record<string, unknown>>;
  readonly on: RunExecutor;
}

/**
 * Goes through the experiments and makes those of their fits, or of the features that they read, that are
 * the part's; or nothing, to count. What is made already is passed over.
 */
export async function makePart(
  { names, out, part }: PartRequest,
  { settings, makes, onStep }: {
    readonly settings: Settings;
    readonly makes: Share["makes"];
    readonly onStep: (name: string) => void;
  },
): Promise<PartReport & { readonly made: readonly string[] }> {
  const { share, as, watch, report } = openShare(part, makes);
  const made: string[] = [];
  const within = (folder: string, run: (own: Options) => Promise<void>) =>
    withWorkFolder(
      folder,
      { as, onMessage: settings.onProgress },
      (openWork) => run({ ...settings, share, openWork: watch(openWork) }),
    );
  const make = async <Study extends MadeWith>(
    name: string,
    study: Study,
    experiment: (study: Study) => Promise<unknown>,
  ) => {
    if (await isResultMade(`${out}/${name}`, name, study.decides)) return void made.push(name);
    onStep(name);
    const before = report().runs.length;
    await makeShare(experiment(study));
    const hasRun = report().runs.length > before;
    if (makes === "fits" && hasRun) await tell(out, name, { part: part!, study });
  };
  const ofCorpora = names.filter((name) => name in experiments);
  if (ofCorpora.length > 0) {
    await within(`${out}/work`, async (own) => {
      const study = await openStudy(own);
      for (const name of ofCorpora) await make(name, study, experiments[name]!);
      await study.close();
    });
  }
  for (const name of names.filter((name) => name in rowsExperiments)) {
    await within(`${out}/${name}.work`, async (own) => {
      const { open, make: experiment } = rowsExperiments[name]!;
      await make(name, await open(own), experiment);
    });
  }
  return { ...report(), made };
}

// A host may have fonts, with which pictures are made, that another lacks.
async function isResultMade(
  folder: string,
  name: string,
  decides: MadeWith["decides"],
): Promise<boolean> {
  const made = [true, false].map((letters) =>
    isMade(folder, fingerprintOf({ ...decides, name, letters }))
  );
  return (await Promise.all(made)).some(Boolean);
}

/**
 * Says that the test part was opened, in a file of this process alone: what several hosts append to one
 * file of a network disk may overwrite each other.
 */
async function tell(
  out: string,
  experiment: string,
  { part, study: { on, options: { command, commit, seeds } } }: {
    readonly part: Part;
    readonly study: MadeWith;
  },
): Promise<void> {
  const executor = on.arithmetic.kind;
  const own = { part: partToText(part), command, commit, seeds, executor };
  const opened = { at: new Date().toISOString(), experiment, ...own };
  await Deno.mkdir(`${out}/ledger`, { recursive: true });
  const path = `${out}/ledger/part-${part.index}-of-${part.count}-${processId}.jsonl`;
  await Deno.writeTextFile(path, `${JSON.stringify(opened)}\n`, { append: true });
}

const processId = crypto.randomUUID().slice(0, 8);
