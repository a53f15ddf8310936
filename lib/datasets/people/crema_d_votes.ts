/** CREMA-D's votes: clips that people judged by voice, face, and both. @module */

import { shown } from "../../checks.ts";
import {
  countReasons,
  type Judged,
  type JudgedSample,
  type JudgedSet,
  type PlacedRow,
  rowsById,
} from "./judged_set.ts";

const emotions = ["angry", "disgust", "fear", "happy", "neutral", "sad"];
const letters = ["a", "d", "f", "h", "n", "s"] as const;
const codes = ["ANG", "DIS", "FEA", "HAP", "NEU", "SAD"];

/** A block of the votes: what its people had, how rows of it are numbered, and its summary. */
const blocks = [
  { judged: "audio", digit: "1", summary: "voicevote" },
  { judged: "image", digit: "2", summary: "facevote" },
  { judged: "all", digit: "3", summary: "multimodalvote" },
] as const;

const voteColumns = ["", ...letters, "filename", "numresponses"] as const;
const summaryColumns = ["filename", ...blocks.map(({ summary }) => summary)] as const;

type Votes = PlacedRow<typeof voteColumns[number]>;
type Summary = PlacedRow<typeof summaryColumns[number]>;

/**
 * Reads the votes of CREMA-D (Cao et al., *IEEE Trans. Affective Computing* 5(4), 2014; ODbL 1.0):
 * `tabulatedVotes.csv`, where rows numbered 1… are of people who heard a clip, 2… of those who saw
 * it, 3… of those who did both, and `summaryTable.csv`, by which this is verified: the emotions with
 * most votes in a block have to be those of the summary. The intended emotion is that of the clip's
 * name, the group its actor.
 *
 * A clip that was not judged in all three ways is left out and counted.
 *
 * @throws {RangeError} A column is missing; a row has no number of a block, or a name or votes that are
 * none; the summary says otherwise: with file and line. Or nothing is left.
 */
export async function readCremaDVotes(folder: string): Promise<JudgedSet> {
  const votes = await rowsById(`${folder}/tabulatedVotes.csv`, {
    columns: voteColumns,
    idOf: (row) => `${blockOf(row).judged} ${row.fields.filename}`,
  });
  const summaries = await rowsById(`${folder}/summaryTable.csv`, {
    columns: summaryColumns,
    idOf: ({ fields }) => fields.filename,
  });
  const clips = new Set([...votes.values()].map(({ fields }) => fields.filename));
  const found = [...clips].map((clip) => sampleOf(clip, votes, summaries.get(clip)));
  const samples = found.filter((one) => typeof one !== "string");
  if (samples.length === 0) {
    throw new RangeError(`Cannot read "${folder}": expected clips judged in all ways, got none`);
  }
  return {
    name: "CREMA-D",
    emotions,
    modalities: ["image", "audio"],
    groupedBy: "actor",
    samples,
    leftOut: countReasons(found.filter((one) => typeof one === "string")),
  };
}

function blockOf({ where, fields }: Votes): typeof blocks[number] {
  const block = blocks.find(({ digit }) => digit === fields[""][0]);
  if (block !== undefined && /^\d{6}$/.test(fields[""])) return block;
  throw new RangeError(
    `${where}: expected a number from 100000 that begins with 1, 2 or 3, got ${shown(fields[""])}`,
  );
}

/** The sample, or why it is left out. */
function sampleOf(
  clip: string,
  rows: ReadonlyMap<string, Votes>,
  summary: Summary | undefined,
): JudgedSample | string {
  const votes: { [J in Judged]?: number[] } = {};
  let named: { actor: string; intended: number } | undefined;
  for (const block of blocks) {
    const row = rows.get(`${block.judged} ${clip}`);
    if (row === undefined) return `no votes of those who had ${had[block.judged]}`;
    named = nameOf(row);
    votes[block.judged] = votesOf(row);
    if (summary === undefined) return "not in summaryTable.csv";
    checkSummary(votes[block.judged]!, summary, { block, where: row.where });
  }
  return { id: clip, group: named!.actor, votes, intended: named!.intended };
}

const had = { audio: "the voice", image: "the face", all: "both" } as const;

function nameOf({ where, fields: { filename } }: Votes): { actor: string; intended: number } {
  const [, actor, code] = /^(1\d{3})_[A-Z]{3}_([A-Z]{3})_(?:XX|X|LO|MD|HI)$/.exec(filename) ?? [];
  const intended = codes.indexOf(code ?? "");
  if (intended >= 0) return { actor: actor!, intended };
  throw new RangeError(
    `${where}: expected a clip such as 1001_DFA_ANG_XX, got ${shown(filename)}`,
  );
}

function votesOf({ where, fields }: Votes): number[] {
  const counts = letters.map((letter) => Number(fields[letter] || NaN));
  const sum = counts.reduce((a, b) => a + b, 0);
  const fits = counts.every((count) => Number.isInteger(count) && count >= 0);
  if (fits && sum > 0 && sum === Number(fields.numresponses)) return counts;
  throw new RangeError(
    `${where}: expected votes that add up to numResponses, ${shown(fields.numresponses)}, got ` +
      letters.map((letter) => shown(fields[letter])).join(", "),
  );
}

function checkSummary(
  votes: readonly number[],
  summary: Summary,
  { block, where }: { readonly block: typeof blocks[number]; readonly where: string },
): void {
  const most = Math.max(...votes);
  const first = letters.filter((_, k) => votes[k] === most).join(":").toUpperCase();
  const wanted = summary.fields[block.summary];
  if (first === wanted) return;
  throw new RangeError(
    `${where}: expected most votes for ${shown(wanted)}, as ${
      summary.where.replace("Cannot read ", "")
    } ` +
      `has it of those who had ${had[block.judged]}, got ${shown(first)}`,
  );
}
