import { equal, match, ok, rejects } from "node:assert/strict";
import { writeGallery } from "../../tasks/gallery.ts";
import { withFolder } from "../datasets/temporary_folder.ts";

const svg = '<svg><path role="graphics-symbol" aria-label="share: 0.5" d="M0,0"/></svg>';
const spec = JSON.stringify({ title: { text: ["Progress of", "the whole model"] } });

Deno.test("writeGallery() shows the figures of results in both forms, and where they are from", () =>
  withFolder({
    "out/fig_5/fig_5.json": '{ "title": "Figure 5", "command": "deno task reproduce --quick" }',
    ...{ "out/fig_5/fig_5.svg": svg, "out/fig_5/fig_5.narrow.svg": svg },
    ...{ "out/fig_5/fig_5.vl.json": spec, "docs/gallery/old.svg": svg },
  }, async (root) => {
    equal(await writeGallery(`${root}/out`, `${root}/docs`), 2);
    const page = await Deno.readTextFile(`${root}/docs/gallery.md`);
    match(page, /## Figure 5\n\n`deno task reproduce fig_5 --quick`, quick settings: [^\n]*/);
    match(page, /drawn by `progressionFigure`\./);
    ok(page.includes('src="gallery/fig_5.svg" alt="Progress of the whole model"'));
    ok(page.includes('srcset="gallery/fig_5.narrow.svg"'));
    // What is not made is named.
    match(page, /`deno task reproduce table_1`, by `tableBars`: not among the results above/);
    match(page, /Without a figure: .*`table_2`/);
    // In an image, no reader hears what a mark is.
    equal(await Deno.readTextFile(`${root}/docs/gallery/fig_5.svg`), '<svg><path d="M0,0"/></svg>');
    await rejects(Deno.stat(`${root}/docs/gallery/old.svg`), Deno.errors.NotFound);
  }));

Deno.test("writeGallery() draws of Table 1 what the report opens with", () => {
  const rows = ["Proposed", "MISA"].map((system) => ({
    ...{ system, modality: "text", accuracy: { mean: 0.75, sd: 0.25, seeds: [0.5, 1] } },
  }));
  return withFolder({
    "out/table_1/table_1.json": JSON.stringify({ title: "Table 1", rows }),
    ...{ "out/table_1/table_1.svg": svg, "out/table_1/table_1.narrow.svg": svg },
    "out/table_1/table_1.vl.json": spec,
  }, async (root) => {
    await writeGallery(`${root}/out`, `${root}/docs`);
    const page = await Deno.readTextFile(`${root}/docs/gallery.md`);
    ok(page.includes('src="gallery/standings_figure.svg" alt="Every system on every test"'));
    match(
      await Deno.readTextFile(`${root}/docs/gallery/standings_figure.narrow.svg`),
      />MISA<.*>Proposed<|>Proposed<.*>MISA</s,
    );
  });
});

Deno.test("writeGallery() refuses results of a version that drew for pages only", () =>
  withFolder({
    ...{ "out/fig_5/fig_5.json": "{}", "out/fig_5/fig_5.svg": svg },
    "out/fig_5/fig_5.vl.json": spec,
  }, (root) =>
    rejects(writeGallery(`${root}/out`, `${root}/docs`), {
      name: "RangeError",
      message: /expected .*fig_5\.narrow\.svg, got no such file$/,
    })));

Deno.test("writeGallery() refuses a folder without results", () =>
  withFolder({ "a.txt": "" }, async (root) => {
    await rejects(writeGallery(root, `${root}/docs`), {
      name: "RangeError",
      message: /^Cannot make the gallery of ".*": expected results, got none$/,
    });
    await rejects(Deno.stat(`${root}/docs`), Deno.errors.NotFound);
  }));
