/**
 * Says what this machine has, and what is wrong with it.
 *
 *     deno task doctor [--json] [--all] [--cache DIR] [--data DIR]
 *
 * @module
 */

import { runCommand } from "./command.ts";
import { reportToText } from "./doctor/print.ts";
import { examine } from "./doctor/report.ts";
import { flag, folder } from "./option.ts";
import { studyOptions } from "./options.ts";

const options = {
  json: flag("the same for programs"),
  all: flag("try eager backends too that Deno may have to download first"),
  cache: studyOptions.cache,
  data: folder(
    "a folder with emotions/, faces/ and ravdess/, all or some, a table, or a set in a known layout",
  ),
};

/** Runs the task and returns its exit code: 0 all is well, 1 a run would fail, 2 not understood. */
export function main(args: string[]): Promise<number> {
  return runCommand(args, {
    name: "doctor",
    does: "Says what this machine has: versions, what runs on it, encoders, data. Changes nothing.",
    options,
    read: (values) => values,
    async run({ json, data, ...rest }) {
      const report = await examine({ ...rest, ...data !== undefined && { data } });
      console.log(json ? JSON.stringify(report, undefined, 2) : reportToText(report));
      return report.problems.length === 0 ? 0 : 1;
    },
  });
}

if (import.meta.main) Deno.exit(await main(Deno.args));
