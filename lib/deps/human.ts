/** Human's models of faces; we take one file of weights and none of its code (MIT). @module */

// A `string`, not a literal: Deno downloads the 29 MB on the first call only.
const name: string = "npm:@vladmandic/human@3.3.6";

/** Where the facial expression model lies: a TensorFlow.js graph and its weights. */
export async function expressionModelFiles(): Promise<{ graph: URL; weights: URL }> {
  // The package exports no such path, so this fails, but only after Deno has downloaded the
  // package; then its entry point resolves, and the models lie beside it.
  await import(`${name}/package.json`, { with: { type: "json" } }).catch(() => {});
  const entry = import.meta.resolve(name);
  if (!entry.startsWith("file:")) {
    throw new Deno.errors.NotFound(
      `Cannot load the expression model: expected ${name} from the registry, got nothing`,
    );
  }
  return {
    graph: new URL("../models/emotion.json", entry),
    weights: new URL("../models/emotion.bin", entry),
  };
}
