import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { contrastOf, darkOf, darkStyle, grounds } from "../../lib/figures/dark.ts";
import { coloursOf, inks, modalityColours, modalityInks } from "../../lib/figures/palette.ts";
import { systemColours } from "../../lib/figures/palette.ts";

Deno.test("contrastOf() is 21 of black to white, and 1 of a colour to itself", () => {
  equal(contrastOf("#000000", "#ffffff"), 21);
  equal(contrastOf("#0072b2", "#0072b2"), 1);
  // The grey whose channels are 0.5: 0.214 of white's light.
  ok(Math.abs(contrastOf("#ffffff", "#808080") - 3.95) < 0.01);
});

Deno.test("darkOf() keeps the hue of a colour, and the contrast of ink", () => {
  equal(darkOf(grounds.light), grounds.dark);
  for (const ink of [inks.text, inks.muted, inks.axis, inks.grid]) {
    const [light, dark] = [contrastOf(ink, grounds.light), contrastOf(darkOf(ink), grounds.dark)];
    ok(Math.abs(light / dark - 1) < 0.02, `${ink}: ${light} and ${dark}`);
  }
  // Pure red stays pure: green and blue are equal.
  deepEqual(darkOf("#ff0000").slice(3, 5), darkOf("#ff0000").slice(5, 7));
  throws(() => darkOf("white"), /Cannot read a colour: expected #rrggbb, got white/);
});

Deno.test("words can be read on either ground", () => {
  for (const colour of [inks.text, inks.muted, ...Object.values(modalityInks)]) {
    ok(contrastOf(colour, grounds.light) >= 4.5, `${colour} on light`);
    ok(contrastOf(darkOf(colour), grounds.dark) >= 4.5, `${colour} on dark`);
  }
});

Deno.test("ink can be read on the densest cell of a heat map with words, on either ground", () => {
  for (const colour of Object.values(modalityColours)) {
    for (
      const [ground, ink, mark] of [
        [grounds.light, inks.text, colour],
        [grounds.dark, darkOf(inks.text), darkOf(colour)],
      ] as const
    ) {
      const cell = mixed(mark, ground);
      ok(contrastOf(ink, cell) >= 4.5, `${ink} on ${cell}: ${contrastOf(ink, cell)}`);
    }
  }
});

/** Half of one colour over another. */
function mixed(colour: string, ground: string): string {
  const part = (at: number) => {
    const [a, b] = [colour, ground].map((c) => parseInt(c.slice(at, at + 2), 16));
    return Math.round((a! + b!) / 2).toString(16).padStart(2, "0");
  };
  return `#${part(1)}${part(3)}${part(5)}`;
}

Deno.test("every colour of the palette is another one in the dark, marks apart from the ground", () => {
  const spare = coloursOf(["a", "b", "c", "d", "e", "f"]);
  const marks = [...Object.values(modalityColours), ...Object.values(systemColours), ...spare];
  for (const colour of marks) {
    ok(darkOf(colour) !== colour, colour);
    ok(contrastOf(darkOf(colour), grounds.dark) >= 2, colour);
  }
});

Deno.test("darkStyle() has a rule for each colour that is used, on screens only", () => {
  const style = darkStyle('<path fill="#0072b2" stroke="none"/><path stroke="#0072b2"/>');
  const dark = darkOf("#0072b2");
  equal(
    style,
    "<style>@media screen and (prefers-color-scheme:dark){" +
      `svg.marks [fill="#0072b2"]{fill:${dark}}svg.marks [stroke="#0072b2"]{stroke:${dark}}}</style>`,
  );
});
