/** Finds a Python for tests that need one, and may start it. @module */

/** The first Python that does `statement` without an error; none where processes may not be started. */
export async function somePython(statement: string): Promise<string | undefined> {
  const { state } = await Deno.permissions.query({ name: "run" });
  if (state !== "granted") return undefined;
  const active = Deno.env.get("VIRTUAL_ENV");
  for (const python of [...active ? [`${active}/bin/python`] : [], "python3", "/usr/bin/python3"]) {
    try {
      const command = new Deno.Command(python, { args: ["-c", statement], stderr: "null" });
      if ((await command.output()).success) return python;
    } catch {
      continue; // There is none of that name.
    }
  }
  return undefined;
}
