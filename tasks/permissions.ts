/** What a task may write, and the message of one that is asked to write elsewhere. @module */

import { resolve } from "node:path";
import { quote } from "./shell_words.ts";
import project from "../deno.json" with { type: "json" };

/** A task of `deno.json`. */
export type TaskName = keyof typeof project.tasks;

/** How a task was called. */
export interface Call {
  readonly task: TaskName;
  readonly args: readonly string[];
}

/**
 * Refuses a call before it does anything, unless Deno lets it write to all of
 * `paths`. A task may write to the folders that its command in `deno.json`
 * names; the message has the command that may write to these as well.
 *
 * @throws {Deno.errors.NotCapable} A path that may not be written to.
 */
export function assertMayWrite(paths: readonly string[], call: Call): void {
  const refused = paths.filter((path) =>
    Deno.permissions.querySync({ name: "write", path }).state !== "granted"
  );
  if (refused.length === 0) return;
  const places = refused.map((path) => JSON.stringify(path)).join(" and ");
  throw new Deno.errors.NotCapable(
    `Cannot write to ${places}: expected a folder in ${writableFolders(call.task).join(" or ")}, ` +
      `all that deno task ${call.task} may write to, got one elsewhere; ` +
      `to allow it: ${commandToWrite(refused, call)}`,
  );
}

/** The folders that a task may write to, as its command has them. */
export function writableFolders(task: TaskName): string[] {
  const [, list = ""] = project.tasks[task].command.match(writeFlag) ?? [];
  return list.split(",").filter((folder) => folder !== "");
}

/** The command of a call that may also write to `paths`. */
export function commandToWrite(paths: readonly string[], { task, args }: Call): string {
  // In the list of a flag a comma is written twice.
  const list = [...writableFolders(task), ...paths.map((path) => path.replaceAll(",", ",,"))];
  const flag = quote(`--allow-write=${list.join(",")}`);
  const { command } = project.tasks[task];
  return [...fromProject(), command.replace(writeFlag, () => flag), ...args.map(quote)].join(" ");
}

// A command names its file from the project's folder, and its caller's paths are meant from elsewhere.
function fromProject(): string[] {
  const from = Deno.env.get("INIT_CWD");
  if (from === undefined || resolve(from) === Deno.cwd()) return [];
  return ["cd", quote(Deno.cwd()), "&&", `INIT_CWD=${quote(from)}`];
}

const writeFlag = /--allow-write=(\S+)/;
