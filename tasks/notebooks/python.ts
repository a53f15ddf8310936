/** A Python that runs Jupyter kernels. @module */

import { join } from "node:path";

/** The first Python that has `jupyter_client`: the one given, or one on the path. */
export async function findPython(given: string | undefined): Promise<string | undefined> {
  const active = Deno.env.get("VIRTUAL_ENV");
  const usual = ["python3", "python", "/usr/bin/python3"];
  const candidates = given ? [given] : [...active ? [join(active, "bin", "python")] : [], ...usual];
  for (const candidate of candidates) {
    if (await hasJupyter(candidate)) return candidate;
  }
  if (given === undefined) return undefined;
  throw new RangeError(
    `Cannot run notebooks with "${given}": expected a Python with jupyter_client, got none`,
  );
}

async function hasJupyter(python: string): Promise<boolean> {
  try {
    const args = ["-c", "import jupyter_client"];
    const command = new Deno.Command(python, { args, stdout: "null", stderr: "null" });
    return (await command.output()).success;
  } catch {
    return false;
  }
}
