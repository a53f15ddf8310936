import { deepEqual, equal, match } from "node:assert/strict";
import type { AblationRow } from "../../../../experiments/ablations/variants.ts";
import { doesAttentionHelp } from "../../../../experiments/report/answers/attention.ts";
import { doesTheGateHelp } from "../../../../experiments/report/answers/gate.ts";
import { comparison, row, variant } from "./rows.ts";

const heard = (mean: number) => ({ ...{ mean, sd: 0, seeds: [mean, mean] }, interval: null });

/** The gate less each of the others, by these intervals. */
function gates(intervals: readonly (readonly [number, number] | null)[]): AblationRow[] {
  const others = ["spectral only", "contextual only", "sum"].map((name, i) => {
    const interval = intervals[i]!;
    const estimate = interval ? (interval[0] + interval[1]) / 2 : 0;
    return variant(name, {
      balancedAccuracy: heard(0.7),
      worth: { estimate, interval } as unknown as NonNullable<AblationRow["worth"]>,
    });
  });
  return [variant("full model", { balancedAccuracy: heard(0.8) }), ...others];
}

Deno.test("doesTheGateHelp() says what the intervals by actor say", () => {
  const better = [0.1, 0.2] as const, level = [-0.1, 0.1] as const, worse = [-0.2, -0.1] as const;
  const brief = (...intervals: Parameters<typeof gates>[0]) =>
    doesTheGateHelp(gates(intervals))!.brief;
  equal(brief(better, better, better), "It earns its place");
  equal(brief(better, level, better), "It has not shown that it earns its place");
  equal(brief(better, worse, level), "It does not earn its place, and costs accuracy");
  equal(brief(null, null, null), "Whether it earns its place can't be said of so few actors");
  match(doesTheGateHelp(gates([better, better, better]))!.sentence, /\(balanced accuracy 0\.800\)/);
});

Deno.test("doesTheGateHelp() ranks nothing by one seed, and says nothing of what was not tried", () => {
  const one = gates([[0.1, 0.2], [0.1, 0.2], [0.1, 0.2]])
    .map((own) => ({ ...own, accuracy: { mean: 0.8, sd: null, seeds: [0.8] } }));
  const answer = doesTheGateHelp(one)!;
  equal(answer.brief, "One seed: nothing is ranked");
  match(
    answer.sentence,
    /^One seed: nothing is ranked; balanced accuracy on speech is 0\.800 for f/,
  );
  equal(doesTheGateHelp(gates([null, null, null]).slice(0, 2))!.brief, "Not asked");
  equal(doesTheGateHelp([]), undefined);
});

const without = (of: ReturnType<typeof comparison>) => [
  variant("full model", { seeds: [0.9, 0.9] }),
  variant("none", { seeds: of.seeds.map(() => 0.85), comparison: of }),
];
const beside = (of: ReturnType<typeof comparison>) => [
  row("Late fusion", "text", { comparison: comparison(0.5, { pHolm: 0.001 }) }),
  row("Late fusion", "unified", { comparison: of }),
];
type Compared = ReturnType<typeof comparison>;
const gain = comparison(0.05, { pHolm: 0.01 }), loss = comparison(-0.05, { pHolm: 0.01 });
const chance = comparison(0.05, { pHolm: 0.2 });
const oneSeed = comparison(-0.05, { pHolm: 0.01, seeds: [-0.05] });

Deno.test("doesAttentionHelp() asks what taking it out does, and how late fusion does", () => {
  const brief = (ablation?: Compared, table?: Compared) =>
    doesAttentionHelp(ablation ? without(ablation) : [], table ? beside(table) : [])?.brief;
  equal(brief(loss, chance), "Yes: without it accuracy falls");
  equal(brief(loss, loss), "Within the model, but late fusion is ahead");
  equal(brief(gain, gain), "No: without it accuracy rises");
  equal(brief(chance, gain), "Not shown alone; the whole model is ahead of late fusion");
  equal(brief(oneSeed, loss), "Not shown: late fusion, which has none, is ahead");
  equal(brief(oneSeed, chance), "Not shown: no difference is significant");
  equal(brief(chance), "Not shown: no difference is significant");
  equal(brief(oneSeed, oneSeed), "One seed: nothing is ranked");
  equal(brief(), undefined);
});

Deno.test("doesAttentionHelp() says of each difference whether it is significant, in one sentence", () => {
  deepEqual(
    doesAttentionHelp(without(loss), beside(chance))!.sentence,
    "Accuracy on triples is 0.850 without attention, −0.050 [−0.060, −0.040] from the full model’s, " +
      "which is significant; the whole model less late fusion, which has none, is +0.050 [+0.040, " +
      "+0.060], not significant (within chance).",
  );
  match(
    doesAttentionHelp([], beside(oneSeed))!.sentence,
    /^One seed: nothing is ranked; beside late fusion, which has none, the whole model has −0\.050/,
  );
  deepEqual(
    doesAttentionHelp(without(oneSeed), beside(oneSeed))!.sentence,
    "One seed: nothing is ranked by accuracy on triples, 0.900 with attention and 0.850 without; " +
      "beside late fusion, which has none, the whole model has −0.050 [−0.060, −0.040], of one seed.",
  );
});
