/** Reads back what experiments have written, by this command or an earlier one. @module */

import { join } from "node:path";
import { ifThere } from "../../lib/files.ts";

/** One experiment's result, as its folder has it. */
export interface SavedResult {
  /** The name of the experiment and of its folder beside the report. */
  readonly name: string;
  /** What `NAME.json` says. */
  readonly data: Readonly<Record<string, unknown>>;
  /** What `NAME.md` says; empty where there is none. */
  readonly markdown: string;
  /** In the order of their numbers. */
  readonly pictures: readonly Picture[];
  /** Every file by its path in the folder. */
  readonly files: readonly string[];
}

/** A figure that was drawn. */
export interface Picture {
  /** Its file's name, without `.svg`. */
  readonly name: string;
  readonly svg: string;
  /** The same, drawn for a narrow window, if there is one. */
  readonly narrow?: string;
  /** The Vega-Lite specification that it is drawn from, if there is one. */
  readonly specification: unknown;
}

/**
 * The results in `folder` of those experiments that have one, in the order of
 * the names.
 *
 * @throws {RangeError} A file of JSON that is none.
 */
export async function readResults(
  folder: string,
  names: readonly string[],
): Promise<SavedResult[]> {
  const found = await Promise.all(names.map((name) => readSaved(join(folder, name), name)));
  return found.filter((result) => result !== undefined);
}

async function readSaved(folder: string, name: string): Promise<SavedResult | undefined> {
  const data = await readJsonIfThere(join(folder, `${name}.json`));
  if (data === undefined) return undefined;
  const files = await listFiles(folder);
  return {
    name,
    data: data as Readonly<Record<string, unknown>>,
    markdown: await ifThere(Deno.readTextFile(join(folder, `${name}.md`))) ?? "",
    pictures: await Promise.all(
      files.filter((path) => /^[^/]+(?<!\.narrow)\.svg$/.test(path))
        .map((path) => readPicture(folder, path)),
    ),
    files,
  };
}

async function readPicture(folder: string, path: string): Promise<Picture> {
  const name = path.slice(0, -".svg".length);
  const narrow = await ifThere(Deno.readTextFile(join(folder, `${name}.narrow.svg`)));
  return {
    name,
    svg: await Deno.readTextFile(join(folder, path)),
    ...narrow !== undefined && { narrow },
    specification: await readJsonIfThere(join(folder, `${name}.vl.json`)),
  };
}

async function listFiles(folder: string, before = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = before + name;
    if (isDirectory) found.push(...await listFiles(join(folder, name), `${path}/`));
    else found.push(path);
  }
  return found.sort(byNumber);
}

// Figure 10 comes after figure 9.
const { compare: byNumber } = new Intl.Collator("en", { numeric: true });

async function readJsonIfThere(path: string): Promise<unknown> {
  const text = await ifThere(Deno.readTextFile(path));
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Said below.
  }
  throw new RangeError(
    `Cannot read "${path}": expected a JSON object, got ${JSON.stringify(text.slice(0, 40))}`,
  );
}
