import { deepEqual, ok, throws } from "node:assert/strict";
import { groupedDots } from "../../lib/figures/grouped_dots.ts";
import { systemColours } from "../../lib/figures/palette.ts";
import { drawnTexts, partOf } from "./drawn.ts";

const rows = [
  { group: "text", series: "Proposed", mean: 0.75, low: 0.7, high: 0.8 },
  { group: "text", series: "Late fusion", mean: 0.8, low: 0.76, high: 0.84 },
  { group: "all three", series: "Proposed", mean: 0.92, low: 0.88, high: 0.951 },
  { group: "all three", series: "Late fusion", mean: 0.9 },
];
const options = { title: "Missing", subtitle: "Embedded corpus", measure: "accuracy" };

Deno.test("groupedDots() has the rows as they are, on an axis of what is drawn and no more", () => {
  const { data, layer } = partOf(groupedDots(rows, options));
  deepEqual(data.values, rows);
  const [lines, dots] = layer;
  const rounded = (domain: number[]) => domain.map((end) => +end.toFixed(9));
  deepEqual(rounded(dots!.encoding.x.scale.domain), [0.7, 1]);
  deepEqual(lines!.encoding.x.scale, dots!.encoding.x.scale);
  deepEqual(dots!.encoding.y.sort, ["text", "all three"]);
  deepEqual(dots!.encoding.color.scale, {
    domain: ["Proposed", "Late fusion"],
    range: [systemColours["Proposed"], systemColours["Late fusion"]],
  });
  // One score alone has an axis, too.
  const one = partOf(groupedDots([{ group: "a", series: "b", mean: 0.5 }], options));
  deepEqual(rounded(one.layer[1]!.encoding.x.scale.domain), [0.5, 0.55]);
});

Deno.test("groupedDots() is drawn with its groups from above, and says what lines are where it has some", async () => {
  const texts = await drawnTexts(groupedDots(rows, options));
  for (const text of ["accuracy", "Proposed", "Late fusion", "Line: 95 % interval."]) {
    ok(texts.includes(text), text);
  }
  ok(texts.indexOf("text") < texts.indexOf("all three"));
  const without = rows.map(({ group, series, mean }) => ({ group, series, mean }));
  ok(!(await drawnTexts(groupedDots(without, options))).some((text) => text.includes("interval")));
});

Deno.test("groupedDots() refuses no rows, a score that is none, and a mean outside its interval", () => {
  throws(() => groupedDots([], options), RangeError);
  throws(() => groupedDots([{ group: "a", series: "b", mean: 1.5 }], options), RangeError);
  throws(
    () => groupedDots([{ group: "a", series: "b", mean: 0.5, low: 0.6, high: 0.7 }], options),
    {
      message: "Cannot draw b in a: expected a mean within its interval, got 0.5 and 0.6 to 0.7",
    },
  );
});
