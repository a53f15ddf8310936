import { ok } from "node:assert/strict";
import { darkOf } from "../../lib/figures/dark.ts";
import { renderSvg } from "../../lib/figures/render.ts";
import { withNumbers, withoutNumbers } from "./every_figure.ts";

for (const [name, draw] of Object.entries({ ...withNumbers, ...withoutNumbers })) {
  Deno.test(`${name}, narrow, fits a phone, and its smallest text can be read there`, async () => {
    const svg = await renderSvg(draw({ narrow: true }));
    const width = Number(/ width="([\d.]+)"/.exec(svg)![1]);
    ok(width <= 360, `${width} pixels wide`);
    const sizes = [...svg.matchAll(/font-size="([\d.]+)px"/g)].map(([, size]) => Number(size));
    ok(sizes.length > 2 && Math.min(...sizes) >= 9, `${Math.min(...sizes)} pixels`);
  });

  Deno.test(`${name} has a dark colour for each of its colours`, async () => {
    const svg = await renderSvg(draw({}));
    const [, style, marks] = /<style>(.*)<\/style>(.*)/s.exec(svg)!;
    const used = [...marks!.matchAll(/ (fill|stroke)="([^"]+)"/g)].filter(([, , colour]) =>
      !["none", "transparent"].includes(colour!)
    );
    ok(used.length > 0);
    for (const [, kind, colour] of used) {
      ok(
        style!.includes(`[${kind}="${colour}"]{${kind}:${darkOf(colour!)}}`),
        `${kind} ${colour}`,
      );
    }
  });
}
