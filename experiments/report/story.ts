/** The questions that a reader has, in order, and what the results say to each. @module */

import type { AblationRow } from "../ablations/variants.ts";
import type { CalibrationRow } from "../calibration/rows.ts";
import type { SubsetRow } from "../missing_modalities/rows.ts";
import type { AuditedFault } from "../protocol_audit/rows.ts";
import type { NoiseRow } from "../robustness/rows.ts";
import type { Row } from "../table_1/rows.ts";
import { type Figure, renderSvg } from "../../lib/figures/mod.ts";
import { isItAhead, notAheadFigure } from "./answers/ahead.ts";
import { type Answer, listIn } from "./answers/answer.ts";
import { doesAttentionHelp } from "./answers/attention.ts";
import { whatWasCompared } from "./answers/compared.ts";
import { doesTheGateHelp } from "./answers/gate.ts";
import { whatFaultsAdd } from "./answers/protocol.ts";
import { whatIsMissed } from "./answers/robustness.ts";
import { standingsOf } from "./answers/standings.ts";
import { canItBeTrusted } from "./answers/trust.ts";
import type { Picture, SavedResult } from "./read_results.ts";

type Results = readonly SavedResult[];

type Draw = (results: Results, form: { readonly narrow: boolean }) => Figure | undefined;

interface Question {
  readonly id: string;
  readonly question: string;
  /** Its results, which stand below it. */
  readonly of: readonly string[];
  readonly answer: (results: Results) => Answer | undefined;
  /** The result and its picture that show the answer. */
  readonly picture?: readonly [result: string, picture: string];
  /** A picture that no result has. */
  readonly draw?: Draw;
}

const tableOf = (results: Results) => listIn<Row>(results, "table_1");

const questions: readonly Question[] = [
  {
    id: "compared",
    question: "What was compared?",
    of: ["fig_2"],
    answer: (results) => whatWasCompared(tableOf(results)),
    picture: ["fig_2", "fig_2"],
  },
  {
    id: "ahead",
    question: "Is the proposed model ahead, and where not?",
    of: ["table_1", "statistics"],
    answer: (results) => isItAhead(tableOf(results)),
    draw: (results, form) => notAheadFigure(tableOf(results), form),
  },
  {
    id: "gate",
    question: "Does the gate do anything?",
    of: ["ablation_gate"],
    answer: (results) => doesTheGateHelp(listIn<AblationRow>(results, "ablation_gate")),
    picture: ["ablation_gate", "ablation_gate"],
  },
  {
    id: "attention",
    question: "Does attention?",
    of: ["ablation_attention", "ablation_heads"],
    answer: (results) =>
      doesAttentionHelp(listIn<AblationRow>(results, "ablation_attention"), tableOf(results)),
    picture: ["ablation_attention", "ablation_attention"],
  },
  {
    id: "missing-or-noisy",
    question: "What happens when a modality is missing or noisy?",
    of: ["robustness_missing", "robustness_noise"],
    answer: (results) =>
      whatIsMissed(
        listIn<SubsetRow>(results, "robustness_missing", "subsets"),
        listIn<NoiseRow>(results, "robustness_noise"),
      ),
    picture: ["robustness_missing", "robustness_missing"],
  },
  {
    id: "probabilities",
    question: "Can the probabilities be trusted?",
    of: ["calibration"],
    answer: (results) => canItBeTrusted(listIn<CalibrationRow>(results, "calibration")),
    picture: ["calibration", "calibration"],
  },
  {
    id: "protocol",
    question: "What would a sloppy protocol have shown?",
    of: ["protocol_audit"],
    answer: (results) => whatFaultsAdd(listIn<AuditedFault>(results, "protocol_audit", "faults")),
    picture: ["protocol_audit", "protocol_audit"],
  },
];

/** A question with its answer. */
export interface Chapter {
  readonly id: string;
  readonly question: string;
  readonly answer?: Answer;
  readonly figure?: Shown;
  /** The results that stand below it. */
  readonly results: Results;
}

/** A picture that is shown by itself, and the result that it is from. */
export interface Shown {
  readonly picture: Picture;
  readonly result?: SavedResult;
}

/** The questions to which results have something to say, in a reader's order. */
export async function storyOf(results: Results): Promise<Chapter[]> {
  const chapters = await Promise.all(questions.map(async (one): Promise<Chapter> => {
    const answer = answerTo(one, results);
    const figure = await shownBy(one, results);
    return {
      id: `asked-${one.id}`,
      question: one.question,
      ...answer && { answer },
      ...figure && { figure },
      results: results.filter(({ name }) => one.of.includes(name)),
    };
  }));
  return chapters.filter(({ answer, results }) => answer !== undefined || results.length > 0);
}

// A result that stays from an earlier version may lack what is read here: the page is made all the same.
function answerTo({ answer }: Question, results: Results): Answer | undefined {
  try {
    return answer(results);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const sentence = "This result is of another version, and its numbers are not read here.";
    return { brief: "Not read", sentence };
  }
}

/** What the page opens with: every system on every test. */
export async function openingOf(results: Results): Promise<Shown | undefined> {
  return await drawn(results, (results, form) => standingsOf(tableOf(results), form)) ??
    pictureOf(results, ["table_1", "table_1"]);
}

async function shownBy(
  { picture, draw }: Question,
  results: Results,
): Promise<Shown | undefined> {
  return draw ? await drawn(results, draw) : picture && pictureOf(results, picture);
}

async function drawn(results: Results, draw: Draw): Promise<Shown | undefined> {
  const wide = draw(results, { narrow: false }), narrow = draw(results, { narrow: true });
  if (wide === undefined || narrow === undefined) return undefined;
  const [svg, narrowSvg] = await Promise.all([wide, narrow].map((figure) => renderSvg(figure)));
  return { picture: { name: "", svg: svg!, narrow: narrowSvg!, specification: wide } };
}

function pictureOf(
  results: Results,
  [name, pictureName]: readonly [string, string],
): Shown | undefined {
  const result = results.find((one) => one.name === name);
  const picture = result?.pictures.find((one) => one.name === pictureName);
  return picture && { picture, result: result! };
}

/** What no question takes, by what it is of. */
const groups: readonly { readonly title: string; readonly has: (name: string) => boolean }[] = [
  { title: "The paper’s tables and figures", has: (name) => /^(table|fig)_/.test(name) },
  { title: "Inside the model", has: (name) => /^(ablation_|explanations$)/.test(name) },
  { title: "Further data and settings", has: () => true },
];

/** Results by group, in the order that they are given. */
export interface Group {
  readonly id: string;
  readonly title: string;
  readonly results: Results;
}

/** The results that no question takes, in their groups. */
export function groupsOf(results: Results): Group[] {
  const asked = questions.flatMap((one) => one.of);
  const rest = Map.groupBy(
    results.filter(({ name }) => !asked.includes(name)),
    ({ name }) => groups.findIndex(({ has }) => has(name)),
  );
  return groups.flatMap(({ title }, i) => {
    const own = rest.get(i);
    return own ? [{ id: `group-${i + 1}`, title, results: own }] : [];
  });
}
