/** Where a task was called: paths on its command line are meant from there. @module */

import { isAbsolute, relative, resolve } from "node:path";

/** The folder that the task was called from. */
export function callerFolder(): string {
  return resolve(Deno.env.get("INIT_CWD") ?? "");
}

/**
 * A path as the task reads it. `deno task` runs tasks in the project's folder, and
 * has in `INIT_CWD` the folder that it was called from.
 */
export function pathFromCaller(path: string, from = Deno.env.get("INIT_CWD")): string {
  if (from === undefined || isAbsolute(path) || resolve(from) === Deno.cwd()) return path;
  const full = resolve(from, path);
  const inside = relative(Deno.cwd(), full);
  return inside === "" ? "." : inside.startsWith("..") || isAbsolute(inside) ? full : inside;
}
