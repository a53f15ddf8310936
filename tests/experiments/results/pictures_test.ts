import { deepEqual, equal, ok } from "node:assert/strict";
import { canDrawLetters, withPngs } from "../../../experiments/results/pictures.ts";
import { auditBars, renderSvg } from "../../../lib/figures/mod.ts";
import { sharp } from "../../../lib/deps/sharp.ts";

const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30">' +
  '<rect x="10" y="0" width="10" height="30" fill="#ff0000"/></svg>';

async function pngOf(svg: string): Promise<Uint8Array> {
  return (await withPngs(new Map([["x.svg", svg]]))).get("x.png") as Uint8Array;
}

Deno.test("a PNG has two pixels for one of the SVG, on white", async () => {
  const { data, info } = await (await sharp())(await pngOf(svg)).raw()
    .toBuffer({ resolveWithObject: true });
  deepEqual([info.width, info.height, info.channels], [80, 60, 3]);
  const at = (x: number, y: number) => [...data.subarray((y * 80 + x) * 3, (y * 80 + x) * 3 + 3)];
  deepEqual(at(30, 30), [255, 0, 0]);
  deepEqual(at(60, 30), [255, 255, 255]);
});

Deno.test("each picture gets a PNG, that for a phone and files within folders none", async () => {
  const files = await withPngs(
    new Map([
      ["a.svg", svg],
      ...[["a.narrow.svg", svg], ["runs/b.svg", svg], ["a.json", "{}"]] as const,
    ]),
  );
  const names = ["a.json", "a.narrow.svg", "a.png", "a.svg", "runs/b.svg"];
  deepEqual([...files.keys()].sort(), names);
  ok(files.get("a.png") instanceof Uint8Array);
  deepEqual(files.get("a.png"), await pngOf(svg));
});

Deno.test("whether letters are drawn is found by drawing one", async () => {
  equal(typeof await canDrawLetters(), "boolean");
});

Deno.test("a PNG is light, whatever a figure is on a dark screen", async () => {
  const figure = auditBars(
    [{ fault: "copies", honest: { mean: 0.7 }, inflated: { mean: 0.9 } }],
    { title: "Title", subtitle: "Subtitle", measure: "accuracy" },
  );
  deepEqual(
    await pngOf(await renderSvg(figure)),
    await pngOf(await renderSvg(figure, { theme: "light" })),
  );
});
