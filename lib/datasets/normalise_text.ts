/** When two messages count as the same text. @module */

/**
 * What a split must keep on one side: the text in Unicode form NFKC and lower case, without
 * apostrophes, and with every run of other punctuation, spaces and invisible characters as one
 * space. Empty where the text has neither letter, digit nor symbol.
 *
 * Apostrophes of any shape go without a trace so that "don't" is "dont", as the *Emotions* corpus
 * often has it. What a wrong encoding or a web page has made of a character is that character:
 * `donâ€™t`, `don\u0092t` and `don&#39;t` are "don't" as well.
 */
export function normaliseText(text: string): string {
  if (plain.test(text)) return text;
  return decodeEntities(text.replace(/[\u0080-\uffff]+/g, mendEncoding))
    .replace(/['`´‘’‛ʹʻʼʽˈ′＇]/g, "")
    .normalize("NFKC").toLowerCase()
    .replace(/[\p{P}\p{Z}\p{C}]+/gu, " ")
    .trim();
}

// Most messages of that corpus are in this form already: hundreds of thousands need no copy.
const plain = /^[a-z0-9]+(?: [a-z0-9]+)*$/;

const utf8 = new TextDecoder("utf-8", { fatal: true });
const windows1252 = new TextDecoder("windows-1252");
// The byte of each character that is none of ASCII; control characters are their byte's.
const upperHalf = Array.from({ length: 128 }, (_, i) => 128 + i);
const bytes = new Map(
  upperHalf.flatMap((byte) => [
    [String.fromCharCode(byte), byte],
    [windows1252.decode(Uint8Array.of(byte)), byte],
  ]),
);

/** A run of characters beyond ASCII, were it UTF-8 or Windows-1252 that was read as something else. */
function mendEncoding(run: string): string {
  const read = Uint8Array.from(run, (character) => bytes.get(character) ?? 0);
  try {
    if (!read.includes(0)) return utf8.decode(read);
  } catch {
    // It is what it looks like, but for control characters.
  }
  return run.replace(/[\x80-\x9f]/g, (c) => windows1252.decode(Uint8Array.of(c.charCodeAt(0))));
}

// What else has a name is punctuation, or stays apart from letters: `&lt;`.
const entities: Readonly<Record<string, string>> = {
  amp: "&",
  apos: "'",
  lsquo: "'",
  rsquo: "'",
  lt: "<",
  gt: ">",
};

// Twice, since `&amp;#39;` has been escaped so often.
function decodeEntities(text: string): string {
  const once = (text: string) =>
    text.replace(
      /&(?:#(\d{1,6})|#x([\da-f]{1,5})|(\w{2,8}));/gi,
      (_, decimal, hex, name) =>
        name
          ? entities[name.toLowerCase()] ?? " "
          : mendEncoding(String.fromCodePoint(decimal ? Number(decimal) : parseInt(hex, 16))),
    );
  return text.includes("&") ? once(once(text)) : text;
}
