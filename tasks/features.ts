/**
 * Tells what the feature store holds, makes it, packs it, and makes it smaller.
 *
 *     deno task features [size|prune|pack|make] [options]
 *
 * @module
 */

import { counted } from "../experiments/tables.ts";
import {
  listFeatures,
  packFeatures,
  pruneFeatures,
  type PruneOptions,
  type StoredFeatures,
} from "../lib/encoders/stored_features.ts";
import { makeFeatures } from "./features/make.ts";
import { columns, sizeInWords } from "./columns.ts";
import { runCommand } from "./command.ts";
import { count, flag, option, parseChoice, type Values } from "./option.ts";
import { studyOptions } from "./options.ts";

const options = {
  keep: option(
    "LIST",
    "all but those of these digests; some first letters of each will do",
    parseDigests,
  ),
  olderThan: count("those of encoders for which nothing was stored for so many days", "DAYS"),
  all: flag("all of them"),
  partial: flag("what killed runs have left an hour ago or longer"),
  dryRun: flag("only tells what would go"),
  cache: { ...studyOptions.cache, help: "the folder that holds features/" },
};

/** What the command line asks for. */
type Request = Values<typeof options> & { readonly action: "size" | "prune" | "pack" };

/** Runs the task and returns its exit code: 0 done, 1 failed, 2 not understood. */
export function main(args: string[]): Promise<number> {
  if (args[0] === "make") return makeFeatures(args);
  return runCommand(args, {
    name: "features",
    does: "Tells what the feature store holds, makes it, packs it, and makes it smaller.",
    usage: [
      "[size] [--cache DIR]",
      "prune CHOICE… [--dry-run] [--cache DIR]",
      "pack [--cache DIR]",
      "make [names…] [--part I/N] [options]",
    ],
    words: {
      make:
        "encodes what the results of reproduce with these names and options read; features make " +
        "--help has them",
      size: "a line for each encoder: digest, samples, files, megabytes, and its id where a file " +
        "says it",
      prune: "removes the features of encoders; they are made again when they are needed",
      pack:
        "makes files of thousands of samples of those of 64 that encoding leaves, which are read " +
        "faster; other commands may go on",
    },
    options,
    note: "--keep and --older-than together remove what both would.",
    read,
    writes: ({ action, dryRun, cache }) => action === "size" || dryRun ? [] : [cache],
    run: (request) => ({ size: showSize, prune, pack })[request.action](request),
  });
}

const actions = ["size", "prune", "pack", "make"] as const;

function read(values: Values<typeof options>, words: readonly string[]): Request {
  const { keep, olderThan, all, partial, dryRun } = values;
  const action = parseChoice("the action", actions, words.join(" ") || "size");
  if (action === "make") throw new RangeError("Cannot make: expected make before all options");
  const some = keep !== undefined || olderThan !== undefined;
  if (action !== "prune" && (some || all || partial || dryRun)) {
    const does = action === "size" ? "tell the size" : "pack";
    throw new RangeError(`Cannot ${does}: expected no option but --cache, got others`);
  }
  if (action === "prune" && !some && !all && !partial) {
    throw new RangeError(
      "Cannot prune: expected --keep, --older-than, --all or --partial, got none of them",
    );
  }
  if (some && all) {
    throw new RangeError("Cannot prune: expected --all alone, got --keep or --older-than with it");
  }
  return { ...values, action };
}

function parseDigests(list: string): string[] {
  return list.split(",").map((digest) => {
    if (/^[0-9a-f]{4,64}$/.test(digest)) return digest;
    throw new RangeError(
      `Cannot use --keep: expected digests or 4 of their first letters or more, got "${digest}"`,
    );
  });
}

async function showSize({ cache }: Request): Promise<void> {
  const stored = await listFeatures(`${cache}/features`);
  if (stored.length === 0) {
    console.log(`No features in ${cache}/features.`);
    return;
  }
  const total = (of: (features: StoredFeatures) => number) =>
    stored.reduce((sum, features) => sum + of(features), 0);
  console.log(columns([
    ["digest", "samples", "files", "size", "encoder"],
    ...stored.map((own) => [
      own.digest.slice(0, 16),
      `${own.samples}`,
      `${own.shards}`,
      sizeInWords(own.bytes),
      [own.id ?? "unknown", ...remarks(own)].join(", "),
    ]),
    [
      "total",
      `${total((f) => f.samples)}`,
      `${total((f) => f.shards)}`,
      sizeInWords(total((f) => f.bytes)),
      "",
    ],
  ]));
}

function remarks({ half, shards, damaged, partials }: StoredFeatures): string[] {
  return [
    ...half > 0 ? [`${half} of ${shards} files in half precision`] : [],
    ...damaged > 0 ? [`${damaged} files damaged`] : [],
    ...partials > 0 ? [`${partials} files unfinished`] : [],
  ];
}

async function pack({ cache }: Request): Promise<void> {
  const folder = `${cache}/features`;
  let from = 0, into = 0;
  const onDamage = (message: string) => console.error(message);
  for await (const packed of packFeatures(folder, { onDamage })) {
    const { digest, samples } = packed;
    from += packed.from;
    into += packed.into;
    console.log(
      `${digest.slice(0, 16)}: ${counted(packed.from, "file")} of ` +
        `${counted(samples, "sample")} made ${packed.into}`,
    );
  }
  console.log(from === 0 ? "Nothing to pack." : `Packed ${counted(from, "file")} into ${into}.`);
}

async function prune(request: Request): Promise<void> {
  const { cache, partial, dryRun } = request;
  const folder = `${cache}/features`;
  const drop = dropped(request, await listFeatures(folder));
  const pruned = await pruneFeatures(folder, { partial, dryRun, ...drop && { drop } });
  const bytes = pruned.reduce((sum, file) => sum + file.bytes, 0);
  for (const { path } of pruned) console.log(path);
  const files = counted(pruned.length, "file");
  console.log(`${dryRun ? "Would remove" : "Removed"} ${files}, ${sizeInWords(bytes)}.`);
}

const dayMs = 24 * 3600e3;

function dropped(
  { keep, olderThan, all }: Request,
  stored: readonly StoredFeatures[],
): PruneOptions["drop"] {
  for (const prefix of keep ?? []) {
    const found = stored.filter(({ digest }) => digest.startsWith(prefix)).length;
    // A digest with a slip of the pen would have its features removed.
    if (found !== 1) {
      throw new RangeError(
        `Cannot keep "${prefix}": expected the digest of one encoder of the store, got ${found}`,
      );
    }
  }
  if (keep === undefined && olderThan === undefined) return all ? () => true : undefined;
  const youngest = Date.now() - (olderThan ?? 0) * dayMs;
  return ({ digest, written }) =>
    !keep?.some((prefix) => digest.startsWith(prefix)) && written <= youngest;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
