import { equal } from "node:assert/strict";
import { asHtml, element, printHtml, tableElement } from "../../../experiments/report/html.ts";

Deno.test("element() escapes text between its tags and in its attributes", () => {
  const made = element("p", { title: `"a" & 'b'` }, "1 < 2 & 3 > 2");
  equal(
    printHtml(made),
    '<p title="&quot;a&quot; &amp; &#39;b&#39;">1 &lt; 2 &amp; 3 &gt; 2</p>\n',
  );
});

Deno.test("element() takes elements as they are, lists in their order, and nothing for nothing", () => {
  const made = element("ul", {}, [1, 2].map((i) => element("li", {}, i)), undefined, false);
  equal(printHtml(made), "<ul><li>1</li>\n<li>2</li>\n</ul>\n");
});

Deno.test("element() leaves out attributes that are false or undefined, and the value of true", () => {
  const made = element("details", { open: true, class: undefined, hidden: false, id: "a" });
  equal(printHtml(made), '<details open id="a"></details>\n');
});

Deno.test("element() closes what has an end tag, and breaks no line within a sentence", () => {
  equal(printHtml(element("img", { alt: "" })), '<img alt="">\n');
  equal(printHtml([element("a", { href: "x" }, "x"), "."]), '<a href="x">x</a>.');
});

Deno.test("no object from a file passes for HTML", () => {
  const forged = JSON.parse(JSON.stringify(asHtml("<script>"))) as ReturnType<typeof asHtml>;
  equal(printHtml(element("p", {}, forged)).includes("<script>"), false);
});

Deno.test("tableElement() marks the columns that are numbers, in the head as well", () => {
  const made = tableElement({
    caption: "a & b",
    head: ["name", "value"],
    rows: [["<b>", 1]],
    numbers: [1],
  });
  equal(
    printHtml(made).replaceAll("\n", ""),
    '<div class="table" role="region" tabindex="0" aria-label="Table: a &amp; b"><table>' +
      '<caption>a &amp; b</caption><thead><tr><th scope="col">name</th>' +
      '<th scope="col" class="number">value</th></tr></thead>' +
      '<tbody><tr><td>&lt;b&gt;</td><td class="number">1</td></tr></tbody></table></div>',
  );
});
