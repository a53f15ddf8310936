/** Tables of clips of some speakers, each of a voice of its own. @module */

import { encodeWav } from "../../lib/signal/mod.ts";
import { fold, key, normals } from "../../lib/tensor/random.ts";

/** How many clips a speaker has: just enough. */
export const clipsEach = 12;

/** Who speaks in a table, and which columns it has beside `audio`. */
export interface SpokenTable {
  readonly speakers: readonly string[];
  readonly columns: readonly ("label" | "speaker")[];
  readonly each?: number;
}

/**
 * Writes a table and its clips: every other one is loud and positive, beside the others of its speaker;
 * a speaker's loudness and hum are constant.
 */
export async function writeSpokenTable(
  folder: string,
  name: string,
  { speakers, columns, each = clipsEach }: SpokenTable,
): Promise<string> {
  await Deno.mkdir(`${folder}/clips`, { recursive: true });
  const rows: string[] = [];
  for (const [s, speaker] of speakers.entries()) {
    for (let i = 0; i < each; i++) {
      const next = normals(fold(key(7), speaker, i));
      const level = 0.02 * (1 + s % 4) * (i % 2 ? 3 : 1);
      const samples = Float32Array.from(
        { length: 6400 },
        (_, t) => level * (next() + Math.sin(0.05 * (1 + s % 3) * t)),
      );
      const path = `clips/${speaker}-${i}.wav`;
      await Deno.writeFile(`${folder}/${path}`, encodeWav(samples, { sampleRate: 16_000 }));
      const cells = { label: i % 2 ? "positive" : "negative", speaker };
      rows.push([path, ...columns.map((column) => cells[column])].join());
    }
  }
  await Deno.writeTextFile(`${folder}/${name}`, `${["audio", ...columns]}\n${rows.join("\n")}\n`);
  return `${folder}/${name}`;
}
