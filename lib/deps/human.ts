/** Human's models of faces; we take two files of weights and none of its code (MIT). @module */

// A `string`, not a literal: Deno downloads the 29 MB on the first call only.
const name: string = "npm:@vladmandic/human@3.3.6";

/** A TensorFlow.js graph and its weights. */
export interface TfModelFiles {
  readonly graph: URL;
  readonly weights: URL;
}

/** Where the facial expression model lies. */
export function expressionModelFiles(): Promise<TfModelFiles> {
  return modelFiles("emotion");
}

/** Where the face detector lies: BlazeFace for the back camera, by Google (Apache-2.0). */
export function faceDetectorFiles(): Promise<TfModelFiles> {
  return modelFiles("blazeface");
}

async function modelFiles(model: "emotion" | "blazeface"): Promise<TfModelFiles> {
  // The package exports no such path, so this fails, but only after Deno has downloaded the
  // package; then its entry point resolves, and the models lie beside it.
  await import(`${name}/package.json`, { with: { type: "json" } }).catch(() => {});
  const entry = import.meta.resolve(name);
  if (!entry.startsWith("file:")) {
    throw new Deno.errors.NotFound(
      `Cannot load the model ${model}: expected ${name} from the registry, got nothing`,
    );
  }
  return {
    graph: new URL(`../models/${model}.json`, entry),
    weights: new URL(`../models/${model}.bin`, entry),
  };
}
