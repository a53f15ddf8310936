/** Emojilib: the Unicode name of each emoji, and words that people look for it by (MIT). @module */

// A `string`, not a literal: Deno downloads the package on the first call only.
const specifier: string = "npm:emojilib@4.0.3";

/** By emoji: the name first, words joined by underscores, then the other words. */
export async function emojiWords(): Promise<Readonly<Record<string, readonly string[]>>> {
  return (await import(specifier, { with: { type: "json" } })).default;
}
