/** Which files a model in the Hugging Face layout consists of, and what they hold. @module */

import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { ifThere } from "../files.ts";

/** The numbers that a graph computes with; `int8` ones are quantised, smaller and less exact. */
export type GraphPrecision = "fp32" | "int8";

/** The files beside the graphs that decide what a model computes, as far as it has them. */
export const describingFiles = [
  "config.json",
  "tokenizer.json",
  "tokenizer_config.json",
  "preprocessor_config.json",
] as const;

/** What follows a graph's name, by precision: the hub has int8 graphs under two names. */
const variants = { fp32: [""], int8: ["_quantized", "_int8"] } as const;

/** Where the graphs of a model may be. */
export interface GraphPlace {
  /** Within the model's folder: transformers.js wants `onnx`, Optimum writes beside the rest. */
  readonly subfolder: "onnx" | "";
  /** Between a graph's name and `.onnx`. */
  readonly variant: "" | "_quantized" | "_int8";
  /** Each graph's path within the folder. */
  readonly paths: readonly string[];
}

/** Where to look for graphs, the likeliest place first. */
export function graphPlaces(
  { graphs, precision }: { readonly graphs: readonly string[]; readonly precision: GraphPrecision },
): GraphPlace[] {
  return variants[precision].flatMap((variant) =>
    (["onnx", ""] as const).map((subfolder) => ({
      subfolder,
      variant,
      paths: graphs.map((name) => join(subfolder, `${name}${variant}.onnx`)),
    }))
  );
}

/** Whether a file holds weights of the graph at `graph`: `model.onnx_data`, `model.onnx_data_1` and the like. */
export function isDataOf(graph: string, path: string): boolean {
  return path.startsWith(graph) && /^[._]data(_\d+)?$/.test(path.slice(graph.length));
}

/** Within `folder`, the files of the graph at `graph`: itself, and its weights if they are apart. */
export async function filesOfGraph(folder: string, graph: string): Promise<string[]> {
  const subfolder = dirname(graph);
  const data: string[] = [];
  for await (const { name } of Deno.readDir(join(folder, subfolder))) {
    const path = join(subfolder, name);
    if (isDataOf(graph, path)) data.push(path);
  }
  return [graph, ...data.sort()];
}

/** Whether there is a file at `path`. */
export async function isFile(path: string): Promise<boolean> {
  return (await ifThere(Deno.stat(path)))?.isFile ?? false;
}

/** SHA-256 of a file in hexadecimal. */
export async function digestFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of (await Deno.open(path)).readable) hash.update(chunk);
  return hash.digest("hex");
}
