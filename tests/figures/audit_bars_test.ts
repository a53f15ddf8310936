import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { auditBars } from "../../lib/figures/audit_bars.ts";
import { drawnTexts, partOf } from "./drawn.ts";

const options = { title: "Audit", subtitle: "Embedded corpus", measure: "accuracy" };
const rows = [
  {
    fault: "Every file twice",
    honest: { mean: 0.75, sd: 0.25 },
    inflated: { mean: 0.95, sd: 0.1 },
  },
  { fault: "Chosen on test", honest: { mean: 0.75 }, inflated: { mean: 0.74 } },
];

Deno.test("auditBars() has both scores of a fault as they are, joined by a line", () => {
  const { layer } = partOf(auditBars(rows, options));
  deepEqual(layer[0]!.data.values.map(({ fault, from, to }) => [fault, from, to]), [
    ["Every file twice", 0.75, 0.95],
    ["Chosen on test", 0.75, 0.74],
  ]);
  const means = (at: number) =>
    layer[at]!.data.values.map(({ protocol, mean }) => [protocol, mean]);
  deepEqual(means(3), [["honest protocol", 0.75], ["honest protocol", 0.75]]);
  deepEqual(means(4), [["with the fault", 0.95], ["with the fault", 0.74]]);
});

Deno.test("auditBars() spans one deviation to each side, and never passes 1", () => {
  const { layer } = partOf(auditBars(rows, options));
  const [honest] = layer[1]!.data.values, [inflated] = layer[2]!.data.values;
  deepEqual([honest!["low"], honest!["high"]], [0.5, 1]);
  deepEqual([inflated!["low"], inflated!["high"]], [0.95 - 0.1, 1]);
  deepEqual(layer[0]!.encoding.x.scale.domain, [0.4, 1]);
});

Deno.test("auditBars() is drawn with what each fault adds, in the order given", async () => {
  const texts = await drawnTexts(auditBars(rows, options));
  for (const text of ["+0.200", "−0.010", "honest protocol", "with the fault", "accuracy"]) {
    ok(texts.includes(text), text);
  }
  ok(texts.indexOf("Every file twice") < texts.indexOf("Chosen on test"));
  const key = (own: typeof rows) =>
    (auditBars(own, options) as unknown as { title: { subtitle: string[] } }).title.subtitle.join(
      " ",
    );
  ok(key(rows).includes("one standard deviation"));
  equal(key(rows.slice(1)).includes("one standard deviation"), false);
});

Deno.test("auditBars() refuses no faults, and what is no score", () => {
  throws(() => auditBars([], options), /at least one fault, got none/);
  throws(
    () => auditBars([{ ...rows[0]!, inflated: { mean: 95 } }], options),
    /Cannot draw "Every file twice", with the fault: expected a mean from 0 to 1, got 95/,
  );
  throws(() => auditBars([{ ...rows[0]!, honest: { mean: 0.5, sd: -1 } }], options), /got -1/);
});
