import { deepEqual, equal, ok } from "node:assert/strict";
import { systems } from "../../lib/study/systems.ts";
import { coloursOf, modalityColours, systemColours } from "../../lib/figures/palette.ts";

// Machado, Oliveira and Fernandes (2009): what an eye without one kind of cone makes of linear RGB.
const eyes: Record<string, number[][]> = {
  full: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
};

const apply = (matrix: number[][], v: number[]) =>
  matrix.map((row) => row.reduce((sum, m, i) => sum + m * v[i]!, 0));

function linear(colour: string): number[] {
  return [1, 3, 5].map((at) => {
    const c = parseInt(colour.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
}

// CIELAB under D65, in which a distance of about 2 is the least an eye sees side by side.
function lab(rgb: number[]): number[] {
  const xyz = apply([
    [0.4124 / 0.9505, 0.3576 / 0.9505, 0.1805 / 0.9505],
    [0.2126, 0.7152, 0.0722],
    [0.0193 / 1.089, 0.1192 / 1.089, 0.9505 / 1.089],
  ], rgb.map((c) => Math.min(Math.max(c, 0), 1)));
  const [x, y, z] = xyz.map((t) => t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  return [116 * y! - 16, 500 * (x! - y!), 200 * (y! - z!)];
}

Deno.test("the modalities' colours are far apart, for colour-blind eyes too", () => {
  const colours = Object.entries(modalityColours);
  for (const [eye, matrix] of Object.entries(eyes)) {
    for (const [i, [a, colour]] of colours.entries()) {
      for (const [b, other] of colours.slice(i + 1)) {
        const [p, q] = [colour, other].map((c) => lab(apply(matrix, linear(c))));
        const distance = Math.hypot(...p!.map((v, k) => v - q![k]!));
        ok(distance > 20, `${a} and ${b} are ${distance.toFixed(1)} apart with ${eye}`);
      }
    }
  }
});

Deno.test("every system of the tables has a colour of its own", () => {
  deepEqual(systems.filter((system) => !Object.hasOwn(systemColours, system)), []);
  deepEqual(
    Object.keys(systemColours).filter((name) => !(systems as readonly string[]).includes(name)),
    [],
  );
});

Deno.test("no two systems share a colour", () => {
  const colours = Object.values(systemColours);
  equal(new Set(colours).size, colours.length);
});

Deno.test("coloursOf() gives a system its colour in any company, and a stranger a spare one", () => {
  const [clip, , one, other] = coloursOf(["CLIP", "MISA", "toString", "my model"]);
  equal(clip, systemColours["CLIP"]);
  deepEqual(coloursOf(["CLIP"]), [clip]);
  ok(one !== other && !Object.values(systemColours).includes(one!));
  equal(coloursOf(["my model"])[0], one);
});
