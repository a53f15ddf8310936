import { deepEqual, equal, throws } from "node:assert/strict";
import { contributionBoxes, type ContributionRow } from "../../lib/figures/contribution_boxes.ts";
import { drawnTexts, partOf } from "./drawn.ts";

const options = { title: "Contributions", subtitle: "Embedded corpus" };
const row = (panel: string, modality: string, mean: number): ContributionRow => ({
  panel,
  modality,
  quantiles: [mean - 2, mean - 1, mean, mean + 1, mean + 2],
  mean,
});
const rows = [row("negative", "text", -1), row("negative", "audio", 0), row("positive", "text", 3)];

Deno.test("contributionBoxes() has a panel a class, with one scale that holds 0", () => {
  const [negative, positive] = partOf(contributionBoxes(rows, options)).hconcat;
  deepEqual(
    negative!.data.values.map(({ modality, q5, median, q95 }) => [modality, q5, median, q95]),
    [
      ["text", -3, -1, 1],
      ["audio", -2, 0, 2],
    ],
  );
  equal(positive!.data.values.length, 1);
  for (const panel of [negative!, positive!]) {
    deepEqual(panel.layer[1]!.encoding.x.scale.domain, [-3, 5]);
  }
  const [only] = partOf(contributionBoxes([row("positive", "text", 9)], options)).hconcat;
  deepEqual(only!.layer[1]!.encoding.x.scale.domain, [0, 11]);
});

Deno.test("contributionBoxes() names modalities once and writes the means", async () => {
  const texts = await drawnTexts(contributionBoxes(rows, options));
  deepEqual(texts.filter((text) => text.startsWith("mean")), [
    "mean −1.00",
    "mean 0.00",
    "mean +3.00",
  ]);
  equal(texts.filter((text) => text === "text").length, 1);
  equal(texts.filter((text) => text === "positive").length, 1);
});

Deno.test("contributionBoxes() refuses what it cannot draw", () => {
  const refused = (rows: ContributionRow[], message: string) =>
    throws(() => contributionBoxes(rows, options), { name: "RangeError", message });
  refused([], "Cannot draw contributions: expected at least one row, got none");
  refused(
    [{ ...row("positive", "text", 0), quantiles: [0, 2, 1, 3, 4] }],
    "Cannot draw text in positive: expected rising quantiles, got 0, 2, 1, 3, 4",
  );
  refused(
    [{ ...row("positive", "text", 0), mean: NaN }],
    "Cannot draw text in positive: expected a finite contribution, got NaN",
  );
});
