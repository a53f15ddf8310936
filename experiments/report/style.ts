/** How the report looks, by day, by night and on paper. @module */

import { inks, modalityColours } from "../../lib/figures/palette.ts";

/** The style sheet. Ink and accent are those of the figures, which stay on white. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #ffffff;
  --ink: ${inks.text};
  --muted: ${inks.muted};
  --line: #d8dde3;
  --faint: #f5f6f8;
  --link: #1f5f99;
  --accent: ${modalityColours.unified};
  --notice: #fff4d6;
  --notice-line: #d9a21b;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #16191d;
    --ink: #e4e7eb;
    --muted: #9aa5b1;
    --line: #343b44;
    --faint: #1e2227;
    --link: #7fb2d6;
    --accent: #d993b8;
    --notice: #3a2f12;
    --notice-line: #d9a21b;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body {
  display: grid;
  grid-template: "header header" auto "nav main" auto / 13rem minmax(0, 1fr);
  gap: 0 2.5rem;
  max-width: 110rem;
  margin: 0 auto;
  padding: 2.5rem 2rem 4rem;
  background: var(--page);
  color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
}
header { grid-area: header; margin-bottom: 1.5rem; }
main { grid-area: main; }
nav { grid-area: nav; align-self: start; position: sticky; top: 1.5rem; font-size: 0.875rem; line-height: 1.35; }
nav ol { margin: 0; padding: 0.25rem 0 0.25rem 1rem; border-left: 2px solid var(--line); list-style: none; }
nav li { margin: 0 0 0.7rem; }
nav a { color: var(--muted); text-decoration: none; }
nav a:hover, nav a:focus { color: var(--accent); text-decoration: underline; }
h1, h2, h3, h4 { line-height: 1.25; text-wrap: balance; }
h1 { margin: 0 0 0.75rem; font-size: 2rem; letter-spacing: -0.015em; }
h2 { margin: 0 0 0.75rem; font-size: 1.375rem; letter-spacing: -0.01em; }
h3 { margin: 1.75rem 0 0.5rem; font-size: 1.0625rem; }
p, ul, .caption { max-width: 48rem; }
p { margin: 0 0 0.9rem; }
a { color: var(--link); }
code, pre { font: 0.875em/1.5 ui-monospace, "SF Mono", "Cascadia Mono", Consolas, "DejaVu Sans Mono", monospace; }
pre { overflow-x: auto; max-height: 28rem; padding: 0.75rem 1rem; background: var(--faint); border-radius: 4px; }
.lead { max-width: 60rem; color: var(--muted); }
ul { margin: 0 0 0.9rem; padding-left: 1.2rem; }
.notice {
  max-width: none;
  padding: 0.7rem 1rem;
  background: var(--notice);
  border-left: 4px solid var(--notice-line);
}
dl { margin: 0; font-size: 0.875rem; }
header dl { columns: 2 30rem; column-gap: 3rem; max-width: 76rem; }
dl > div { break-inside: avoid; display: grid; grid-template-columns: 7rem minmax(0, 1fr); padding: 0.15rem 0; }
dt { grid-column: 1; color: var(--muted); }
dd { grid-column: 2; margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.missing > div { grid-template-columns: 11rem minmax(0, 1fr); }
.of { color: var(--muted); }
.of::before { content: "in "; }
section { margin: 0 0 2rem; padding-top: 1.5rem; border-top: 1px solid var(--line); }
main > section:first-child { padding-top: 0; border-top: none; }
summary { cursor: pointer; }
section > details > summary { padding-left: 1.25rem; margin-bottom: 0.75rem; list-style: none; }
section > details > summary::-webkit-details-marker { display: none; }
section > details > summary::before { content: "▸"; float: left; margin-left: -1.25rem; color: var(--muted); }
section > details[open] > summary::before { content: "▾"; }
summary h2 { display: inline; }
.badge {
  margin-left: 0.5rem;
  padding: 0.1rem 0.55rem;
  border: 1px solid var(--notice-line);
  border-radius: 1rem;
  font-size: 0.75rem;
  white-space: nowrap;
}
.caption, .files { color: var(--muted); font-size: 0.9375rem; }
.table { overflow-x: auto; margin: 0 0 1rem; }
table { border-collapse: collapse; font-size: 0.8125rem; font-variant-numeric: tabular-nums lining-nums; }
th, td { padding: 0.3rem 0.8rem 0.3rem 0; text-align: left; vertical-align: baseline; }
th { color: var(--muted); font-weight: 500; vertical-align: bottom; }
thead tr { border-bottom: 1.5px solid var(--ink); }
tbody tr { border-bottom: 1px solid var(--line); }
tbody tr:hover { background: var(--faint); }
td:first-child, .number { white-space: nowrap; }
td:last-child:not(.number) { min-width: 9rem; padding-right: 0; }
.number { text-align: right; }
.pictures {
  display: grid;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 36rem), 1fr));
  align-items: start;
  gap: 1.25rem;
  margin: 1.25rem 0;
}
figure { min-width: 0; margin: 0; }
.wide { grid-column: 1 / -1; }
figure img { display: block; max-width: 100%; height: auto; background: #ffffff; border: 1px solid var(--line); border-radius: 4px; }
.chart { overflow-x: auto; background: #ffffff; border: 1px solid var(--line); border-radius: 4px; }
.chart svg { display: block; max-width: 100%; height: auto; }
.chart:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.chart .shown { stroke: ${inks.text}; stroke-width: 2px; }
.chart .dimmed { opacity: 0.12; }
.chart .choice { cursor: pointer; pointer-events: auto; }
.chart .choice[aria-pressed="true"] { font-weight: bold; }
#tip {
  position: fixed;
  z-index: 1;
  max-width: 24rem;
  padding: 0.4rem 0.6rem;
  background: ${inks.text};
  color: #ffffff;
  border-radius: 4px;
  font-size: 0.8125rem;
  line-height: 1.4;
  white-space: pre-line;
  pointer-events: none;
}
figcaption { margin-top: 0.4rem; color: var(--muted); }
figcaption, figcaption .files { font-size: 0.8125rem; }
.files a { display: inline-block; max-width: 100%; margin-right: 0.5rem; overflow-wrap: anywhere; }
.origin { margin-top: 0.75rem; font-size: 0.9375rem; }
.origin > summary { color: var(--muted); }
.origin > dl { margin: 0.5rem 0; }
@media (max-width: 60rem) {
  body { display: block; padding: 1.25rem 1rem 3rem; }
  nav { position: static; margin-bottom: 2rem; }
}
@media print {
  :root {
    color-scheme: light;
    --page: #ffffff; --ink: #000000; --muted: #444444; --line: #bbbbbb; --faint: #ffffff;
    --link: #000000; --accent: #000000; --notice: #ffffff; --notice-line: #000000;
  }
  @page { margin: 16mm 14mm; }
  body { display: block; max-width: none; padding: 0; font-size: 9.5pt; }
  table { font-size: 7.5pt; }
  nav { position: static; }
  .notice { border: 1px solid #000000; }
  h2, h3, summary { break-after: avoid; }
  tr, figure { break-inside: avoid; }
  thead { display: table-header-group; }
  .table { overflow: visible; }
  figure img { max-height: 230mm; object-fit: contain; }
  .origin, .files { display: none; }
}
`;
