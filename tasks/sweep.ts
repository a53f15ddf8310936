/**
 * Trains with many settings, chooses by the validation part, and tests the chosen one.
 *
 *     deno task sweep --set training.learningRate=1e-4,1e-3 --set model.width=32,64 [options]
 *
 * @module
 */

import { placeModel } from "../lib/inference/place_model.ts";
import { withSettings } from "../lib/study/setting_names.ts";
import { defaults, quick } from "../lib/study/settings.ts";
import type { Part } from "../lib/study/part.ts";
import { runSweep, type SweptSystem, sweptSystems } from "../lib/study/sweep.ts";
import { withWorkFolder } from "../lib/study/with_work_folder.ts";
import { fingerprintOf } from "../lib/training/checkpoint.ts";
import { runCommand } from "./command.ts";
import { failureLog, listFailures } from "./failures.ts";
import { choice, count, flag, folder, preset, type Values } from "./option.ts";
import { assertSettingsFit, perCore, settingsBeside } from "./options.ts";
import { makeShare, openShare, partOptions, reportToText } from "./parts.ts";
import { stepLines } from "./progress.ts";
import { type Plan, planSweep } from "./sweep/plan.ts";
import { assertPlaceForSweep, listSweep, sweepWriter, workFolderOf } from "./sweep/folder.ts";
import { assertTrains, eventFolders, withEvents } from "./tensorboard.ts";
import { protocolOf, trainingOf, trainingOptions, type TrainingRequest } from "./training.ts";

const options = {
  ...trainingOptions,
  set: {
    ...trainingOptions.set,
    help: "a setting and what is tried: values, model.width=32,64, or a range to draw from, " +
      "model.dropout=0.1..0.5, or with a uniform logarithm, training.learningRate=1e-4..1e-2:log; " +
      "may be given several times",
  },
  seed: {
    ...trainingOptions.seed,
    help: "another split, other models and draws for each whole number from 0",
  },
  seeds: preset(count("runs of each combination, with seeds from --seed on and one split"), 1),
  random: count("draw N combinations (default: all of them)"),
  system: preset(choice(sweptSystems, sweptSystems.join(", ")), "Proposed"),
  jobs: perCore("runs side by side"),
  out: folder("where the sweep goes (default: out/sweep, with --quick out/quick/sweep)"),
  force: flag("replaces a sweep that is there already"),
  ...partOptions,
  list: flag("run nothing: list the runs in --out with their state"),
};

/** What the command line asks for. */
interface Request extends TrainingRequest {
  readonly out: string;
  readonly force: boolean;
  readonly list: boolean;
  readonly jobs: number;
  readonly seeds: number;
  readonly system: SweptSystem;
  readonly plan: Plan;
  readonly part: Part | undefined;
  /** Whether nothing is made but a count. */
  readonly counts: boolean;
}

/** What the command line may ask for, and what is made of that. */
export const sweepCommand = {
  options,
  async read(
    { set, config, cap, unbalanced, random, plan: counts, ...values }: Values<typeof options>,
  ): Promise<Request> {
    assertSettingsFit(values);
    const { seed, seeds, system, list, tensorboard } = values;
    assertTrains(tensorboard, { list, plan: counts });
    const given = settingsBeside({ config, cap, unbalanced });
    const plan = list
      ? { swept: [], fixed: {}, combinations: [] }
      : planSweep(set, { given, random, seed, seeds, system });
    const base = values.quick ? quick : defaults;
    return {
      ...values,
      protocol: await protocolOf(values),
      ...{ plan, counts },
      asked: plan.fixed,
      config: withSettings(base, plan.fixed),
      out: values.out ?? (values.quick ? "out/quick/sweep" : "out/sweep"),
    };
  },
};

/** Runs the task and returns its exit code: 0 done, 1 failed, 2 not understood. */
export function main(args: string[]): Promise<number> {
  return runCommand(args, {
    name: "sweep",
    does:
      "Trains with every combination of settings, or with some that are drawn; chooses by the\n" +
      "validation part; and asks the chosen model alone about the test part, once.\n" +
      "A sweep that was stopped goes on where it was when the same command is given again.",
    ...sweepCommand,
    writes: ({ out, cache, list, counts, tensorboard }) =>
      list ? [] : counts ? [cache] : [out, cache, ...eventFolders(tensorboard)],
    resumes: true,
    run: (request) =>
      request.list
        ? print(request.out)
        : request.part || request.counts
        ? sweepPart(request)
        : sweep(request),
  });
}

async function print(out: string): Promise<void> {
  console.log(await listSweep(out));
}

/** Fits the runs of a part, or only counts them. */
async function sweepPart(
  { out, jobs, plan, part, counts, ...request }: Request,
): Promise<void> {
  const steps = stepLines();
  const { failures, onFailure } = failureLog(request);
  try {
    const { system, seeds } = request;
    const { share, as, watch, report } = openShare(part, counts ? "nothing" : "fits");
    const work = { as, onMessage: steps.show };
    await withWorkFolder(workFolderOf(out), work, async (openWork) =>
      await makeShare(runSweep({
        ...await trainingOf(request, { steps, onFailure }),
        ...{ share, system, seeds, combinations: plan.combinations, workers: jobs },
        openWork: watch(openWork),
        onRuns: () => {},
        watcher: withEvents(steps, request.tensorboard),
      })));
    steps.end();
    console.log(reportToText(report(), { part, plan: counts }));
  } finally {
    steps.end();
    if (failures.length > 0) console.error(listFailures(failures));
  }
}

async function sweep({ out, force, jobs, plan, ...request }: Request): Promise<number> {
  const { cache: _, executor: __, memory: ___, list: ____, part: _____, counts: ______, ...told } =
    request;
  const { tensorboard, ...decides } = told;
  const command = fingerprintOf({ ...decides, plan });
  const place = { command, force };
  await assertPlaceForSweep(out, place);
  const { seed, seeds, system, protocol, config } = request;
  const steps = stepLines();
  const { failures, onFailure } = failureLog(request);
  const work = workFolderOf(out);
  try {
    return await withWorkFolder(work, { onMessage: steps.show }, async (openWork) => {
      const told = await trainingOf(request, { steps, onFailure });
      const { model, training, data } = config;
      const writer = sweepWriter(out, {
        ...{ command, system, protocol, seed, seeds, swept: plan.swept },
        configuration: { model, training, data },
        versions: { trivalence: told.version, deno: Deno.version.deno },
        commit: told.commit,
      });
      const { runs, test, folder, ...made } = await runSweep({
        ...told,
        ...{ system, seeds, combinations: plan.combinations, workers: jobs },
        async openWork(decides) {
          const opened = await openWork(decides);
          // Another run of this command may have ended while this one waited.
          await assertPlaceForSweep(out, place);
          await writer.begin({ label: told.dataLabel, hash: decides.data as string });
          return opened;
        },
        onRuns: writer.write,
        watcher: withEvents(steps, tensorboard),
      });
      if (folder) {
        const { description, files } = folder;
        await placeModel(`${out}/model`, { work, description, files });
      }
      const text = await writer.end(runs, { ...made, ...test && { test } });
      steps.end();
      console.log(text);
      if (test === undefined) {
        console.error(`No combination came to an end with every seed; ${out}/sweep.md says why.`);
        return 1;
      }
      console.log(`Wrote ${out}/sweep.md${folder ? `, and the model in ${out}/model` : ""}.`);
      return 0;
    });
  } finally {
    steps.end();
    if (failures.length > 0) console.error(listFailures(failures));
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
