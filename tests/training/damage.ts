/** Damage to a file. @module */

/** The content of a file. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** Turns over the lowest bit of one byte; `at` below zero counts from the end. */
export const flipped = (at: number) => (bytes: Bytes): Bytes => {
  const changed = bytes.slice(), i = at < 0 ? bytes.length + at : at;
  changed[i] = changed[i]! ^ 0x01;
  return changed;
};

/** Replaces a file by what `damage` makes of it; without one the file is removed. */
export async function inflict(
  path: string,
  damage: ((bytes: Bytes) => Bytes) | undefined,
): Promise<void> {
  if (damage) await Deno.writeFile(path, damage(await Deno.readFile(path)));
  else await Deno.remove(path);
}
