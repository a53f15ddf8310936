/** Signs of life of the parts that work in a folder, for whoever collects what they make. @module */

import { join } from "node:path";
import { ifThere, namesIn, removeIfThere, writeWhole } from "../files.ts";

/** How often parts give a sign of life, and after how long without one they count as dead. */
export interface Pulse {
  /** @default 10 */
  readonly beatSeconds?: number;
  /** Longer than a shared disk may show an old file for. @default 90 */
  readonly deadSeconds?: number;
}

/** A part at work. */
export interface PartMark {
  /** Takes the mark away, at the part's end. */
  end(): Promise<void>;
}

/** Marks a part, such as `3/9`, as working in `folder`, by a file of its own that is written again and again. */
export async function markPart(
  folder: string,
  part: string,
  { beatSeconds = 10 }: Pulse = {},
): Promise<PartMark> {
  const path = join(marksIn(folder), `${part.replace("/", "-of-")}.json`);
  let beats = 0;
  const beat = async () => {
    await Deno.mkdir(marksIn(folder), { recursive: true });
    await writeWhole(path, JSON.stringify({ part, process: Deno.pid, beats: beats++ }) + "\n");
  };
  await beat();
  let beating: Promise<void> | undefined;
  // A full disk fails the part where it keeps its fits, not here.
  const timer = setInterval(() => beating = beat().catch(() => {}), beatSeconds * 1000);
  return {
    async end() {
      clearInterval(timer);
      await beating;
      await removeIfThere(path);
    },
  };
}

/**
 * Returns when no part works in `folder`. One that was killed has left its mark: it is waited for until
 * it has given no sign of life for so long that it is dead. Times are those of the disk, as every host
 * sees them.
 *
 * @throws {Error} A part gives a sign of life.
 */
export async function assertNoParts(
  folder: string,
  { deadSeconds = 90, onMessage = () => {} }: Pulse & {
    readonly onMessage?: (message: string) => void;
  } = {},
): Promise<void> {
  const first = await readMarks(folder);
  let told = false;
  for (;;) {
    const now = first.size > 0 ? await diskTime(folder) : 0;
    const marks = await readMarks(folder);
    const alive = [...marks].find(([name, { text }]) => first.get(name)?.text !== text);
    if (alive) {
      throw new Error(
        `Cannot collect "${folder}": expected that all parts have ended, got ` +
          `${partOf(alive[0])} at work; the same command collects once they have`,
      );
    }
    const ages = [...marks.values()].map(({ written }) => (now - written) / 1000);
    const left = deadSeconds - Math.min(...ages);
    if (marks.size === 0 || left <= 0) return;
    if (!told) {
      const names = [...marks.keys()].map(partOf).join(", ");
      onMessage(`waiting for ${names}, or for ${left.toFixed(0)} s without a sign of life`);
    }
    told = true;
    await new Promise((resolve) => setTimeout(resolve, Math.min(left, 5) * 1000));
  }
}

function marksIn(folder: string): string {
  return join(folder, "parts");
}

function partOf(name: string): string {
  return `part ${name.replace(".json", "").replace("-of-", "/")}`;
}

async function readMarks(folder: string) {
  const marks = new Map<string, { readonly text: string; readonly written: number }>();
  for (const name of await namesIn(marksIn(folder))) {
    if (!/^\d+-of-\d+\.json$/.test(name)) continue;
    const path = join(marksIn(folder), name);
    const text = await ifThere(Deno.readTextFile(path));
    const info = await ifThere(Deno.stat(path));
    if (text !== undefined && info) marks.set(name, { text, written: info.mtime?.getTime() ?? 0 });
  }
  return marks;
}

/** What the disk that holds `folder` says the time is, in ms. */
async function diskTime(folder: string): Promise<number> {
  const probe = join(marksIn(folder), `${crypto.randomUUID()}.partial`);
  await Deno.writeTextFile(probe, "");
  try {
    return (await Deno.stat(probe)).mtime?.getTime() ?? Date.now();
  } finally {
    await removeIfThere(probe);
  }
}
