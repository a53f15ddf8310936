/** Encodes what results read, all of it or a part. @module */

import { counted } from "../../experiments/tables.ts";
import { runCommand } from "../command.ts";
import { failureLog, listFailures } from "../failures.ts";
import { stepLines } from "../progress.ts";
import { partToText } from "../parts.ts";
import { reproduceCommand, type Request } from "../reproduce.ts";
import { makePart } from "../reproduce/make_part.ts";
import { settingsOf } from "../reproduce/settings.ts";

/** `deno task features make`: the samples of `deno task reproduce` with the same words and options. */
export function makeFeatures(args: string[]): Promise<number> {
  return runCommand(args, {
    ...reproduceCommand,
    name: "features",
    does:
      "Encodes what the results of reproduce with the same names and options read, and makes no\n" +
      "result. The models and the corpus are made first, where they are not there.",
    usage: ["make [names…] [--part I/N] [options]"],
    read: (values, [, ...names]) => reproduceCommand.read(values, names),
    writes: ({ cache }) => [cache],
    resumes: true,
    run: (request) => make(request, args),
  });
}

async function make(request: Request, args: readonly string[]): Promise<void> {
  const lines = stepLines();
  const { failures, onFailure } = failureLog(request);
  const { part, plan } = request;
  try {
    const settings = await settingsOf(request, { args, lines, onFailure });
    const makes = plan ? "nothing" : "features";
    const { missing, ours } = await makePart(request, { settings, makes, onStep: lines.show });
    lines.end();
    const own = part ? `, ${ours} of them of part ${partToText(part)}` : "";
    console.log(
      `${counted(missing, "encoding")} of samples ${plan ? "missing" : "missed"}${own}` +
        `${plan ? "" : "; made"}.`,
    );
  } finally {
    lines.end();
    if (failures.length > 0) console.error(listFailures(failures));
  }
}
