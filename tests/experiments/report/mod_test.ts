import { deepEqual, doesNotMatch, equal, match, ok, rejects } from "node:assert/strict";
import { readResults, writeReport } from "../../../experiments/report/mod.ts";
import { makeReport } from "../../../experiments/report/page.ts";
import { type DefaultTreeAdapterTypes, parse } from "../../../lib/deps/parse5.ts";
import { script } from "../../../experiments/report/assets.ts";
import { withFolder } from "../../datasets/temporary_folder.ts";

type Node = DefaultTreeAdapterTypes.ChildNode;
type Element = DefaultTreeAdapterTypes.Element;

/** The elements of a page in their order, after asserting that a parser finds no mistake in it. */
function elementsOf(page: string): Element[] {
  const mistakes: string[] = [];
  const onParseError = ({ code, startLine }: { code: string; startLine: number }) =>
    void mistakes.push(`${code} in line ${startLine}`);
  const all = (node: Node): Element[] =>
    "tagName" in node ? [node, ...node.childNodes.flatMap(all)] : [];
  const elements = parse(page, { onParseError }).childNodes.flatMap(all);
  deepEqual(mistakes, []);
  return elements;
}

const named = (elements: readonly Element[], tag: string) =>
  elements.filter(({ tagName }) => tagName === tag);
const attribute = ({ attrs }: Element, name: string) =>
  attrs.find((attr) => attr.name === name)?.value;
const attributes = (elements: readonly Element[], name: string) =>
  elements.map((one) => attribute(one, name)).filter((value) => value !== undefined);

function textOf(node: Node): string {
  if ("value" in node) return node.value;
  return "childNodes" in node ? node.childNodes.map(textOf).join("") : "";
}

const names = ["table_1", "figures", "robustness"];
const context = { experiments: names, commandFor: (name: string) => `make ${name} --quick` };

/** A result as an experiment writes it. */
const told = (name: string, more: Record<string, unknown> = {}) =>
  JSON.stringify({
    ...{ name, title: `Title of ${name}`, caption: `Caption of ${name}.` },
    data: { label: "embedded", hash: "0123456789abcdef" },
    encoders: { "tiny-text": "aa", "tiny-image": "bb" },
    configuration: { thorough: true },
    ...{ seeds: [1, 2], command: "deno task reproduce", commit: "fedcba9876543210" },
    ...more,
  });

const svg = (width: number) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="20"><rect id="a"/></svg>`;

const files = {
  "table_1/table_1.json": told("table_1", { seconds: { reading: 1.25, jobs: 125 } }),
  "table_1/table_1.md":
    "## Title of table_1\n\nCaption of table_1. Sums.\n\n| a | b |\n| --- | ---: |\n| x | 1 |\n",
  "table_1/table_1.csv": "a,b\nx,1\n",
  "table_1/runs/a 1.json": "{}",
  "table_1/predictions/a.csv": "id\n",
  "table_1/predictions/b.csv": "id\n",
  "figures/figures.json": told("figures"),
  "figures/figure_10.svg": svg(900),
  "figures/figure_10.vl.json": JSON.stringify({
    title: { text: "Figure 10. ROC", subtitle: ["embedded corpus,", "2 seeds"] },
  }),
  "figures/figure_9.svg": svg(300),
  "figures/figure_9.vl.json": JSON.stringify({ title: "Figure 9" }),
  "figures/figure_11.svg": svg(300),
};

/** The report of a folder with these files. */
async function reportOf(of: Readonly<Record<string, string>>): Promise<string> {
  let page = "";
  await withFolder(of, async (folder) => {
    page = await makeReport(await readResults(folder, names), context);
  });
  return page;
}

/** The files with one of them changed as JSON. */
const changed = (path: keyof typeof files, more: Record<string, unknown>) => ({
  ...files,
  [path]: JSON.stringify({ ...JSON.parse(files[path]), ...more }),
});

Deno.test("readResults() finds what there is, in the order of the names, figures by number", () =>
  withFolder({ ...files, "other/other.json": "{}" }, async (folder) => {
    const found = await readResults(folder, names.toReversed());
    deepEqual(found.map(({ name }) => name), ["figures", "table_1"]);
    deepEqual(found[0]!.pictures.map(({ name }) => name), ["figure_9", "figure_10", "figure_11"]);
    equal(found[0]!.markdown, "");
    deepEqual(found[1]!.files, [
      ...["predictions/a.csv", "predictions/b.csv", "runs/a 1.json"],
      ...["table_1.csv", "table_1.json", "table_1.md"],
    ]);
  }));

Deno.test("readResults() takes a folder without its JSON for a result that was not made", () =>
  withFolder({ "table_1/table_1.md": "an earlier table" }, async (folder) => {
    deepEqual(await readResults(folder, names), []);
    deepEqual(await readResults(`${folder}/nowhere`, names), []);
  }));

Deno.test("readResults() refuses a file of JSON that is none, and names it", async () => {
  for (const text of ['{"name":', "[]", "null"]) {
    await withFolder(
      { "table_1/table_1.json": text },
      (folder) =>
        rejects(readResults(folder, names), {
          name: "RangeError",
          message: `Cannot read "${folder}/table_1/table_1.json": expected a JSON object, got ${
            JSON.stringify(text)
          }`,
        }),
    );
  }
});

Deno.test("makeReport() makes a page that a parser has nothing to say against", async () => {
  const elements = elementsOf(await reportOf(files));
  equal(named(elements, "h1").length, 1);
  const ids = attributes(elements, "id");
  equal(new Set(ids).size, ids.length);
  for (const href of attributes(elements, "href").filter((href) => href.startsWith("#"))) {
    ok(ids.includes(href.slice(1)), href);
  }
  deepEqual(named(elements, "h2").map(textOf), [
    "Is the proposed model ahead, and where not?",
    "Further data and settings",
    "How this was made",
  ]);
  deepEqual(named(elements, "h3").map(textOf), [
    ...["Title of table_1", "Title of figures", "Data, encoders, seeds, code and time"],
    "Not made: 1 of 3 results",
  ]);
});

Deno.test("makeReport() is the same whatever the order of the results", async () => {
  await withFolder(files, async (folder) => {
    const results = await readResults(folder, names);
    equal(await makeReport(results.toReversed(), context), await makeReport(results, context));
  });
});

Deno.test("makeReport() shows every figure with a description, and its files", async () => {
  const elements = elementsOf(await reportOf(files));
  const images = named(elements, "img");
  deepEqual(attributes(images, "alt"), [
    "Figure 9",
    "Figure 10. ROC. embedded corpus, 2 seeds",
    "figure_11",
  ]);
  deepEqual(attributes(images, "width"), ["300", "900", "300"]);
  const [start, data] = attribute(images[1]!, "src")!.split(",");
  equal(start, "data:image/svg+xml;base64");
  equal(atob(data!), svg(900));
  const classes = named(elements, "figure").map((one) => attribute(one, "class"));
  deepEqual(classes, [undefined, "wide", undefined]);
  deepEqual(named(elements, "figcaption").map(textOf), [
    ...["Figure 9 SVG Vega-Lite", "Figure 10. ROC SVG Vega-Lite", "figure_11 SVG"],
  ]);
});

Deno.test("makeReport() shows the title and the caption once, and what Markdown has beside them", async () => {
  const elements = elementsOf(await reportOf(files));
  const section = elements.find((one) => attribute(one, "id") === "table_1")!;
  const text = textOf(section);
  equal(named(elements, "h3").filter((one) => textOf(one) === "Title of table_1").length, 1);
  equal(text.split("Caption of table_1.").length, 2);
  match(text, /Sums\./);
  deepEqual(attributes(named(elements, "td"), "class"), ["number"]);
});

Deno.test("makeReport() takes no text of a result for HTML", async () => {
  const hostile = `"><script>alert('1')</script><img src=x onerror=alert(1)>`;
  const elements = elementsOf(
    await reportOf({
      ...files,
      "table_1/table_1.json": told("table_1", {
        title: hostile,
        caption: hostile,
        command: hostile,
        data: { label: hostile },
        configuration: { text: hostile },
      }),
      "table_1/table_1.md": `### ${hostile}\n\n| a |\n| --- |\n| ${hostile} |\n\n${hostile}\n`,
      "figures/figure_9.vl.json": JSON.stringify({ title: hostile }),
    }),
  );
  deepEqual(named(elements, "script").map(textOf), [script]);
  equal(named(elements, "img").length, 3);
  deepEqual(attributes(elements, "onerror"), []);
  equal(textOf(named(elements, "h3")[0]!), hostile);
  equal(textOf(named(elements, "h4")[0]!), hostile);
  equal(attribute(named(elements, "img")[0]!, "alt"), hostile);
});

Deno.test("makeReport() makes a page that loads nothing", async () => {
  const page = await reportOf(files);
  const elements = elementsOf(page);
  for (const source of attributes(elements, "src")) match(source, /^data:image\/svg\+xml;base64,/);
  deepEqual(named(elements, "link"), []);
  deepEqual(attributes(named(elements, "script"), "src"), []);
  doesNotMatch(page.replace(script, ""), /url\(|@import/);
  const policy = named(elements, "meta")
    .find((one) => attribute(one, "http-equiv") === "Content-Security-Policy")!;
  match(attribute(policy, "content")!, /^default-src 'none';/);
  // The hash lets run what stands in the page, and nothing else.
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(script));
  const hash = new Uint8Array(digest).toBase64();
  ok(attribute(policy, "content")!.endsWith(`script-src 'sha256-${hash}'`));
  deepEqual(attributes(elements, "href").filter((href) => href.includes(":")), [
    "https://doi.org/10.1038/s41598-025-09000-3",
  ]);
});

Deno.test("makeReport() links to files that are there, from beside their folders", () =>
  withFolder(files, async (folder) => {
    const page = await makeReport(await readResults(folder, names), context);
    const links = attributes(elementsOf(page), "href").filter((href) => !/[#:]/.test(href));
    deepEqual(links, [
      ...["table_1/table_1.csv", "table_1/table_1.json", "table_1/table_1.md"],
      ...["table_1/predictions/", "table_1/runs/"],
      ...["figures/figure_9.svg", "figures/figure_9.vl.json"],
      ...["figures/figure_10.svg", "figures/figure_10.vl.json"],
      ...["figures/figure_11.svg", "figures/figures.json"],
    ]);
    for (const link of links) await Deno.stat(`${folder}/${decodeURIComponent(link)}`);
  }));

Deno.test("writeReport() puts the report beside the results, in place of an older one", () =>
  withFolder(
    { ...files, "report.html": "older" },
    async (folder) => {
      const path = await writeReport(folder, context);
      equal(path, `${folder}/report.html`);
      const page = await makeReport(await readResults(folder, names), context);
      equal(await Deno.readTextFile(path), page);
      deepEqual((await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).toSorted(), [
        ...["figures", "report.html", "table_1"],
      ]);
    },
  ));

Deno.test("writeReport() leaves the older report where a result can't be read", () =>
  withFolder({ "table_1/table_1.json": "{", "report.html": "older" }, async (folder) => {
    await rejects(writeReport(folder, context), RangeError);
    equal(await Deno.readTextFile(`${folder}/report.html`), "older");
  }));

/** The texts of the notices. */
const notices = (page: string) =>
  elementsOf(page).filter((one) => attribute(one, "class") === "notice").map(textOf);
const badges = (page: string) =>
  elementsOf(page).filter((one) => attribute(one, "class") === "badge").length;

Deno.test("makeReport() says of the embedded corpus that it is synthetic, and of no other", async () => {
  const both = await reportOf(files);
  match(notices(both).join(), /^Synthetic data\. Everything here is made on the embedded corpus/);
  equal(badges(both), 0);

  const data = { label: "~/corpora", hash: "0123456789abcdef" };
  const one = await reportOf(changed("table_1/table_1.json", { data }));
  match(notices(one).join(), /^Synthetic data\. figures is made on the embedded corpus/);
  equal(badges(one), 1);

  const { "table_1/table_1.json": real } = changed("table_1/table_1.json", { data });
  const none = await reportOf({ "table_1/table_1.json": real });
  deepEqual(notices(none), []);
  doesNotMatch(none, /[Ss]ynthetic/);
  match(none, /~\/corpora, 0123456789ab/);
});

Deno.test("makeReport() says that scores of quick settings mean little", async () => {
  const quick = { configuration: { thorough: false } };
  const page = await reportOf({ "table_1/table_1.json": told("table_1", quick) });
  match(notices(page).join(), /Quick settings\. Everything here is made in little time/);
  doesNotMatch(notices(await reportOf(files)).join(), /Quick/);
});

Deno.test("makeReport() says in what results differ that stand in one page", async () => {
  const page = await reportOf(
    changed("figures/figures.json", { commit: "1111", encoders: { other: "cc" } }),
  );
  match(notices(page).join(), /These results differ in their code, encoders\.$/);
  // That of a system beside the others is no difference.
  const more = { encoders: { "tiny-text": "aa", "tiny-image": "bb", clip: "cc" } };
  doesNotMatch(notices(await reportOf(changed("figures/figures.json", more))).join(), /differ/);
  const other = { encoders: { "tiny-text": "ab", "tiny-image": "bb", clip: "cc" } };
  match(
    notices(await reportOf(changed("figures/figures.json", other))).join(),
    /their encoders\.$/,
  );
  // By the digest, where the same executor rounds by the processor.
  const on = (digest: string) => ({ arithmetic: { kind: "onnxruntime, cpu", digest } });
  const rounded = await reportOf({
    ...changed("figures/figures.json", on("aa")),
    "table_1/table_1.json": told("table_1", on("bb")),
  });
  match(notices(rounded).join(), /These results differ in their arithmetic\.$/);
  doesNotMatch(notices(await reportOf(files)).join(), /differ/);
});

Deno.test("makeReport() says where the results come from, once where they agree", async () => {
  const facts = (page: string) => {
    const elements = elementsOf(page);
    const fold = named(elements, "details").find((one) =>
      textOf(one).startsWith("Data, encoders")
    )!;
    return named(
      (fold.childNodes.find((node) => node.nodeName === "dl") as Element)
        .childNodes as Element[],
      "div",
    ).map((line) => line.childNodes.filter((node) => "tagName" in node).map(textOf).join(" | "));
  };
  const alike = [
    "Data | the embedded corpus, 0123456789ab",
    "Encoders | tiny-text, tiny-image",
    "Seeds | 1, 2",
    "Command | deno task reproduce",
    "Commit | fedcba987654",
    "Time | reading 1.3 s, jobs 2 min 5 s table_1",
  ];
  deepEqual(facts(await reportOf(files)), alike);
  const inC = await reportOf(
    changed("figures/figures.json", { provider: "cpu", arithmetic: { kind: "c, arm64" } }),
  );
  deepEqual(facts(inC)[3], "Runs on | c, arm64 figures");
  const seeds = await reportOf(changed("figures/figures.json", { seeds: [1] }));
  deepEqual(facts(seeds), alike.with(2, "Seeds | 1, 2 table_1 | 1 figures"));
});

Deno.test("makeReport() lists the experiments that are missing, with the command that makes them", async () => {
  const missing = (page: string) =>
    named(elementsOf(page), "code").map(textOf).filter((text) => text.startsWith("make"));
  deepEqual(missing(await reportOf(files)), ["make robustness --quick"]);
  deepEqual(missing(await reportOf({})), names.map((name) => `make ${name} --quick`));
  const all = { ...files, "robustness/robustness.json": told("robustness") };
  deepEqual(missing(await reportOf(all)), []);
});
