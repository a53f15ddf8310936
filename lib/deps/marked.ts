/** Marked: Markdown, with the tables of GitHub's dialect, as HTML. @module */

export { Marked, type Tokens } from "npm:marked@18.2.1";
