/** People's verdicts as Markdown. @module */

import { printNumber } from "../../../lib/numbers.ts";
import { blocks, type Column, columnsTable, printInterval } from "../../tables.ts";
import type { ByGroup } from "../../by_group.ts";
import type { Disagreement } from "./disagreement.ts";
import { namesOf, printBy, printShare } from "./findings.ts";
import type { PeopleRow } from "./rows.ts";

/** Tables of a question each, of disagreements, and what was found. */
export function peopleMarkdown({ rows, disagreements, notes, sentences }: {
  readonly rows: readonly PeopleRow[];
  readonly disagreements: readonly Disagreement[];
  readonly notes: readonly string[];
  readonly sentences: readonly string[];
}): string[] {
  const questions = Map.groupBy(
    rows,
    ({ set, target, protocol }) => `${set}, ${target}: ${protocol}`,
  );
  return blocks(
    notes.map((note) => `- ${note}`),
    ...[...questions].flatMap(([title, own]) => [
      `### ${title}`,
      `${own[0]!.tested} rows of ${own[0]!.groups} groups.`,
      columnsTable(own, rowColumns),
    ]),
    "### Where modalities disagree",
    columnsTable(disagreements, disagreementColumns, { text: 3 }),
    "### What was found",
    sentences.map((sentence) => `- ${sentence}`),
  );
}

const score = ({ estimate, interval }: ByGroup): string =>
  interval
    ? `${printNumber(estimate)} ${printInterval(interval, printNumber)}`
    : printNumber(estimate);

const rowColumns: readonly Column<PeopleRow>[] = [
  ["system", "system"],
  ["accuracy", ({ accuracy }) => score(accuracy)],
  ["balanced accuracy", ({ balancedAccuracy }) => score(balancedAccuracy)],
  ["less late fusion", ({ lessLate }) => lessLate && printBy(lessLate)],
  ["control", ({ control }) => control && `${printBy(control)}, less ${control.than}`],
];

const share = (of: ByGroup | undefined) => of && printShare(of);

const disagreementColumns: readonly Column<Disagreement>[] = [
  ["set", "set"],
  ["among", ({ among, ties }) => namesOf(among) + (ties === "first" ? "" : ", no ties")],
  ["all say", ({ emotion }) => emotion ?? "anything"],
  ["rows", "rows"],
  ["disagree", ({ disagree }) => share(disagree)],
  ["they follow the text", ({ follow }) => share(follow.text)],
  ["the voice", ({ follow }) => share(follow.audio)],
  ["the face", ({ follow }) => share(follow.image)],
  ["none of them", ({ neither }) => share(neither)],
];
