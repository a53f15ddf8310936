import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import project from "../../deno.json" with { type: "json" };
import { main } from "../../tasks/docs.ts";
import {
  firstSentence,
  withImports,
  withModuleList,
  withParameterNames,
} from "../../tasks/docs_pages.ts";
import { withFolder } from "../datasets/temporary_folder.ts";
import { captured } from "./captured.ts";

async function pagesIn(folder: string): Promise<string[]> {
  const paths = await Array.fromAsync(Deno.readDir(folder), async ({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    return isDirectory ? await pagesIn(path) : name.endsWith(".html") ? [path] : [];
  });
  return paths.flat();
}

Deno.test("the reference lists every module that deno.json exports, and names every parameter", () =>
  withFolder({}, async (root) => {
    const { code, out, err } = await captured(main, ["--out", `${root}/site`]);
    deepEqual([code, err], [0, ""]);
    const modules = Object.keys(project.exports);
    equal(out, `The reference of ${modules.length} modules: ${root}/site/index.html`);

    const index = await Deno.readTextFile(`${root}/site/index.html`);
    const items = [
      ...index.matchAll(/<a href="([^"]+)" title="[^"]*"><span>[^<]*<.*?<p>(.*?)<\/p>/g),
    ];
    const [first, ...others] = items.slice(0, modules.length).map(([, page]) => page!);
    equal(first, "#module_doc");
    deepEqual(
      others.map((page) => page.replace(/\/index\.html$/, "")),
      modules.filter((name) => name !== "."),
    );
    for (const page of others) ok((await Deno.stat(`${root}/site/${page}`)).isFile, page);
    // A comment that deno doc does not take for a module's has no sentence here.
    for (const [, page, summary] of items.slice(0, modules.length)) match(summary!, /\w{4}/, page!);

    for (const path of await pagesIn(`${root}/site`)) {
      const page = await Deno.readTextFile(path);
      ok(!page.includes("arg_"), path);
      ok(!/from &quot;(model|metrics|\.)&quot;/.test(page), path);
    }
    const gate = await Deno.readTextFile(`${root}/site/model/~/audioGate.html`);
    match(gate, /<span class="italic">\{ spectral, contextual \}<\/span><span>: \{ spectral/);
    match(gate, /audioGate \} from &quot;@trivalence\/trivalence\/model&quot;/);
  }));

/** As `deno doc` writes a parameter in a signature. */
const parameter = (type: string, mark = "") =>
  `<span><span class="italic">arg_1</span>${mark}<span>: ${type}</span></span>`;

const nameOf = (type: string, mark?: string) =>
  withParameterNames(parameter(type, mark)).match(/class="italic">([^<]*)</)![1];

Deno.test("a destructured parameter is named after its type, or by the fields of a literal", () => {
  equal(nameOf('<a href="x">FitOptions</a>', '<span class="td-op">?</span>'), "options");
  equal(nameOf('<span class="td-ref">AudioGateParams</span>'), "params");
  equal(nameOf("Scored &amp; { readonly level: number; }"), "scored");
  equal(nameOf("Pick&lt;ModelConfig, &quot;inputs&quot;&gt;"), "config");
  equal(nameOf("readonly [a: string]"), "values");
  equal(nameOf("{ <span>readonly</span> x: Tensor; keep?: Tensor }"), "{ x, keep }");
  // Fields inside of fields, and parameters of functions, are not those of the literal.
  equal(
    nameOf("{ of: Init&lt;P&gt;; told: (a: B) =&gt; { c: D }; size: [x: E] }"),
    "{ of, told, size }",
  );
  equal(nameOf("{ a: A; b: B; c: C; d: D }"), "{ a, b, c, … }");
  equal(nameOf("[A, B]"), "values");
});

Deno.test("links to a parameter get the name of its entry", () => {
  const id = "function_f_0_parameter_arg_0";
  const page = `<div class="anchorable docEntry" id="${id}"><svg id="clip"></svg>` +
    `<code><span><span class="italic">arg_0</span></span><span>: Scored</span></code></div>` +
    `<li><a href="#${id}" title="arg_0"><span class="italic">arg_0</span></a></li>`;
  const named = withParameterNames(page);
  match(named, /id="function_f_0_parameter_0"/);
  match(named, /<a href="#function_f_0_parameter_0" title="scored"><span class="italic">scored</);
  ok(!named.includes("arg_"));
});

Deno.test("a module's summary is its first sentence, and only the usage is changed", () => {
  equal(firstSentence("One.two of Fig. 3.\n\nMore."), "One.two of Fig. 3.");
  equal(firstSentence("First\nsentence. Second one."), "First sentence.");
  equal(firstSentence("No full stop"), "No full stop");
  const code = "import { type A } from &quot;x/y&quot;; import { b } from &quot;./mod.ts&quot;;";
  equal(
    withImports(`${code} import * as c from &quot;.&quot;;`, "@p/q"),
    "import { type A } from &quot;@p/q/x/y&quot;; import { b } from &quot;./mod.ts&quot;; " +
      "import * as c from &quot;@p/q&quot;;",
  );
  const modules = [{ name: "m", page: "./m/index.html", summary: "Of `a<b>` and *c*." }];
  match(
    withModuleList("<main>x</main>", modules),
    /^<main><section .*<p>Of <code>a&lt;b><\/code> and <em>c<\/em>\.<\/p>.*<\/section>x<\/main>$/,
  );
  throws(() => withModuleList("x", modules), /^RangeError: Cannot list the modules: /);
});

Deno.test("the docs task shows its own options on --help, and refuses others", async () => {
  const { code, out } = await captured(main, ["--help"]);
  equal(code, 0);
  match(out, /^Usage: deno task docs \[options\]$/m);
  equal((await captured(main, ["--html"])).code, 2);
  equal((await captured(main, ["--out", ""])).code, 2);
});
