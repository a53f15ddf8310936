/** Markdown of results as HTML that loads nothing and runs nothing. @module */

import { Marked, type Tokens } from "../../lib/deps/marked.ts";
import { escapeHtml } from "../../lib/escape_html.ts";
import { asHtml, type Html, printHtml, tableElement } from "./html.ts";

/**
 * Markdown with tables as HTML. Columns that Markdown aligns right are numbers.
 * What Markdown would pass through as HTML is shown as text, since a result may
 * quote a sample; of pictures only their description is kept, and of links
 * only those to the web or to files beside the report. Headings are a level
 * lower than they are written, below that of `title`; tables are called by
 * theirs, or by `title`.
 */
export function markdownToHtml(markdown: string, { title }: { readonly title: string }): Html {
  return asHtml(readerOf(title).parse(markdown, { async: false }));
}

function readerOf(title: string): Marked {
  let above = title;
  return new Marked({
    renderer: {
      html: ({ text }) => escapeHtml(text),
      image: ({ text }) => escapeHtml(text),
      heading({ depth, text, tokens }) {
        above = text;
        const name = `h${Math.min(6, depth + 1)}`;
        return `<${name}>${this.parser.parseInline(tokens)}</${name}>\n`;
      },
      link({ href, tokens }) {
        const text = this.parser.parseInline(tokens);
        return isHarmless(href) ? `<a href="${escapeHtml(href)}">${text}</a>` : text;
      },
      table({ header, rows }) {
        const cells = (row: readonly Tokens.TableCell[]) =>
          row.map(({ tokens }) => asHtml(this.parser.parseInline(tokens)));
        return printHtml(tableElement({
          caption: above,
          head: cells(header),
          rows: rows.map(cells),
          numbers: header.flatMap(({ align }, i) => align === "right" ? [i] : []),
        }));
      },
    },
  });
}

// A link with a scheme is to the web; one without stays in the folder of the report.
function isHarmless(href: string): boolean {
  return /^https?:\/\//i.test(href) || /^[\w#][\w#./-]*$/.test(href);
}
