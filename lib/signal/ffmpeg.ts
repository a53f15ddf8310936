/** An ffmpeg that is installed, as a child process with bounds of time and output. @module */

import { unreadable } from "./waveform.ts";
import { joined } from "./joined.ts";

/** How ffmpeg is run. */
export interface FfmpegOptions {
  /** Names the file in errors. */
  readonly path: string;
  /** What the file is, for errors: `MPEG-4`. */
  readonly format: string;
  /** Given to its standard input; nothing by default. */
  readonly input?: Uint8Array;
  /** More output is refused; 1 GB by default. */
  readonly maxBytes?: number;
  /** A run that takes longer is ended and refused; 600 by default. */
  readonly timeoutSeconds?: number;
  /** Whether its failure is for the caller to judge. */
  readonly mayFail?: boolean;
}

/** What ffmpeg wrote. */
export interface FfmpegOutput {
  readonly bytes: Uint8Array;
  /** Of its messages, the beginning. */
  readonly messages: string;
}

const megabyte = 1e6;

/**
 * Runs ffmpeg without a shell, and without variables of the environment. The arguments name inputs
 * and outputs by their protocols (`pipe:`, `file:`), so that no path is taken for an option or
 * another protocol, and a list of files inside the input opens nothing else.
 *
 * @throws {RangeError} There is no ffmpeg, it may not be run, it can't read the file, or it takes
 * more time or writes more than it may. The message names the file and says what to do.
 */
export async function runFfmpeg(
  args: readonly string[],
  options: FfmpegOptions,
): Promise<FfmpegOutput> {
  const { path, input, maxBytes = 1000 * megabyte, timeoutSeconds = 600, mayFail = false } =
    options;
  const child = spawn(args, options);
  let stopped = "";
  const stop = (why: string) => {
    stopped ||= why;
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
  };
  const timer = setTimeout(
    () => stop(`more than ${timeoutSeconds} s of work`),
    timeoutSeconds * 1e3,
  );
  try {
    const [bytes, messages, { success }] = await Promise.all([
      collect(child.stdout, maxBytes, () => stop(`more than ${maxBytes / megabyte} MB of output`)),
      collect(child.stderr, megabyte / 10, () => {}),
      child.status,
      feed(child.stdin, input),
    ]);
    if (stopped !== "") throw unreadable(path, "a file that ffmpeg reads in bounds", stopped);
    const text = new TextDecoder().decode(messages);
    if (!success && !mayFail) throw unreadable(path, "a file that ffmpeg reads", reasonIn(text));
    return { bytes, messages: text };
  } finally {
    clearTimeout(timer);
  }
}

function spawn(args: readonly string[], { path, format }: FfmpegOptions): Deno.ChildProcess {
  try {
    return new Deno.Command("ffmpeg", {
      args: ["-hide_banner", "-nostats", ...args],
      clearEnv: true,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    const { NotFound, NotCapable, PermissionDenied } = Deno.errors;
    if (error instanceof NotFound) {
      throw unreadable(
        path,
        `an ffmpeg on the PATH, which reads ${format}`,
        `none: install ffmpeg, or convert the file elsewhere: ffmpeg -i ${quoted(path)} out.wav`,
      );
    }
    if (!(error instanceof NotCapable || error instanceof PermissionDenied)) throw error;
    throw unreadable(
      path,
      `the permission to run ffmpeg, which reads ${format}`,
      `none: --allow-run=ffmpeg gives it, or convert the file: ffmpeg -i ${quoted(path)} out.wav`,
    );
  }
}

function quoted(path: string): string {
  const name = path.slice(path.search(/[^\\/]*$/));
  return JSON.stringify(name.startsWith("-") ? `./${name}` : name);
}

async function feed(to: WritableStream<Uint8Array>, input: Uint8Array | undefined): Promise<void> {
  try {
    const writer = to.getWriter();
    if (input !== undefined) await writer.write(input);
    await writer.close();
  } catch {
    // It has read enough, or has failed, which its status tells.
  }
}

/** What comes, up to `most` bytes; `onMore` is told once of more, which is let go. */
async function collect(
  from: ReadableStream<Uint8Array>,
  most: number,
  onMore: () => void,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of from) {
    if (size <= most && size + part.length > most) onMore();
    size += part.length;
    if (size <= most) parts.push(part);
  }
  return joined(parts);
}

/** The last line that ffmpeg wrote, without the address of what wrote it. */
function reasonIn(messages: string): string {
  const lines = messages.split("\n").map((line) => line.replace(/^\[[^\]]*\] /, "").trim());
  const told = lines.filter((line) => line !== "" && !line.startsWith("Last message repeated"));
  return told.at(-1)?.slice(0, 200).replace(/^(pipe|cache|file):\S*: /, "") ??
    "an error without a word";
}
