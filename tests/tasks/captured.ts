/** Runs a task and keeps what it prints. @module */

/** Runs `main` with `args`; its lines on both streams, and its exit code. */
export async function captured(
  main: (args: string[]) => Promise<number>,
  args: string[],
): Promise<{ code: number; out: string; err: string }> {
  const { log, error } = console;
  const lines = { out: [] as string[], err: [] as string[] };
  console.log = (line: string) => void lines.out.push(line);
  console.error = (line: string) => void lines.err.push(line);
  try {
    const code = await main(args);
    return { code, out: lines.out.join("\n"), err: lines.err.join("\n") };
  } finally {
    Object.assign(console, { log, error });
  }
}
