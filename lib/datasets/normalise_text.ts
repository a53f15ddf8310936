/** When two messages count as the same text. @module */

import { mendText } from "./mend_text.ts";

/**
 * What a split must keep on one side: the text in Unicode form NFKC and lower case, without
 * apostrophes, links, names of users and what stands in their place, and with every run of other
 * punctuation and spaces as one space. Empty where the text has neither letter, digit nor symbol.
 *
 * Apostrophes of any shape go without a trace so that "don't" is "dont", as the *Emotions* corpus
 * often has it, and so do characters without width, and spaces before what is left of a short form:
 * "don t", as that corpus has it too, and "do n't", as tokenisers write it. What a wrong encoding, a web page or an escape
 * has made of a character is that character: see {@linkcode mendText}. Links (`https://…`, `www.…`,
 * `t.co/…`), names (`@somebody`) and their stand-ins (`http`, `URL`, `<user>`, `HTTPURL`) go, with the
 * `RT` of a message that is passed on; a text of nothing else keeps them. Of a symbol that is
 * repeated one is left.
 */
export function normaliseText(text: string): string {
  if (plain.test(text) && !placeholder.test(text) && !shortForm.test(text)) return text;
  const letters = mendText(text)
    .replace(apostrophes, "")
    .normalize("NFKC").toLowerCase()
    .replace(/[\p{Cf}\ufe0e\ufe0f]/gu, "");
  return words(letters.replace(/^[^\p{L}]*\brt\s+(?=@)/u, "").replace(addresses, " ")) ||
    words(letters);
}

function words(text: string): string {
  return text.replace(/[\p{P}\p{Z}\p{C}]+/gu, " ").replace(/(\p{S})\1+/gu, "$1").trim()
    .replace(shortForms, "").replace(negations, "");
}

// Most messages of that corpus are in this form already: hundreds of thousands need no copy.
const plain = /^[a-z0-9]+(?: [a-z0-9]+)*$/;
const shortForm = /(?: (?:s|re|ll|ve|m|d|nt)|n t)(?: |$)/;
const shortForms = /(?:(?<=\p{L}) (?=(?:s|re|ll|ve|m|d)(?: |$))|(?<=n) (?=t(?: |$)))/gu;
const negations = /(?<=\p{L}) (?=nt(?: |$))/gu;
const placeholder = /\b(?:https?|url|httpurl|user|username)\b/;

// A question mark is what ASCII makes of a character that it lacks.
const apostrophes = /['`´‘’‛ʹʻʼʽˈ′＇]|(?<=\p{L})[?\ufffd](?=(?:s|t|re|ll|ve|m|d)(?!\p{L}))/giu;

const addresses = new RegExp(
  [
    /(?:\bhttps?:\/\/|\bwww\.)\S*/,
    /\b(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}\/\S*/,
    /(?<![\p{L}\p{N}_.])@[\p{L}\p{N}_]+/u,
    /[<[{(]\s*(?:https?|httpurl|link|mention|name|url|user|username)\s*[>\]})]/,
    placeholder,
  ].map(({ source }) => source).join("|"),
  "gu",
);
