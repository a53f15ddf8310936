/** A set of a few files, read as its layout says. @module */

import { modalities } from "../../../lib/modality.ts";
import { readPairedTable, type TableOptions } from "../../../lib/datasets/table.ts";
import { withFolder } from "../temporary_folder.ts";

/** What a test looks at: a line a row, and the report. */
export async function readSet(
  files: Readonly<Record<string, string | Uint8Array>>,
  { at = "", ...options }: TableOptions & { readonly at?: string } = {},
) {
  return await withFolder(files, async (folder) => {
    const path = `${folder}/${at}`;
    const { corpora, pairs, given, report } = await readPairedTable(path, options);
    const rows = pairs.map((pair, i) => {
      const shown = modalities.filter((m) => pair[m] !== undefined);
      const { id, emotion, label, group } = corpora[shown[0]!].samples[pair[shown[0]!]!]!;
      return [shown.join("+"), id, emotion, label, group, given?.[i] ?? "-"].join(" ");
    });
    const sources = modalities.map((m) => corpora[m].samples.map(({ source }) => source));
    return { rows, sources, report, folder };
  });
}

/** Text files of these names, each with content of its own. */
export function soundFiles(...names: string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, `sound of ${name}`]));
}
