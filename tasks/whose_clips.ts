/** Whose clips are judged, for a model that was trained by speaker. @module */

import { join } from "node:path";
import { shown } from "../lib/checks.ts";
import { kindOf, namesIn } from "../lib/files.ts";
import type { SpokenOptions } from "../lib/inference/speakers.ts";
import { fewestClips } from "../lib/systems/by_speaker.ts";
import type { SampleLine } from "./read_samples.ts";

/**
 * Refuses a table that doesn't say whose its clips are.
 *
 * @throws {RangeError} No row of a clip names its speaker.
 */
export function assertSpoken(rows: readonly SampleLine[], csv: string): void {
  const clips = rows.filter(({ sample }) => sample.audio !== undefined);
  if (clips.length === 0 || clips.some(({ speaker }) => speaker !== "")) return;
  throw new RangeError(
    `Cannot judge "${csv}": expected a column speaker, actor, subject or group that says whose its ` +
      `clips are, ${fewestClips} of each or more, as the model was trained by speaker, or --speaker, ` +
      `got ${rows[0]!.names.slice(0, 12).map(shown).join(", ")}`,
  );
}

/**
 * Refuses to be told who speaks where nothing is heard.
 *
 * @throws {RangeError} A speaker is named, or clips of one.
 */
export function assertNobodySpeaks({ speaker, speakerClips }: Whose): void {
  const option = speaker !== undefined ? "--speaker" : "--speaker-clips";
  if (speaker === undefined && speakerClips === undefined) return;
  throw new RangeError(`Cannot use ${option}: expected a clip that is judged, got none`);
}

/** Whose clips are judged, on the command line. */
interface Whose {
  readonly speaker: string | undefined;
  readonly speakerClips: string | undefined;
}

/** Whose clips are judged, as it was given. */
export async function whoseClips(
  { speaker, speakerClips }: Whose,
  rows: readonly SampleLine[] | undefined,
): Promise<SpokenOptions> {
  if (speaker !== undefined) return { speaker };
  if (speakerClips !== undefined) return { speakerClips: await filesIn(speakerClips) };
  return rows?.some(({ speaker }) => speaker !== "")
    ? { speakers: rows.map(({ speaker }) => speaker || undefined) }
    : {};
}

/** The files of a folder, but for hidden ones. */
async function filesIn(folder: string): Promise<string[]> {
  if (await kindOf(folder) !== "folder") {
    throw new RangeError(`Cannot use --speaker-clips: expected a folder, got none at "${folder}"`);
  }
  const names = (await namesIn(folder)).filter((name) => !name.startsWith(".")).sort();
  if (names.length === 0) {
    throw new RangeError(
      `Cannot use --speaker-clips: expected sound files in "${folder}", got an empty folder`,
    );
  }
  return names.map((name) => join(folder, name));
}
