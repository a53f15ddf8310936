/** A process that is asked line by line, in JSON: one side of the benchmark. @module */

/** A process. Ends when it is closed. */
export interface Process {
  /** @throws {Error} It ends, or answers with an error. */
  ask<Answer>(request: object): Promise<Answer>;
  /** Lets it end. */
  close(): Promise<void>;
  /** Ends one that went wrong. */
  kill(): Promise<void>;
}

/**
 * Starts a command; `who` names it in errors, `option` where it was named.
 *
 * @throws {RangeError} There is no such program.
 */
export function startProcess(
  [program, ...args]: readonly [string, ...string[]],
  { who, option }: { readonly who: string; readonly option: string },
): Process {
  const process = spawn(program, args, { who, option });
  const writer = process.stdin.getWriter();
  const answers = lines(process.stdout);
  const send = (request: object) =>
    writer.write(new TextEncoder().encode(`${JSON.stringify(request)}\n`)).catch((error) => {
      // One that has ended hears nothing; that it does not answer is told below.
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    });
  return {
    async ask<Answer>(request: object): Promise<Answer> {
      await send(request);
      const { value, done } = await answers.next();
      if (done) throw new Error(`Cannot time ${who}: expected an answer, but "${program}" ended`);
      const answer = parseAnswer(value, { who, program }) as Answer & { error?: string };
      if (answer.error !== undefined) throw new Error(`Cannot time ${who}: ${answer.error}`);
      return answer;
    },
    async close() {
      await writer.close().catch(() => {}); // One that has ended closed it too.
      await process.status;
    },
    async kill() {
      try {
        process.kill("SIGKILL");
      } catch (error) {
        if (!(error instanceof TypeError)) throw error; // It has ended.
      }
      await process.status;
    },
  };
}

function parseAnswer(line: string, { who, program }: { who: string; program: string }): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new Error(
      `Cannot time ${who}: expected an answer in JSON from "${program}", ` +
        `got ${JSON.stringify(line.slice(0, 40))}`,
    );
  }
}

function spawn(
  program: string,
  args: string[],
  { who, option }: { who: string; option: string },
): Deno.ChildProcess {
  const command = new Deno.Command(program, {
    args,
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  });
  try {
    return command.spawn();
  } catch (error) {
    const { NotFound, PermissionDenied } = Deno.errors;
    if (!(error instanceof NotFound || error instanceof PermissionDenied)) throw error;
    throw new RangeError(`Cannot time ${who}: expected ${option}, got "${program}"`);
  }
}

/** The lines of a stream of bytes. */
export async function* lines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split("\n");
    rest = parts.pop()!;
    yield* parts;
  }
}
