/** The oldest Deno that runs the tasks. @module */

/** The first with locks on files that are tried and with typed arrays that ONNX Runtime takes. */
export const oldestDeno = "2.8.0";

/**
 * Refuses an older Deno, before it fails on what it lacks.
 *
 * @throws {Error} It is older.
 */
export function assertDeno(version: string = Deno.version.deno): void {
  const reason = reasonAgainstDeno(version);
  if (reason !== undefined) throw new Error(`Cannot run: ${reason}`);
}

/** Why this version is too old, or undefined. */
export function reasonAgainstDeno(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [leastMajor = 0, leastMinor = 0] = oldestDeno.split(".").map(Number);
  if (major > leastMajor || major === leastMajor && minor >= leastMinor) return undefined;
  return `expected Deno ${oldestDeno} or newer, got ${version} ` +
    "(deno upgrade, or npx --yes deno@2.9.6 in place of deno)";
}
