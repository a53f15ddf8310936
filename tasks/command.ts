/** What the command-line tasks have in common: exit codes, the command line, help, messages. @module */

import { nearest } from "../lib/checks.ts";
import { assertDeno } from "./deno_version.ts";
import { type CommandLine, helpOf, type Options, readCommandLine } from "./command_line.ts";
import type { Values } from "./option.ts";
import { assertMayWrite, type TaskName } from "./permissions.ts";

/** A task: what it understands, and what it does. */
export interface Command<Own extends Options, Request> extends CommandLine<Own> {
  /** What the values ask for. Throws what does not go together. */
  readonly read: (values: Values<Own>, words: readonly string[]) => Request | Promise<Request>;
  /** Where it writes: what Deno does not allow is refused before anything is done. Nowhere by default. */
  readonly writes?: (request: Request) => readonly string[];
  /** Whether the same command goes on where an interrupted one was. */
  readonly resumes?: boolean;
  /** Does it. May return an exit code; 0 by default. */
  readonly run: (request: Request) => Promise<number | void>;
}

/** Runs a task and returns its exit code: 0 done, 1 failed, 2 not understood. Errors are one line. */
export async function runCommand<Own extends Options, Request>(
  args: string[],
  command: Command<Own, Request>,
): Promise<number> {
  let request: Request;
  try {
    assertDeno();
    const given = readCommandLine(args, command);
    if (given === "help") {
      console.log(helpOf(command));
      return 0;
    }
    request = await command.read(given.values, given.words);
  } catch (error) {
    console.error(message(error));
    return 2;
  }
  try {
    const paths = command.writes?.(request) ?? [];
    assertMayWrite(paths, { task: command.name as TaskName, args });
    if (command.resumes) onInterrupt();
    return await command.run(request) ?? 0;
  } catch (error) {
    console.error(message(error));
    return 1;
  }
}

function onInterrupt(): void {
  Deno.addSignalListener("SIGINT", () => {
    console.error("\nStopped. The same command goes on where it was.");
    Deno.exit(130);
  });
}

/** Refuses names that are not `known`: `Cannot reproduce "table_9": choose one of table_1`. */
export function assertKnown(
  verb: string,
  names: readonly string[],
  known: readonly string[],
): void {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const near = nearest(unknown, known);
  const hint = near === undefined ? `choose one of ${known.join(", ")}` : `did you mean "${near}"?`;
  throw new RangeError(`Cannot ${verb} "${unknown}": ${hint}`);
}

/** An error as one line: its kind and its message. */
export function message(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
