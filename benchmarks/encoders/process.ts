/** A side of the encoders' benchmark as a process that answers line by line. @module */

import { type Answer, lines, type Request } from "./protocol.ts";

/** A process that is asked. Ends when it is closed. */
export interface Process {
  /** @throws {Error} It ends, or answers with an error. */
  ask(request: Request): Promise<Answer>;
  /** The greatest resident memory so far; NaN where the system does not tell (Linux does). */
  peakBytes(): Promise<number>;
  /** Processor time so far, of all threads; NaN where the system does not tell. */
  cpuSeconds(): Promise<number>;
  close(): Promise<void>;
}

// The unit of /proc on every Linux.
const ticksPerSecond = 100;

/**
 * Starts a command.
 *
 * @throws {RangeError} There is no such program.
 */
export function startProcess([program, ...args]: readonly string[], threads: number): Process {
  const process = spawn(program!, args, threads);
  const writer = process.stdin.getWriter();
  const answers = lines(process.stdout);
  let closing: Promise<void> | undefined;
  return {
    async ask(request) {
      // One that has ended hears nothing; that it does not answer is told below.
      await writer.write(new TextEncoder().encode(`${JSON.stringify(request)}\n`)).catch(() => {});
      const { value, done } = await answers.next();
      if (done) throw new Error(`Cannot time encoders: expected an answer, but "${program}" ended`);
      const answer: Answer = JSON.parse(value);
      if (answer.error !== undefined) throw new Error(`Cannot time encoders: ${answer.error}`);
      return answer;
    },
    async peakBytes() {
      const status = await Deno.readTextFile(`/proc/${process.pid}/status`).catch(() => "");
      return 1024 * Number(status.match(/^VmHWM:\s*(\d+) kB$/m)?.[1] ?? NaN);
    },
    async cpuSeconds() {
      const stat = await Deno.readTextFile(`/proc/${process.pid}/stat`).catch(() => "");
      // After the name, which may hold blanks: in user mode 12th, in the kernel 13th.
      const fields = stat.slice(stat.lastIndexOf(")") + 1).trim().split(" ");
      return (Number(fields[11] ?? NaN) + Number(fields[12] ?? NaN)) / ticksPerSecond;
    },
    close: () =>
      closing ??= (async () => {
        await writer.close().catch(() => {}); // One that has ended closed it too.
        await process.status;
      })(),
  };
}

function spawn(program: string, args: string[], threads: number): Deno.ChildProcess {
  const command = new Deno.Command(program, {
    args,
    env: { OMP_NUM_THREADS: String(threads), HF_HUB_OFFLINE: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  });
  try {
    return command.spawn();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new RangeError(`Cannot time encoders: expected a program, got "${program}"`);
  }
}
