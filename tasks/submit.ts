/**
 * Prints a script that has other machines make a command in parts.
 *
 *     deno task submit ENGINE [options] -- reproduce [names…] [options] > parts.sh
 *
 * @module
 */

import { assertKnown, runCommand } from "./command.ts";
import { readCommandLine } from "./command_line.ts";
import { count, folder, preset, text, type Values } from "./option.ts";
import { reproduceCommand } from "./reproduce.ts";
import { quoteAll } from "./shell_words.ts";
import { kubernetesScript } from "./submit/kubernetes.ts";
import { parallelScript } from "./submit/parallel.ts";
import { type Engine, engines, type Submission } from "./submit/request.ts";
import { slurmScript } from "./submit/slurm.ts";
import { snakemakeFile } from "./submit/snakemake.ts";
import { sweepCommand } from "./sweep.ts";

const options = {
  parts: preset(count("parts of the work: some minutes each are enough"), 100),
  cpus: preset(count("processors of a part, and runs side by side in it"), 8),
  memory: preset(count("of a part", "GB"), 8),
  hours: preset(count("longest time of a part"), 8),
  most: count("of slurm: most tasks of a job array (default: what the site allows)"),
  hosts: text("LIST", "of parallel: machines that ssh reaches, such as a,b,c (default: this one)"),
  image: text("NAME", "of kubernetes: an image with Deno and the project in /trivalence"),
  logs: preset(folder("where the logs of parts go"), "out/logs"),
};

const commands = { reproduce: reproduceCommand, sweep: sweepCommand };

/** What the command line asks for. */
interface Request {
  readonly engine: Engine;
  readonly submission: Submission;
}

/** Runs the task and returns its exit code: 0 done, 1 failed, 2 not understood. */
export function main(args: string[]): Promise<number> {
  const at = args.indexOf("--");
  const [own, words] = at < 0 ? [args, []] : [args.slice(0, at), args.slice(at + 1)];
  return runCommand(own, {
    name: "submit",
    does: "Prints a script that has other machines make a command in parts, and collects.",
    usage: [
      "ENGINE [options] -- reproduce [names…] [options]",
      "ENGINE [options] -- sweep [options]",
    ],
    words: {
      ENGINE: "slurm, parallel (GNU parallel over ssh), snakemake or kubernetes",
    },
    options,
    note: "Paths of the command are meant from the project's folder, as the script is run there.",
    read: (values, engine) => read(values, engine, words),
    run: ({ engine, submission }) =>
      Promise.resolve(console.log(scriptOf(engine, submission).trimEnd())),
  });
}

async function read(
  values: Values<typeof options>,
  [engine = "", ...more]: readonly string[],
  [task = "", ...words]: readonly string[],
): Promise<Request> {
  assertKnown("submit to", [engine, ...more], engines);
  assertKnown("submit", [task], Object.keys(commands));
  await assertUnderstood(task as keyof typeof commands, words);
  const jobs = words.some((word) => /^--jobs(=|$)/.test(word)) ? [] : ["--jobs", `${values.cpus}`];
  const call = (...task: string[]) =>
    quoteAll(["deno", "task", "--quiet", ...task, ...words, ...jobs]);
  return {
    engine: engine as Engine,
    submission: {
      ...values,
      command: call(task),
      features: task === "reproduce" ? call("features", "make") : undefined,
      name: "trivalence",
    },
  };
}

/** Refuses a command that would fail on every machine, and one that is a part itself. */
async function assertUnderstood(
  task: keyof typeof commands,
  words: readonly string[],
): Promise<void> {
  const own = words.find((word) => /^--(part|plan|check|list|force)(=|$)/.test(word));
  if (own !== undefined) {
    throw new RangeError(`Cannot submit ${own}: expected a command without it, got one with it`);
  }
  const given = task === "reproduce"
    ? readCommandLine(words, commands.reproduce)
    : readCommandLine(words, commands.sweep);
  if (given === "help") throw new RangeError("Cannot submit --help: expected a command, got that");
  // Each reads its own values.
  const { read } = commands[task] as {
    read: (values: unknown, words: readonly string[]) => unknown;
  };
  await read(given.values, given.words);
}

function scriptOf(engine: Engine, submission: Submission): string {
  if (engine === "slurm") return slurmScript(submission);
  if (engine === "parallel") return parallelScript(submission);
  return engine === "snakemake" ? snakemakeFile(submission) : kubernetesScript(submission);
}

if (import.meta.main) Deno.exit(await main(Deno.args));
