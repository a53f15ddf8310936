/**
 * Fits every system to a table and compares them.
 *
 *     deno task compare --data TABLE [options]
 *
 * @module
 */

import { compareSystems } from "../experiments/compare/mod.ts";
import { currentCommit, sourceDigest, withManifest } from "../experiments/results/folder.ts";
import { canDrawLetters, withPngs } from "../experiments/results/pictures.ts";
import { isFeatureFile } from "../lib/datasets/mod.ts";
import { replaceFolder } from "../lib/files.ts";
import { assertTogether, type NamedSettings, withSettings } from "../lib/study/setting_names.ts";
import { type Config, defaults, quick } from "../lib/study/settings.ts";
import { withWorkFolder } from "../lib/study/with_work_folder.ts";
import { fingerprintOf } from "../lib/training/checkpoint.ts";
import { assertPlace } from "./assert_place.ts";
import { callerFolder } from "./caller.ts";
import { runCommand } from "./command.ts";
import { executor, fallbackLine } from "./executor.ts";
import { labelOptions, readLabelMap } from "./label_options.ts";
import { count, flag, folder, type Values } from "./option.ts";
import {
  assertFeaturesFit,
  assertSettingsFit,
  bySpeaker,
  context,
  givenSettings,
  perCore,
  settingOptions,
  studyOptions,
  target,
} from "./options.ts";
import { stepLines } from "./progress.ts";
import { partsUnused, rowReports } from "./row_reports.ts";
import { eventFolders, tensorboard, withEvents } from "./tensorboard.ts";
import { assertSplit, folds, leakingFeatures, readSplit, splitOptions } from "./split_options.ts";

const { keepGoing: _, ...studyOptionsOfRows } = studyOptions;
const { cap: __, ...settingOptionsOfRows } = settingOptions;

const options = {
  quick: flag("12 epochs and one seed: shows how it looks"),
  ...studyOptionsOfRows,
  data: folder(
    "a table, a set in one of the layouts that deno task data inspect knows, or features (.pkl)",
  ),
  ...labelOptions,
  target,
  ...splitOptions,
  leakingFeatures,
  context,
  folds,
  bySpeaker,
  ...settingOptionsOfRows,
  seeds: count("seeds 1 to N, each another split and model (default: 2, with --quick 1)"),
  jobs: perCore("runs side by side"),
  executor,
  tensorboard,
  force: flag("replaces a comparison that is there already"),
  out: folder("where results go (default: out, with --quick out/quick): compare/ in it"),
};

/** What the command line asks for. */
type Request = Omit<Values<typeof options>, keyof typeof settingOptionsOfRows> & {
  readonly data: string;
  readonly out: string;
  readonly asked: NamedSettings;
  readonly config: Config;
};

/** Runs the task and returns its exit code: 0 done, 1 failed, 2 not understood. */
export function main(args: string[]): Promise<number> {
  return runCommand(args, {
    name: "compare",
    does: "Fits every system that a table's rows suit, and compares them with paired tests.\n" +
      "A run that was stopped goes on where it was when the same command is given again.",
    options,
    read(values): Request {
      assertSettingsFit(values);
      const { data, quick: small, out = small ? "out/quick" : "out", ...others } = values;
      const { set, config, unbalanced, ...rest } = others;
      if (data === undefined) {
        throw new RangeError("Cannot compare: expected --data and a table, got none");
      }
      if (isFeatureFile(data)) assertFeaturesFit(values);
      if (values.folds !== undefined && (values.split ?? values.leaks) !== undefined) {
        throw new RangeError("Cannot use --folds: expected no split that is given, got one");
      }
      assertSplit(values, { isRows: true, isFeatures: isFeatureFile(data) });
      const asked = givenSettings({ set, config, cap: undefined, unbalanced });
      const settled = withSettings(small ? quick : defaults, asked);
      assertTogether(settled);
      return { ...rest, data, out, quick: small, asked, config: settled };
    },
    writes: ({ out, cache, tensorboard }) => [out, cache, ...eventFolders(tensorboard)],
    resumes: true,
    run: (request) => compare(request, args),
  });
}

async function compare(
  { data, out, force, quick, labels, several, target, seeds, split, fold, tensorboard, ...request }:
    Request,
  args: readonly string[],
): Promise<void> {
  await assertPlace(`${out}/compare`, { marker: "compare.json", name: "a comparison", force });
  const steps = stepLines();
  const { show, end } = steps;
  const reports = rowReports({ end }, { below: "\n" });
  const root = new URL("../", import.meta.url);
  const drawn = seeds ?? (quick ? 1 : 2);
  try {
    await withWorkFolder(`${out}/compare.work`, { onMessage: show }, async (openWork) => {
      const { data: { data: { hash } }, markdown, files } = await compareSystems({
        ...request,
        ...{ data, dataLabel: data, from: callerFolder(), openWork },
        ...{ labels: await readLabelMap(labels), several, target },
        split: await readSplit({ split, fold }),
        seeds: Array.from({ length: drawn }, (_, i) => i + 1),
        command: ["deno task compare", ...args].join(" "),
        commit: await currentCommit(root),
        code: await sourceDigest(root),
        onProgress: show,
        watcher: withEvents(steps, tensorboard),
        onFallback: fallbackLine({ end }),
        ...reports,
        onReport(report) {
          reports.onReport(report);
          if (report.split && request.folds !== undefined) console.error(partsUnused);
        },
      }) as { data: { data: { hash: string } }; markdown: string; files: Map<string, string> };
      end();
      const pictures = await canDrawLetters() ? await withPngs(files) : files;
      const manifest = withManifest(pictures, fingerprintOf({ name: "compare", hash }));
      await replaceFolder(`${out}/compare`, manifest);
      console.log(markdown);
      console.log(`Wrote ${out}/compare`);
    });
  } finally {
    end();
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
