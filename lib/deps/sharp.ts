/** sharp: decodes, resizes and encodes images with libvips, native code inside an npm package. @module */

import type Sharp from "npm:sharp@0.35.5";

// A `string`, not a literal: Deno downloads the native library on the first call only.
const specifier: string = "npm:sharp@0.35.5";

/** Loads sharp on first use. */
export async function sharp(): Promise<typeof Sharp> {
  return (await import(specifier)).default;
}
