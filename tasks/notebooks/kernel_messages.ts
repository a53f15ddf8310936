/** What a kernel publishes, made to outputs of a notebook. @module */

import type { Output } from "./notebook_file.ts";

/** A message of the kernel. */
export interface Message {
  readonly type: string;
  readonly content: Readonly<Record<string, unknown>>;
}

type Shown = Extract<Output, { readonly data: unknown }>;

/**
 * The outputs that a notebook keeps of these messages: neighbouring lines of
 * one stream are one output, and a display that is updated is kept in its last
 * state.
 */
export function outputsOf(messages: readonly Message[]): Output[] {
  const outputs: Output[] = [];
  const places = new Map<string, number>();
  for (const { type, content } of messages) {
    const last = outputs.at(-1);
    if (type === "stream") {
      const { name, text } = content as { name: string; text: string };
      if (last?.output_type === "stream" && last.name === name) {
        outputs[outputs.length - 1] = { ...last, text: `${last.text}${text}` };
      } else outputs.push({ output_type: type, name, text });
    } else if (type === "execute_result" || type === "display_data") {
      const id = displayId(content);
      if (id !== undefined) places.set(id, outputs.length);
      outputs.push({ output_type: type, data: content.data as Shown["data"], metadata: {} });
    } else if (type === "update_display_data") {
      const at = places.get(displayId(content) ?? "");
      if (at === undefined) continue; // Of another cell's display.
      outputs[at] = { ...outputs[at] as Shown, data: content.data as Shown["data"] };
    } else if (type === "clear_output") {
      outputs.splice(0);
      places.clear();
    } else if (type === "error") {
      const { ename, evalue, traceback } = content as Extract<Output, { ename: string }>;
      outputs.push({ output_type: type, ename, evalue, traceback });
    }
  }
  return outputs;
}

function displayId({ transient }: Message["content"]): string | undefined {
  return (transient as { display_id?: string } | undefined)?.display_id;
}
