/** When two messages count as the same text. @module */

/**
 * What a split must keep on one side: the text in Unicode form NFKC and lower case, without
 * apostrophes, and with every run of other punctuation, spaces and invisible characters as one
 * space. Empty where the text has neither letter, digit nor symbol.
 *
 * Apostrophes go without a trace so that "don't" is "dont", as the *Emotions* corpus often has it.
 */
export function normaliseText(text: string): string {
  if (plain.test(text)) return text;
  return text.normalize("NFKC").toLowerCase()
    .replace(/['’]/g, "")
    .replace(/[\p{P}\p{Z}\p{C}]+/gu, " ")
    .trim();
}

// Most messages of that corpus are in this form already: hundreds of thousands need no copy.
const plain = /^[a-z0-9]+(?: [a-z0-9]+)*$/;
