/** Compares the outputs of a notebook with those that are committed. @module */

import {
  type Cell,
  codeCells,
  type Notebook,
  type Output,
  sortKeys,
  textOf,
} from "./notebook_file.ts";

/** A cell whose outputs are not those committed. */
export interface Difference {
  /** From 1, among all cells. */
  readonly cell: number;
  readonly what: string;
}

// What sums of float32 in another order may come to.
const tolerance = 0.01;

/**
 * The code cells whose outputs differ. Texts and figures are equal if they
 * differ in their numbers alone, and each number by at most a hundredth of
 * itself or of 1: another processor rounds otherwise. Pictures and sounds have
 * to be the same bytes. Of cells with the tag `trained` the formats alone are
 * compared: a training run turns the last digit of a sum into another model, as
 * another seed does.
 */
export function compareOutputs(committed: Notebook, fresh: Notebook): Difference[] {
  const now = codeCells(fresh);
  return codeCells(committed).flatMap(({ number, cell }, i) => {
    const [wanted, got] = [cell.outputs ?? [], now[i]?.cell.outputs ?? []];
    const what = formatsDiffer(wanted, got) ??
      (isTrained(cell) ? undefined : contentsDiffer(wanted, got));
    return what === undefined ? [] : [{ cell: number, what }];
  });
}

function isTrained({ metadata: { tags } }: Cell): boolean {
  return Array.isArray(tags) && tags.includes("trained");
}

function formatsDiffer(wanted: readonly Output[], got: readonly Output[]): string | undefined {
  if (wanted.length !== got.length) {
    return `expected ${wanted.length} outputs, got ${got.length}`;
  }
  const types = (output: Output) => Object.keys(formatsOf(output)).sort().join(", ");
  const i = wanted.findIndex((output, i) => types(output) !== types(got[i]!));
  return i < 0 ? undefined : `expected ${types(wanted[i]!)}, got ${types(got[i]!)}`;
}

function contentsDiffer(wanted: readonly Output[], got: readonly Output[]): string | undefined {
  for (const [i, output] of wanted.entries()) {
    const formats = formatsOf(got[i]!);
    for (const [type, text] of Object.entries(formatsOf(output))) {
      const difference = textsDiffer(text, formats[type]!);
      if (difference !== undefined) return `${type}: ${difference}`;
    }
  }
  return undefined;
}

function formatsOf(output: Output): Record<string, string> {
  if (output.output_type === "stream") return { [output.name]: textOf(output.text) };
  if (output.output_type === "error") return { error: `${output.ename}: ${output.evalue}` };
  return Object.fromEntries(
    Object.entries(output.data).map(([type, value]) => [
      type,
      typeof value === "string" || Array.isArray(value)
        ? textOf(value)
        : JSON.stringify(value, sortKeys),
    ]),
  );
}

const numberPattern = /-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/g;

function textsDiffer(wanted: string, got: string): string | undefined {
  if (wanted === got) return undefined;
  const [first, second] = [partsOf(wanted), partsOf(got)];
  for (let i = 0; i < Math.max(first.length, second.length); i++) {
    const [a = "", b = ""] = [first[i], second[i]];
    if (a === b || areClose(Number(a || NaN), Number(b || NaN))) continue;
    return `expected ${excerpt(first, i)}, got ${excerpt(second, i)}`;
  }
  return undefined;
}

// Texts and numbers in turn; what is encoded in base64 is text, whatever digits it has.
function partsOf(text: string): string[] {
  return text.split(/(base64,[A-Za-z0-9+/=]*)/).flatMap((part) => {
    if (part.startsWith("base64,") || /^[A-Za-z0-9+/]{64,}=*$/.test(part)) return [part];
    const numbers = part.match(numberPattern) ?? [];
    return part.split(numberPattern).flatMap((between, i) => [between, ...numbers.slice(i, i + 1)]);
  });
}

function areClose(a: number, b: number): boolean {
  return Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(a));
}

function excerpt(parts: readonly string[], at: number): string {
  const text = parts.slice(Math.max(0, at - 1), at + 2).join("");
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 59)}…` : text);
}
