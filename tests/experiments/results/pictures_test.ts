import { deepEqual, equal, ok } from "node:assert/strict";
import { canDrawLetters, withPngs } from "../../../experiments/results/pictures.ts";
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

Deno.test("each picture gets a PNG, and files within folders none", async () => {
  const files = await withPngs(new Map([["a.svg", svg], ["runs/b.svg", svg], ["a.json", "{}"]]));
  deepEqual([...files.keys()].sort(), ["a.json", "a.png", "a.svg", "runs/b.svg"]);
  ok(files.get("a.png") instanceof Uint8Array);
  deepEqual(files.get("a.png"), await pngOf(svg));
});

Deno.test("whether letters are drawn is found by drawing one", async () => {
  equal(typeof await canDrawLetters(), "boolean");
});
