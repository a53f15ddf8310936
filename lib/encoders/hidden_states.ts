/** The hidden states of a transformer, taken from inside its ONNX graph. @module */

import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { PbfWriter } from "../deps/pbf.ts";
import { putWhole } from "../files.ts";
import { digestFile, isFile } from "./model_layout.ts";
import { layerInputs, readOnnxGraph } from "./onnx_graph.ts";

/** A graph that gives its hidden states. */
export interface HiddenStates {
  /** The file within the model's folder. */
  readonly graph: string;
  /** The outputs with the states: what goes into each layer, and after them the last state. L + 1. */
  readonly outputs: readonly string[];
}

const lastState = "last_hidden_state";

/**
 * A graph with the hidden states as outputs, from the one at `graph` in `folder`.
 *
 * If the file has outputs `hidden_states.0` and so on, it is that file. If not, a copy beside it,
 * `model.hidden_states.onnx`, gets them: the bytes of the file, and after them the outputs that it
 * lacks, since in the protobuf format a message that goes on later is the same message. Weights
 * in a file of their own stay there. A copy that is there already is used if it is this file's.
 *
 * @throws {RangeError} Not as many layers are found as there should be.
 */
export async function withHiddenStates(
  { folder, graph, layers }: {
    readonly folder: string;
    readonly graph: string;
    /** L, as the model's configuration has it. */
    readonly layers: number;
  },
): Promise<HiddenStates> {
  const source = join(folder, graph);
  const bytes = await Deno.readFile(source);
  const read = readOnnxGraph(bytes);
  const given = Array.from(
    { length: layers },
    (_, i) =>
      [`hidden_states.${i}`, `hidden_states_${i}`].find((name) => read.outputs.includes(name)),
  );
  if (given.every((name) => name !== undefined)) {
    return { graph, outputs: [...given, lastState] };
  }
  const entered = layerInputs(read, read.inputs[0] ?? "");
  if (entered.length !== layers) {
    throw new RangeError(
      `Cannot take hidden states from "${source}": expected ${layers} layers of attention, as its ` +
        `config.json says, got ${entered.length}`,
    );
  }
  const outputs = entered.map((_, i) => `hidden_states.${i}`);
  const tail = moreOutputs(entered, outputs);
  const name = `${basename(graph, ".onnx")}.hidden_states.onnx`;
  const target = join(folder, dirname(graph), name);
  const copy = createHash("sha256").update(bytes).update(tail).digest("hex");
  if (!await isFile(target) || await digestFile(target) !== copy) {
    await writeCopy(target, { source, tail });
  }
  return { graph: join(dirname(graph), name), outputs: [...outputs, lastState] };
}

/** What makes `values` outputs of a model called `names` when it follows the model's bytes. */
function moreOutputs(values: readonly string[], names: readonly string[]): Uint8Array {
  const writer = new PbfWriter();
  writer.writeMessage(7, (_, graph) => {
    names.forEach((name, i) => {
      graph.writeMessage(1, (_, node) => {
        node.writeStringField(1, values[i]!);
        node.writeStringField(2, name);
        node.writeStringField(4, "Identity");
      }, undefined);
      graph.writeMessage(12, (_, output) => {
        output.writeStringField(1, name);
        // A tensor of float32 (1), of any shape.
        output.writeMessage(2, (_, type) => {
          type.writeMessage(1, (_, tensor) => tensor.writeVarintField(1, 1), undefined);
        }, undefined);
      }, undefined);
    });
  }, undefined);
  return writer.finish();
}

function writeCopy(
  target: string,
  { source, tail }: { source: string; tail: Uint8Array },
): Promise<void> {
  return putWhole(target, async (partial) => {
    await Deno.copyFile(source, partial);
    await Deno.writeFile(partial, tail, { append: true });
  });
}
