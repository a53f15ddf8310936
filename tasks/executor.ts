/** The option that says what executes graphs, and the line that says why it is not C. @module */

import { executorChoices } from "../lib/compile/mod.ts";
import { choice, preset } from "./option.ts";

/** What executes the graphs of training and of what it is judged by. */
export const executor = preset(
  choice(
    executorChoices,
    "what trains and judges: c, compiled for this processor by cc; onnxruntime; or auto, which takes " +
      "c where a compiler works and a fit has enough steps to win back compiling, and else says why not",
  ),
  "auto",
);

/** Tells once on the standard error stream why it is not C. */
export function fallbackLine({ end }: { readonly end: () => void }): (reason: string) => void {
  let told = false;
  return (reason) => {
    if (told) return;
    told = true;
    end();
    console.error(`Graphs run in ONNX Runtime, not as C: ${reason}`);
  };
}
