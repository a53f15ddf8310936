import { equal } from "node:assert/strict";
import { escapeHtml } from "../lib/escape_html.ts";

Deno.test("escapeHtml() leaves no tag, and no end of an attribute", () => {
  equal(
    escapeHtml(`<a href="x" title='y'>&`),
    "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;",
  );
});
