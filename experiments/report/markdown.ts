/** Markdown of results as HTML that loads nothing and runs nothing. @module */

import { Marked, type Tokens } from "../../lib/deps/marked.ts";
import { escapeHtml } from "../../lib/escape_html.ts";
import { asHtml, type Html } from "./html.ts";

/**
 * Markdown with tables as HTML. Columns that Markdown aligns right are numbers.
 * What Markdown would pass through as HTML is shown as text, since a result may
 * quote a sample; of pictures only their description is kept, and of links
 * only those to the web or to files beside the report.
 */
export function markdownToHtml(markdown: string): Html {
  return asHtml(reader.parse(markdown, { async: false }));
}

const reader = new Marked({
  renderer: {
    html: ({ text }) => escapeHtml(text),
    image: ({ text }) => escapeHtml(text),
    link({ href, tokens }) {
      const text = this.parser.parseInline(tokens);
      return isHarmless(href) ? `<a href="${escapeHtml(href)}">${text}</a>` : text;
    },
    table(table) {
      const head = row(table.header.map((cell) => this.tablecell(cell)));
      const body = table.rows.map((cells) => row(cells.map((cell) => this.tablecell(cell))));
      return `<div class="table"><table>\n<thead>\n${head}</thead>\n` +
        `<tbody>\n${body.join("")}</tbody>\n</table></div>\n`;
    },
    tablecell({ header, align, tokens }: Tokens.TableCell) {
      const name = header ? 'th scope="col"' : "td";
      const number = align === "right" ? ' class="number"' : "";
      return `<${name}${number}>${this.parser.parseInline(tokens)}</${name.slice(0, 2)}>`;
    },
  },
});

function row(cells: readonly string[]): string {
  return `<tr>${cells.join("")}</tr>\n`;
}

// A link with a scheme is to the web; one without stays in the folder of the report.
function isHarmless(href: string): boolean {
  return /^https?:\/\//i.test(href) || /^[\w#][\w#./-]*$/.test(href);
}
