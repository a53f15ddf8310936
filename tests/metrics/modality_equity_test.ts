import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { modalityEquity, type SubsetScore } from "../../lib/metrics/modality_equity.ts";
import { subsetsOf } from "../../lib/metrics/shapley.ts";
import { key, uniforms } from "../../lib/tensor/random.ts";

const three = ["text", "image", "audio"];
/** A score for every subset but the empty one. */
const scores = (names: readonly string[], score: (shown: readonly string[]) => number) =>
  subsetsOf(names).slice(1).map((shown): SubsetScore => ({ shown, score: score(shown) }));
const near = (got: number, wanted: number) =>
  ok(Math.abs(got - wanted) < 1e-12, `${got} instead of ${wanted}`);

Deno.test("modalityEquity() agrees with Shapley values worked by hand", () => {
  // Above chance .5: t .1, i .2, a .3; ti .2, ta .4, ia .3; tia .4. Orders t i a: t .1, i .1, a .2; …
  const above: Record<string, number> = {
    ...{ "text": 0.1, "image": 0.2, "audio": 0.3, "text+image": 0.2, "text+audio": 0.4 },
    ...{ "image+audio": 0.3, "text+image+audio": 0.4 },
  };
  const { equity, contributions } = modalityEquity(
    scores(three, (shown) => 0.5 + above[shown.join("+")]!),
    { chance: 0.5 },
  );
  // text: .1/3 + (0 + .1)/6 + .1/3; image: .2/3 + (.1 + 0)/6 + 0/3; audio: .3/3 + (.3 + .1)/6 + .2/3.
  near(contributions.text!, 1 / 12);
  near(contributions.image!, 1 / 12);
  near(contributions.audio!, 7 / 30);
  // Shares 5/24, 5/24, 14/24 are 3/24, 3/24 and 6/24 from a third: 1 − 3/4 · 1/2.
  near(equity, 0.625);
});

Deno.test("equal contributions give 1, one modality alone 0, whatever it scores", () => {
  for (const names of [["text", "audio"], three, [...three, "pose"]]) {
    const alike = scores(names, (shown) => 0.5 + 0.3 * Math.sqrt(shown.length));
    near(modalityEquity(alike, { chance: 0.5 }).equity, 1);
    const alone = scores(names, (shown) => shown.includes("audio") ? 0.7 : 0.5);
    const { equity, contributions } = modalityEquity(alone, { chance: 0.5 });
    near(equity, 0);
    near(contributions.audio!, 0.2);
  }
  // Two of three alike: a third of all would have to change hands, of two thirds at most.
  const two = scores(three, (shown) => 0.5 + 0.1 * shown.filter((m) => m !== "text").length);
  near(modalityEquity(two, { chance: 0.5 }).equity, 0.5);
});

Deno.test("neither the order of scores nor that within them matters, and contributions add up", () => {
  const next = uniforms(key(3));
  for (let i = 0; i < 20; i++) {
    const own = scores(three, () => 0.3 + 0.7 * next());
    const { equity, contributions } = modalityEquity(own, { chance: 0.5 });
    ok(equity >= 0 && equity <= 1 || Number.isNaN(equity), `${equity}`);
    near(Object.values(contributions).reduce((a, b) => a + b), own.at(-1)!.score - 0.5);
    const turned = own.toReversed().map(({ shown, score }) => ({
      shown: shown.toReversed(),
      score,
    }));
    const again = modalityEquity(turned, { chance: 0.5 });
    if (!Number.isNaN(equity)) near(again.equity, equity);
    for (const m of three) near(again.contributions[m]!, contributions[m]!);
  }
});

Deno.test("a modality that does harm has no share, and its harm is told", () => {
  // Audio takes .1 from whatever it joins; text and image bring .2 each.
  const own = scores(
    three,
    (shown) => 0.5 + shown.reduce((sum, m) => sum + (m === "audio" ? -0.1 : 0.2), 0),
  );
  const { equity, contributions } = modalityEquity(own, { chance: 0.5 });
  near(contributions.audio!, -0.1);
  near(equity, 0.5);
});

Deno.test("who knows nothing of anything has no equity", () => {
  const nothing = modalityEquity(scores(three, () => 0.5), { chance: 0.5 });
  deepEqual(nothing.contributions, { text: 0, image: 0, audio: 0 });
  equal(nothing.equity, NaN);
});

Deno.test("subsets that are missing, there twice or no numbers are refused", () => {
  const own = scores(three, () => 0.7);
  const chance = 0.5;
  throws(() => modalityEquity(own.slice(1), { chance }), {
    name: "RangeError",
    message: "Cannot measure equity: expected one score of text, got 0",
  });
  throws(() => modalityEquity([...own, own[4]!], { chance }), /one score of text\+audio, got 2/);
  throws(() => modalityEquity(own.slice(0, 1), { chance }), /at least two modalities, got 1/);
  throws(() => modalityEquity(own, { chance: NaN }), /finite scores, got NaN/);
});
