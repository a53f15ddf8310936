import { deepEqual, equal, match, ok } from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { replaceFolder } from "../../../lib/files.ts";
import { writeReport } from "../../../experiments/report/mod.ts";
import { calibration } from "../../../experiments/calibration/mod.ts";
import { ablationHeads } from "../../../experiments/ablations/mod.ts";
import { statistics } from "../../../experiments/statistics/mod.ts";
import { withManifest } from "../../../experiments/results/folder.ts";
import { withFolder } from "../../datasets/temporary_folder.ts";
import { findBrowser, withPage } from "../../browser.ts";
import { madeUpStudy } from "../made_up_study.ts";

const experiments = {
  statistics,
  calibration,
  ablation_heads: ablationHeads,
};

Deno.test({
  name:
    "the report in a browser: no error, nothing fetched, charts that answer, tables that sort, folds that open",
  // Only where there is a Chromium.
  ignore: findBrowser() === undefined,
  // The browser's pipes end with it.
  sanitizeResources: false,
  sanitizeOps: false,
  fn: () =>
    withFolder({}, async (out) => {
      const { study } = madeUpStudy({ seeds: [1, 2] });
      for (const [name, experiment] of Object.entries(experiments)) {
        const { files } = await experiment(study);
        await replaceFolder(`${out}/${name}`, withManifest(files, name));
      }
      const path = await writeReport(out, {
        experiments: Object.keys(experiments),
        commandFor: (name) => name,
      });
      await withPage(pathToFileURL(path).href, async (page) => {
        const count = (selector: string) =>
          page.evaluate(`document.querySelectorAll(${JSON.stringify(selector)}).length`);
        await page.resize(1280, 900);
        equal(await count("figure"), 1 + 4 + 1);
        equal(await count("figure .chart > svg"), 6);
        deepEqual(page.errors, []);
        deepEqual(page.requests.filter((url) => !/^(file|data):/.test(url)), []);
        // Every link within the page leads somewhere, and no two things have one name.
        deepEqual(
          await page.evaluate(
            `[...document.querySelectorAll('a[href^="#"]')].filter((a) =>
              !document.getElementById(a.getAttribute("href").slice(1))).length`,
          ),
          0,
        );
        deepEqual(
          await page.evaluate(
            `{ const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
              ids.filter((id, i) => ids.indexOf(id) !== i) }`,
          ),
          [],
        );

        const tip = () =>
          page.evaluate(`document.querySelector("#tip").hidden ? "" : tip.textContent`);
        equal(await tip(), "");
        await page.evaluate(`document.querySelector("#asked-probabilities .chart").focus()`);
        await page.press("ArrowRight");
        const first = await tip();
        match(first as string, /: /);
        await page.press("ArrowRight");
        ok(await tip() !== first);
        await page.press("ArrowLeft");
        equal(await tip(), first);
        await page.press("Escape");
        equal(await tip(), "");

        // A link opens what it leads to, and the button all.
        const folded = () => count("main details.result:not([open])");
        const before = await folded() as number;
        await page.evaluate(`location.hash = "#ablation_heads"`);
        await page.until(`document.getElementById("ablation_heads").open`);
        equal(await folded(), before - 1);
        await page.evaluate(`document.querySelector("nav button").click()`);
        equal(await folded(), 0);

        const [x, y] = await page.evaluate(`{
          const mark = document.querySelector("#ablation_heads [aria-roledescription=point]");
          mark.scrollIntoView({ block: "center" });
          const { left, top, width, height } = mark.getBoundingClientRect();
          [left + width / 2, top + height / 2]
        }`) as [number, number];
        await page.point(x, y);
        match(await tip() as string, /variant: |difference: /);

        equal(await count(".dimmed"), 0);
        await page.evaluate(`document.querySelector("#statistics .choice").focus()`);
        await page.press("Enter");
        ok(await count("#statistics .dimmed") as number > 0);
        equal(await count("#asked-probabilities .dimmed"), 0);
        await page.press("Enter");
        equal(await count(".dimmed"), 0);

        // The column of areas in Statistics' last table: the largest first, the smallest, as they came.
        const sorted = () =>
          page.evaluate(`{
            const table = [...document.querySelectorAll("#statistics table")].at(-1);
            [table.querySelectorAll("th")[1].ariaSort, ...[...table.tBodies[0].rows].map((row) =>
              row.cells[1].textContent)]
          }`) as Promise<[string | null, ...string[]]>;
        const [unsorted, ...came] = await sorted();
        equal(unsorted, null);
        const sort = async () => {
          await page.evaluate(
            `[...document.querySelectorAll("#statistics table")].at(-1)
              .querySelectorAll("th button")[1].focus()`,
          );
          await page.press("Enter");
          return await sorted();
        };
        const [down, ...falling] = await sort();
        equal(down, "descending");
        deepEqual(falling, came.toSorted((a, b) => parseFloat(b) - parseFloat(a)));
        const [up, ...rising] = await sort();
        equal(up, "ascending");
        deepEqual(rising, falling.toReversed());
        deepEqual(await sort(), [null, ...came]);
        // Of a table in a box that is too small for it, the first and the last column stay in sight.
        const ends = () =>
          page.evaluate(`{
            const box = document.querySelector("#statistics .table");
            box.style.width = "400px";
            const { left, right } = box.getBoundingClientRect();
            const cells = box.querySelector("tbody tr").cells;
            [box.scrollWidth > 400, cells[0].getBoundingClientRect().left - left,
              right - cells[cells.length - 1].getBoundingClientRect().right]
          }`);
        deepEqual(await ends(), [true, 0, 0]);
        await page.evaluate(`document.querySelector("#statistics .table").scrollLeft = 60`);
        deepEqual(await ends(), [true, 0, 0]);
        await page.evaluate(`document.querySelector("#statistics .table").style.width = ""`);

        await page.resize(390, 800);
        const wide = await page.evaluate("document.documentElement.scrollWidth");
        ok(wide as number <= 390, `${wide} pixels wide`);
        // As the page scales it, words on their side too.
        const smallest = await page.evaluate(`{
          const sizes = [...document.querySelectorAll("figure svg text")]
            .filter((text) => text.checkVisibility() && text.textContent.trim() !== "")
            .map((text) => {
              const { a, b } = text.getScreenCTM();
              return Math.hypot(a, b) * parseFloat(getComputedStyle(text).fontSize);
            });
          sizes.length > 20 ? Math.min(...sizes) : 0
        }`);
        ok(smallest as number >= 9, `text of ${smallest} pixels`);
        deepEqual(page.errors, []);
      });
    }),
});
