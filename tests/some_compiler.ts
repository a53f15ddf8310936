/** Tests of what needs a C compiler, which a machine may lack. @module */

import { whyNoC } from "../lib/compile/mod.ts";

const reason = await whyNoC();

/** A test that is skipped where C can't be had; its name then says why. */
export function compilerTest(
  name: string,
  run: () => Promise<void>,
  { permissions = "inherit" }: { readonly permissions?: Deno.PermissionOptions } = {},
): void {
  const why = reason === undefined ? "" : ` (skipped: ${reason})`;
  Deno.test(`${name}${why}`, { ignore: reason !== undefined, permissions }, run);
}
