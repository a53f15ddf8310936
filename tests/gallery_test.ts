import { deepEqual, ok } from "node:assert/strict";
import { experimentNames } from "../experiments/mod.ts";
import * as figures from "../lib/figures/mod.ts";
import { withNumbers, withoutNumbers } from "./figures/every_figure.ts";

const docs = new URL("../docs/", import.meta.url);
const page = await Deno.readTextFile(new URL("gallery.md", docs));
const files = await Array.fromAsync(Deno.readDir(new URL("gallery/", docs)), ({ name }) => name);

Deno.test("the gallery has every figure of the library", () => {
  const all = Object.keys({ ...withNumbers, ...withoutNumbers }).filter((name) => name in figures);
  ok(all.length > 15);
  deepEqual(all.filter((name) => !page.includes(`\`${name}\``)), []);
});

Deno.test("the gallery has every experiment, or says that it has no figure", () => {
  const named = (name: string) =>
    page.includes(`\`deno task reproduce ${name}`) || page.includes(`\`${name}\``);
  deepEqual(experimentNames.filter((name) => !named(name)), []);
});

Deno.test("the gallery shows all of its files, each in both forms", () => {
  const shown = [...page.matchAll(/gallery\/([\w.]+\.svg)/g)].map(([, name]) => name!);
  deepEqual(shown.toSorted(), files.toSorted());
  const names = new Set(shown.map((name) => name.replace(/(\.narrow)?\.svg$/, "")));
  deepEqual(shown.length, 2 * names.size);
});

Deno.test("the gallery's pictures are small, dark where that is preferred, and readable on a phone", async () => {
  let bytes = 0;
  for (const name of files) {
    const svg = await Deno.readTextFile(new URL(`gallery/${name}`, docs));
    bytes += svg.length;
    ok(svg.includes("prefers-color-scheme:dark"), name);
    if (!name.endsWith(".narrow.svg")) continue;
    ok(Number(/ width="([\d.]+)"/.exec(svg)![1]) <= 360, name);
    for (const [, size] of svg.matchAll(/font-size="([\d.]+)px"/g)) ok(Number(size) >= 9, name);
  }
  ok(bytes < 1_650_000, `${bytes} bytes`);
});
