/** What data look like, how they would be read, and what to type to train on them. @module */

import {
  corporaIn,
  isFeatureFile,
  isTable,
  layoutOf,
  layouts,
  nearestLayouts,
  type PairedCorpora,
  pairsAmong,
  parts,
  printFeatureReport,
  printTableReport,
  readPairedTable,
  type TableCorpora,
  tablesIn,
  type TargetChoice,
} from "../lib/datasets/mod.ts";
import { kindOf } from "../lib/files.ts";
import { byModality } from "../lib/modality.ts";
import { printPercent } from "../lib/numbers.ts";
import { featureAuditLine, withSoundFeatures } from "../lib/study/feature_audit.ts";
import { readGivenFeatures } from "../lib/study/given_features.ts";
import { keptHashes } from "../lib/study/corpora.ts";
import { type GivenTables, givenTables } from "../lib/study/row_features.ts";
import { defaults } from "../lib/study/settings.ts";
import { divideRows } from "../lib/study/splits.ts";
import type { Target } from "../lib/target.ts";
import { callerFolder } from "./caller.ts";
import { message } from "./command.ts";
import { type labelOptions, readLabelMap } from "./label_options.ts";
import type { Values } from "./option.ts";
import { assertFeaturesFit, type target as targetOption } from "./options.ts";
import { stepLines } from "./progress.ts";

/** Prints it and returns the exit code: 0 it can be trained on, 1 not. Writes nothing. */
export async function inspectData(
  path: string,
  { labels, several, target }: Values<typeof labelOptions & { target: typeof targetOption }>,
): Promise<number> {
  const kind = await kindOf(path);
  if (kind === "nothing") {
    throw new RangeError(`Cannot inspect "${path}": expected a file or a folder, got nothing`);
  }
  const corpora = await corporaIn(path);
  if (corpora.length > 0) return sayCorpora(path, corpora);
  if (kind === "file" && isFeatureFile(path)) {
    assertFeaturesFit({ labels, several });
    return await inspectFeatures(path, target);
  }
  const layout = (await layoutOf(path))?.layout;
  if (layout === undefined && !(kind === "file" && isTable(path))) return await sayUnknown(path);
  console.log(
    layout
      ? `${path} looks like ${layout.name}: ${layout.looksLike}`
      : `${path} looks like a table of one's own`,
  );
  const { show, end } = stepLines();
  // What commands have read before is not opened again; what is read here is not kept.
  const hashes = { ...keptHashes(".cache", show), save: () => Promise.resolve() };
  let read: TableCorpora;
  try {
    read = await readPairedTable(path, {
      ...{ from: callerFolder(), labels: await readLabelMap(labels), several, target, hashes },
      onProgress: (done, total) => show("reading files", done, total),
    });
  } catch (error) {
    end();
    console.error(message(error));
    return 1;
  }
  end();
  console.log(`\n${printTableReport(read.report)}`);
  const options = [
    ...labels ? [`--labels ${quoted("file" in labels ? labels.file : labels.numbering)}`] : [],
    ...several ? [`--several ${several}`] : [],
    ...target ? [`--target ${nameOf(target)}`] : [],
  ];
  const features = givenTables(byModality((m) => read.corpora[m].samples), read.numbersFrom ?? {});
  return sayTraining(path, { ...read, features, groupedBy: read.report.groups.by }, options);
}

async function inspectFeatures(path: string, target: TargetChoice | undefined): Promise<number> {
  console.log(`${path} looks like features of MMSA: a pickle, of which nothing is run`);
  const { show, end } = stepLines();
  try {
    const read = await readGivenFeatures(path, {
      target,
      onProgress: (m, done, total) => show(`reading features of ${m}`, done, total),
    });
    end();
    console.log(`\n${printFeatureReport(read.report)}`);
    const options = target ? [`--target ${nameOf(target)}`] : [];
    return sayTraining(path, { ...read, groupedBy: "video" }, options);
  } catch (error) {
    end();
    console.error(message(error));
    return 1;
  }
}

// As the option has it.
function nameOf(target: TargetChoice): string {
  if (typeof target === "string") return target;
  return target.kind === "score" ? `${target.low}..${target.high}` : "classes";
}

function sayTraining(
  path: string,
  read: PairedCorpora & {
    readonly target: Target;
    readonly features: GivenTables;
    readonly groupedBy: string | null;
  },
  options: readonly string[],
): number {
  const { testFraction, validationFraction } = defaults.data;
  try {
    // As training with the first seed does.
    const { report, split } = divideRows(read, {
      ...{ seed: 1, testFraction, validationFraction, target: read.target },
    });
    const described = parts.map((part) => {
      const rows = pairsAmong(read.pairs, byModality((m) => split[m][part])).length;
      return `${rows} rows in ${report.groups[part]} groups ${part}`;
    });
    console.log(`  parts       ${described.join(", ")}`);
    for (const m of report.unlearnt ?? []) {
      console.log(
        `  note        no row of the training part has ${m}: it is not learnt, and not shown`,
      );
    }
    const { audits } = withSoundFeatures(report, {
      ...{ given: read.features, split, target: read.target, groupedBy: read.groupedBy },
      samples: byModality((m) => read.corpora[m].samples),
    }, { data: path, onProgress: (line) => console.log(`  note        ${line}`) });
    for (const audit of audits.found) console.log(`  audit       ${featureAuditLine(audit)}`);
  } catch (error) {
    console.error(`It can't be trained on as it is.\n${message(error)}`);
    return 1;
  }
  console.log(
    `\nTo train on it:\n  ${["deno task train --data", quoted(path), ...options].join(" ")}`,
  );
  return 0;
}

function sayCorpora(path: string, there: readonly string[]): number {
  const missing = ["emotions", "faces", "ravdess"].filter((name) => !there.includes(name));
  const folders = (names: readonly string[]) => names.map((name) => `${name}/`).join(", ");
  console.log(`${path} holds corpora that share no samples: ${folders(there)}`);
  console.log(`\nTo see what is in them:\n  deno task doctor --data ${quoted(path)}`);
  if (missing.length > 0) {
    console.error(
      `It can't be trained on as it is: ${
        folders(missing)
      } not there. One of its folders alone can ` +
        `be, as in deno task data inspect ${quoted(`${path.replace(/\/$/, "")}/${there[0]}`)}`,
    );
    return 1;
  }
  console.log(`\nTo train on them:\n  deno task train --data ${quoted(path)}`);
  return 0;
}

async function sayUnknown(path: string): Promise<number> {
  const width = Math.max(...layouts.map(({ name }) => name.length));
  console.log(
    [
      `${path} looks like none of the layouts that are read:`,
      ...layouts.map(({ name, looksLike }) => `  ${name.padEnd(width)}  ${looksLike}`),
      `  ${
        "a table".padEnd(width)
      }  .csv, .tsv, .txt or .jsonl with label and text, image or audio`,
      `  ${
        "features".padEnd(width)
      }  .pkl or .pickle of MMSA: train, valid, test with text, audio, vision`,
      "",
      await describeNearest(path),
    ].join("\n"),
  );
  return 1;
}

// With less it is there by chance.
const leastShare = 0.1;

async function describeNearest(path: string): Promise<string> {
  const [table] = await tablesIn(path);
  if (table !== undefined) {
    return `The nearest is a table in it:\n  deno task data inspect ${quoted(table)}`;
  }
  const [first] = await nearestLayouts(path);
  const near = first === undefined || first.share < leastShare
    ? "Nothing in it is as any of them has it."
    : `The nearest is ${first.layout.name}: ${printPercent(first.share)} of what it looks for ` +
      "is there.";
  return `${near} docs/tables.md says how to list data in a table.`;
}

// For a shell.
function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
