import { deepEqual, equal, match } from "node:assert/strict";
import { isItAhead, notAheadFigure } from "../../../../experiments/report/answers/ahead.ts";
import { whatWasCompared } from "../../../../experiments/report/answers/compared.ts";
import { standingsOf } from "../../../../experiments/report/answers/standings.ts";
import { comparison, partOf, row } from "./rows.ts";

const proposed = (modality: string, seeds = [0.8, 0.9]) => row("Proposed", modality, { seeds });
const ahead = comparison(0.1, { pHolm: 0.01 });
const behind = comparison(-0.1, { pHolm: 0.01 });
const level = comparison(0.01, { pHolm: 0.4 });
const untested = comparison(0.2, { pHolm: null });

Deno.test("isItAhead() counts what is significant, names where it is behind, and says what is not told apart", () => {
  const answer = isItAhead([
    proposed("text"),
    row("MISA", "text", { comparison: behind }),
    row("CLIP", "text", { comparison: ahead }),
    row("TF-IDF regression", "audio", { comparison: behind }),
    row("Late fusion", "unified", { comparison: level }),
    row("CLIP", "image (held-out groups)", { comparison: untested }),
    row("Majority", "text", { comparison: ahead }),
  ]);
  deepEqual(answer, {
    brief: "Ahead in 1 of 5 comparisons, behind in 2",
    sentence:
      "The proposed model is significantly ahead in 1 of 5 comparisons with other systems " +
      "that learn, and significantly behind in 2 (MISA on text and TF-IDF regression on speech); " +
      "1 is not significant, late fusion of all three among them, and 1 more can’t be tested on " +
      "so few groups.",
  });
});

Deno.test("isItAhead() says it where nothing is significant, where it is behind in none, and where all is", () => {
  const of = (...comparisons: ReturnType<typeof comparison>[]) =>
    isItAhead(comparisons.map((own) => row("MISA", "text", { comparison: own })))!;
  equal(of(level, level).brief, "Not shown: no difference is significant");
  match(
    of(level, level).sentence,
    /ahead in none of 2 .* behind in none; 2 differences are not si/,
  );
  equal(of(ahead, level).brief, "Ahead in 1 of 2 comparisons, behind in none");
  match(of(ahead, level).sentence, /behind in none; 1 difference is not significant\.$/);
  equal(of(behind).brief, "Ahead in none of 1 comparisons, behind in 1");
  match(of(ahead).sentence, /significantly ahead in 1 of 1 comparison with .*behind in none\.$/);
  match(of(untested).sentence, /; 1 can’t be tested on so few groups\.$/);
  // A small p is not enough where seeds disagree.
  const torn = comparison(0.1, { pHolm: 0.001, seeds: [0.3, -0.1] });
  equal(of(torn).brief, "Not shown: no difference is significant");
});

Deno.test("isItAhead() ranks nothing by one seed, and nothing without comparisons", () => {
  const one = comparison(-0.2, { pHolm: 0.001, seeds: [-0.2] });
  const rows = [proposed("text", [0.8]), row("MISA", "text", { seeds: [0.9], comparison: one })];
  deepEqual(isItAhead(rows), {
    brief: "One seed: nothing is ranked",
    sentence: "One seed: nothing is ranked; the proposed model is right in 80.0 % on text.",
  });
  equal(notAheadFigure(rows), undefined);
  equal(isItAhead([proposed("text")]), undefined);
  equal(isItAhead([]), undefined);
});

Deno.test("notAheadFigure() shows what is not significantly ahead, the farthest behind first", () => {
  const figure = partOf(
    notAheadFigure([
      row("CLIP", "text", { comparison: ahead }),
      row("MISA", "text", { comparison: level }),
      row("CLIP+BERT", "text", { comparison: behind }),
      row("Linear probe", "audio", { comparison: untested }),
      row("Majority", "audio", { comparison: behind }),
    ])!,
  );
  deepEqual(
    figure.vconcat.map(({ title, data }) => [
      title.text,
      ...data.values.map(({ variant, significant }) => `${variant} ${significant}`),
    ]),
    [["text", "CLIP+BERT true", "MISA false"], ["speech", "Linear probe false"]],
  );
  equal(notAheadFigure([row("CLIP", "text", { comparison: ahead })]), undefined);
});

Deno.test("whatWasCompared() counts systems by where they are from, tests and seeds", () => {
  const rows = [
    row("Proposed", "text", { tested: [1090, 1090] }),
    row("MISA", "text", { tested: [1090, 1090] }),
    row("Linear probe", "text", { tested: [1090, 1090] }),
    row("Majority", "audio", { tested: [238, 234] }),
  ];
  deepEqual(whatWasCompared(rows), {
    brief: "4 systems, 2 tests, 2 seeds",
    sentence:
      "The proposed model and 3 other systems (1 from the paper, 1 more that a fair table " +
      "needs and 1 that learn nothing) judge the same test samples, of text (1,090) and speech " +
      "(234 to 238), with 2 seeds, each with a split of its own.",
  });
  const one = whatWasCompared([row("Proposed", "text", { seeds: [0.5], tested: [40] })])!;
  match(one.sentence, /of text \(40\), with one seed: nothing is ranked\.$/);
  equal(whatWasCompared([]), undefined);
});

Deno.test("standingsOf() sets the interval of the difference around each accuracy, and fills what is significant", () => {
  const figure = partOf(
    standingsOf([
      { ...row("Proposed", "audio", { seeds: [0.8, 0.8] }), paper: { f1: 0.84, auc: 0.9 } },
      row("MISA", "audio", { seeds: [0.9, 0.9], comparison: behind }),
      row("CLIP", "audio", { seeds: [0.995, 0.995], comparison: comparison(-0.2, { pHolm: 0.4 }) }),
    ])!,
  );
  const [speech] = figure.hconcat;
  equal(speech!.title.text, "Speech");
  const marks = speech!.layer.flatMap(({ data }) => data?.values ?? [])
    .filter(({ accuracy }) => accuracy !== undefined);
  const of = (name: string) => marks.find(({ system }) => system === name)!;
  // 0.8 less −0.1 ± 0.01; an accuracy ends at 1.
  deepEqual([of("MISA").low, of("MISA").high].map((end) => Number(end).toFixed(3)), [
    ...["0.890", "0.910"],
  ]);
  deepEqual([of("CLIP").low, of("CLIP").high].map((end) => Number(end).toFixed(3)), [
    ...["0.990", "1.000"],
  ]);
  deepEqual([of("MISA").significant, of("CLIP").significant], [true, false]);
  const reported = speech!.layer.flatMap(({ data }) => data?.values ?? [])
    .flatMap(({ reported }) => reported ?? []);
  deepEqual(reported, [0.84]);
});

Deno.test("standingsOf() needs the proposed model on every test", () => {
  equal(standingsOf([]), undefined);
  equal(standingsOf([proposed("text"), row("MISA", "audio")]), undefined);
});
