import { equal } from "node:assert/strict";
import { printHtml } from "../../../experiments/report/html.ts";
import { markdownToHtml } from "../../../experiments/report/markdown.ts";

/** The HTML in one line. */
const read = (markdown: string) =>
  printHtml(markdownToHtml(markdown, { title: "A result" })).replaceAll("\n", "");

Deno.test("markdownToHtml() makes tables whose right-aligned columns are numbers", () => {
  equal(
    read("| system | accuracy |\n| --- | ---: |\n| **full** | 0.9 |\n"),
    '<div class="table" role="region" tabindex="0" aria-label="Table: A result"><table>' +
      '<caption>A result</caption><thead><tr><th scope="col">system</th>' +
      '<th scope="col" class="number">accuracy</th></tr></thead><tbody>' +
      '<tr><td><strong>full</strong></td><td class="number">0.9</td></tr></tbody></table></div>',
  );
});

Deno.test("markdownToHtml() puts headings below that of the result, and calls tables by theirs", () => {
  const html = read("### On *text*\n\n| a |\n| --- |\n| 1 |\n\n#### Less\n\n| b |\n| --- |\n");
  equal(html.startsWith("<h4>On <em>text</em></h4>"), true);
  equal(html.includes("<caption>On *text*</caption>"), true);
  equal(html.includes("<h5>Less</h5>"), true);
  equal(html.includes('aria-label="Table: Less"'), true);
});

Deno.test("markdownToHtml() shows HTML as text, in lines, in blocks and in cells", () => {
  const hostile = "<img src=x onerror=alert(1)>";
  const shown = "&lt;img src=x onerror=alert(1)&gt;";
  equal(read(`said ${hostile}`), `<p>said ${shown}</p>`);
  equal(read(`\`${hostile}\``), `<p><code>${shown}</code></p>`);
  equal(read(`| a |\n| --- |\n| ${hostile} |\n`).includes(`<td>${shown}</td>`), true);
  equal(read("<script>\nalert(1)\n</script>"), "&lt;script&gt;alert(1)&lt;/script&gt;");
  equal(read("1 < 2 &amp; 3"), "<p>1 &lt; 2 &amp; 3</p>");
});

Deno.test("markdownToHtml() keeps links to the web and to files beside, and the words of others", () => {
  equal(read("[a](https://a.org/?b&c)"), '<p><a href="https://a.org/?b&amp;c">a</a></p>');
  equal(read("[a](table_1/runs/a.json)"), '<p><a href="table_1/runs/a.json">a</a></p>');
  const others = [
    ...["javascript:alert(1)", "JAVASCRIPT:alert(1)", "data:text/html,a", "file:///etc/passwd"],
    ...[
      "../secret",
      "/etc/passwd",
      "//a.org",
      "&#106;avascript:alert(1)",
      "java&Tab;script:alert(1)",
    ],
  ];
  for (const href of others) equal(read(`[a](${href})`), "<p>a</p>", href);
});

Deno.test("markdownToHtml() loads no picture", () => {
  equal(read("![a <face>](https://a.org/face.png)"), "<p>a &lt;face&gt;</p>");
});
