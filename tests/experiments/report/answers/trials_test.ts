import { deepEqual, equal, match } from "node:assert/strict";
import type { CalibrationRow } from "../../../../experiments/calibration/rows.ts";
import type { SubsetRow } from "../../../../experiments/missing_modalities/rows.ts";
import type { AuditedFault } from "../../../../experiments/protocol_audit/rows.ts";
import type { NoiseRow } from "../../../../experiments/robustness/rows.ts";
import { whatFaultsAdd } from "../../../../experiments/report/answers/protocol.ts";
import { whatIsMissed } from "../../../../experiments/report/answers/robustness.ts";
import { canItBeTrusted } from "../../../../experiments/report/answers/trust.ts";
import { overSeeds } from "../../../../experiments/tables.ts";
import { comparison } from "./rows.ts";

function subset(
  shown: string,
  mean: number,
  compared = comparison(0.1, { pHolm: 0.4 }),
  system = "Proposed",
) {
  const accuracy = overSeeds([mean, mean]);
  return {
    ...{ system, shown: shown.split(" "), accuracy, interval: null },
    comparison: compared,
  } as SubsetRow;
}

function noise(inTriple: number, without: number, more: Partial<NoiseRow> = {}, seeds = 2) {
  const score = (mean: number) => overSeeds(new Array(seeds).fill(mean));
  return {
    ...{ system: "Proposed", modality: "audio", corruption: "babble", level: 5 },
    ...{ inTriple: score(inTriple), without: score(without) },
    ...more,
  } as NoiseRow;
}

const subsets = [
  subset("text image audio", 0.94, comparison(-0.02, { pHolm: 0.01 })),
  subset("text", 0.88, comparison(0.02, { pHolm: 0.01 })),
  subset("audio", 0.78),
  subset("image", 0.8, undefined, "Late fusion"),
];

Deno.test("whatIsMissed() says what is left with less, and what noise costs beside absence", () => {
  const answer = whatIsMissed(subsets, [
    noise(0.5, 0.9, { level: "clean" }),
    noise(0.5, 0.9, { system: "Late fusion" }),
    noise(0.85, 0.9),
    noise(0.8, 0.9, { corruption: "lost packets" }),
    noise(0.95, 0.9, { modality: "text" }),
  ]);
  deepEqual(answer, {
    brief: "94.0 % with all three, 78.0 % with speech alone",
    sentence:
      "With all three modalities the proposed model is right in 94.0 %, with one alone in " +
      "78.0 % (speech) to 88.0 % (text); of 3 subsets it is significantly ahead of late fusion on 1 " +
      "and behind on 1 (1 not significant); noise does more harm than leaving that modality out at " +
      "2 of 3 levels, at worst by 10.0 points (lost packets in speech).",
  });
});

Deno.test("whatIsMissed() says it where noise does no harm, and where there is one seed", () => {
  equal(
    whatIsMissed([], [noise(0.9, 0.9)])!.sentence,
    "No noise that was tried does more harm than leaving that modality out.",
  );
  match(
    whatIsMissed([], [noise(0.8, 0.9, {}, 1)])!.sentence,
    /\(babble in speech\), with one seed\.$/,
  );
  match(whatIsMissed([], [noise(0.9, 0.9, {}, 1)])!.sentence, /modality out, with one seed\.$/);
  const one = subsets.map((own) => ({
    ...own,
    comparison: comparison(0.1, { pHolm: 0.001, seeds: [0.1] }),
  }));
  match(
    whatIsMissed(one, [])!.sentence,
    /\(text\); one seed: nothing is ranked against late fusion\.$/,
  );
  equal(whatIsMissed([], []), undefined);
});

const calibrated = (branch: string, before: number, after: number) =>
  ({
    branch,
    before: { ece: overSeeds([before, before]) },
    after: { ece: overSeeds([after, after]) },
  }) as unknown as CalibrationRow;

Deno.test("canItBeTrusted() tells of triples how far confidence is off, and where a temperature helps", () => {
  deepEqual(canItBeTrusted([calibrated("text", 0.1, 0.2), calibrated("unified", 0.05, 0.02)]), {
    brief: "Off by 5.0 points on average, 2.0 after a temperature",
    sentence: "On all three the confidence is off by 5.0 points on average (expected calibration " +
      "error), and by 2.0 after a temperature that is fitted on validation, which brings it nearer " +
      "in 1 of 2 cases; this is described, with 2 seeds, and not tested.",
  });
  match(
    canItBeTrusted([calibrated("audio", 0.1, 0.2)])!.sentence,
    /^On speech .* in none of 1 case;/,
  );
  equal(canItBeTrusted([]), undefined);
});

function fault(
  name: string,
  [honest, inflated]: readonly [number, number],
  { p = null, seeds = 2, system = "Proposed" }: {
    readonly p?: number | null;
    readonly seeds?: number;
    readonly system?: string;
  } = {},
) {
  const score = (mean: number) => overSeeds(new Array(seeds).fill(mean));
  const accuracy = {
    ...{ honest: score(honest), inflated: score(inflated), p },
    difference: score(inflated - honest),
  };
  return { fault: name, system, accuracy } as unknown as AuditedFault;
}

Deno.test("whatFaultsAdd() names the fault that flatters the proposed model most", () => {
  const faults = (options: Parameters<typeof fault>[2]) => [
    fault("Image: icon sets on both sides", [0.75, 0.86], options),
    fault("Pairing", [0.8, 0.82], options),
    fault("Text: scaled on all samples", [0.8, 0.8], options),
    fault("Pairing", [0.5, 0.9], { ...options, system: "Linear probe" }),
  ];
  deepEqual(whatFaultsAdd(faults({ p: 0.2 })), {
    brief: "Up to +11.0 points of accuracy",
    sentence:
      "Of 3 faults let in on purpose, 2 raise the accuracy of the proposed model, most of " +
      "all “image: icon sets on both sides”, from 0.750 to 0.860; not significant (p = 0.200 over 2 " +
      "seeds, uncorrected).",
  });
  const end = (options: Parameters<typeof fault>[2]) =>
    whatFaultsAdd(faults(options))!.sentence.split("; ").at(-1);
  equal(end({ p: 0.0001 }), "p < 0.001 over 2 seeds, uncorrected.");
  equal(end({ p: 0.03 }), "p = 0.030 over 2 seeds, uncorrected.");
  equal(end({}), "over 2 seeds, not tested.");
  equal(end({ seeds: 1 }), "one seed: nothing is ranked.");
});

Deno.test("whatFaultsAdd() says it where no fault flatters", () => {
  const answer = whatFaultsAdd([fault("Pairing", [0.8, 0.7]), fault("Twice", [0.8, 0.8])])!;
  equal(
    answer.sentence,
    "Of 2 faults let in on purpose, none raises the accuracy of the proposed model.",
  );
  equal(whatFaultsAdd([fault("Pairing", [0.5, 0.9], { system: "Linear probe" })]), undefined);
});
