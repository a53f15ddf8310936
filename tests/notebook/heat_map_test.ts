import { deepEqual, equal, match, throws } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { sharp } from "../../lib/deps/sharp.ts";
import { heatMap, jupyterDisplay } from "../../lib/notebook/mod.ts";

const options = {
  title: "A & B",
  across: { title: "time (s)", ends: [0, 2] },
  up: { title: "pitch", ends: ["low", "high"] },
} as const;

async function pixels(values: Float32Array, columns: number, range?: [number, number]) {
  const shown = heatMap(values, { columns, ...options, ...range && { range } });
  const svg = String((await shown[jupyterDisplay]())["image/svg+xml"]);
  const [, base64] = /xlink:href="data:image\/png;base64,([^"]+)"/.exec(svg)!;
  const { data, info } = await (await sharp())(Buffer.from(base64!, "base64")).raw()
    .toBuffer({ resolveWithObject: true });
  return { svg, data, info };
}

Deno.test("a heat map has a pixel a number: moments to the right, the first row at the foot", async () => {
  // Two moments of three rows: 0, 1, 2 and 2, 2, 2.
  const { data, info } = await pixels(Float32Array.of(0, 1, 2, 2, 2, 2), 2);
  deepEqual([info.width, info.height], [2, 3]);
  const at = (x: number, y: number) => [...data.subarray(3 * (2 * y + x), 3 * (2 * y + x) + 3)];
  const [white, middle, dark] = [[255, 255, 255], [0x3f, 0xae, 0x8c], [0, 0x24, 0x1b]];
  deepEqual([at(0, 2), at(0, 1), at(0, 0)], [white, middle, dark]);
  deepEqual([at(1, 2), at(1, 1), at(1, 0)], [dark, dark, dark]);
});

Deno.test("with a range two heat maps have one scale, and what is beyond it its end's colour", async () => {
  const { data } = await pixels(Float32Array.of(-5, 1, 9), 3, [0, 2]);
  deepEqual([...data], [255, 255, 255, 0x3f, 0xae, 0x8c, 0, 0x24, 0x1b]);
});

Deno.test("its words are around it, and equal values are no error", async () => {
  const { svg } = await pixels(Float32Array.of(1, 1), 2);
  for (const word of ["A &amp; B", "time \\(s\\)", "pitch", ">0<", ">2<", "low", "high"]) {
    match(svg, new RegExp(word));
  }
  const shown = await heatMap(Float32Array.of(1), { columns: 1, ...options })[jupyterDisplay]();
  equal(shown["text/plain"], "Picture: A & B");
});

Deno.test("a count of values that columns do not divide is refused", () => {
  const wanted = "Cannot draw a heat map: expected rows of 2 values, got 3 values";
  throws(() => heatMap(new Float32Array(3), { columns: 2, ...options }), new RangeError(wanted));
  throws(() => heatMap(new Float32Array(0), { columns: 2, ...options }), RangeError);
});
