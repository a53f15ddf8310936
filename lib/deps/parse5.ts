/** parse5: HTML as browsers read it, for tests of what is written. @module */

export { type DefaultTreeAdapterTypes, parse } from "npm:parse5@8.1.1";
