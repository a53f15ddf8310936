/** The files of the page: packed, so that any web server hosts them small. @module */

/// <reference lib="dom" />

import type { PageModel } from "../lib/browser/mod.ts";

/** What the page asks for first. */
export interface PageManifest {
  readonly page: PageModel;
  /** Bytes of each packed file, by its name. */
  readonly sizes: Readonly<Record<string, number>>;
}

/** What stands behind the name of a packed file: not `.gz`, which some servers unpack themselves. */
export const packedEnding = ".packed";

/** The manifest. */
export async function readManifest(): Promise<PageManifest> {
  return JSON.parse(new TextDecoder().decode(await readPacked("page.json")));
}

/**
 * The bytes of a file that was packed by gzip; `onBytes` hears of each part as it comes.
 *
 * @throws {Error} It can't be had.
 */
export async function readPacked(
  name: string,
  onBytes: (count: number) => void = () => {},
): Promise<Uint8Array<ArrayBuffer>> {
  const address = `files/${name}${packedEnding}`;
  const response = await fetch(address);
  if (!response.ok || response.body === null) {
    throw new Error(`Cannot load ${address}: expected a file, got ${response.status}`);
  }
  const counted = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(part, out) {
      onBytes(part.length);
      out.enqueue(part);
    },
  });
  const whole = response.body.pipeThrough(counted).pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(whole).arrayBuffer());
}
