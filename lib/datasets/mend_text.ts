/** What wrong encodings, web pages and escapes have made of characters, made good. @module */

/**
 * The text as it was before it was read in a wrong encoding or escaped: `donâ€™t`, `don‚Äôt`,
 * `don\u0092t`, `donÕt`, `don&#39;t`, `don&amp;rsquo;t`, `don%27t` and `don\u2019t` written out are
 * "don’t". Up to three mistakes upon each other are undone; tags such as `<br>` become spaces.
 */
export function mendText(text: string): string {
  let mended = text;
  for (let i = 0; i < 3; i++) {
    const before = mended;
    mended = decodeEntities(decodeEscapes(mended))
      .replace(/[\u0080-\uffff]+/g, mendEncoding)
      .replace(/(?:‚Ä[^]|[√¬][\u0080-\uffff])/g, mendMac);
    if (mended === before) break;
  }
  return mended.replace(lost, "'").replace(tags, " ");
}

// As addresses have an apostrophe, and as Windows reads that of a Mac.
const lost =
  /(?<=\p{L})(?:(?:%27|%E2%80%99)(?=\p{L})|Õ(?=(?:[stmdSTMD]|re|ll|ve|RE|LL|VE)(?!\p{L})))/gu;

const tags = /<\/?(?:a|b|br|div|em|i|p|span|strong|u)(?:\s[^<>]{0,500}=[^<>]{0,500})?\s*\/?>/gi;

const utf8 = new TextDecoder("utf-8", { fatal: true });
const windows1252 = new TextDecoder("windows-1252");
const macintosh = new TextDecoder("macintosh");

const upperHalf = Array.from({ length: 128 }, (_, i) => 128 + i);
const bytesOf = (decoder: TextDecoder) =>
  new Map(upperHalf.map((byte) => [decoder.decode(Uint8Array.of(byte)), byte] as const));

// The byte of each character that is none of ASCII; control characters are their byte's.
const windowsBytes = new Map([
  ...upperHalf.map((byte) => [String.fromCharCode(byte), byte] as const),
  ...bytesOf(windows1252),
]);
const macBytes = bytesOf(macintosh);

/** A run of characters beyond ASCII, were it UTF-8 or Windows-1252 that was read as something else. */
function mendEncoding(run: string): string {
  return asUtf8(run, windowsBytes) ??
    run.replace(/[\x80-\x9f]/g, (c) => windows1252.decode(Uint8Array.of(c.charCodeAt(0))));
}

// As a Mac reads them. In its encoding `’é` is a character of UTF-8 as well, so only what begins as
// punctuation and Latin letters do is taken for one.
function mendMac(run: string): string {
  return asUtf8(run, macBytes) ?? run;
}

function asUtf8(run: string, bytes: ReadonlyMap<string, number>): string | undefined {
  const read = Uint8Array.from(run, (character) => bytes.get(character) ?? 0);
  try {
    return read.includes(0) ? undefined : utf8.decode(read);
  } catch {
    return undefined; // It is what it looks like.
  }
}

// What else has a name is punctuation, or stays apart from letters: `&lt;`.
const entities: Readonly<Record<string, string>> = {
  ...{ amp: "&", apos: "'", lsquo: "'", rsquo: "'", lt: "<", gt: ">", szlig: "ß", aelig: "æ" },
  ...{ oslash: "ø", copy: "©", reg: "®", trade: "™", deg: "°", euro: "€", pound: "£", hearts: "♥" },
  ...{ shy: "", zwj: "", zwnj: "" },
};

// `&eacute;` is a letter and its accent, which Unicode composes.
const accents: Readonly<Record<string, string>> = {
  ...{ grave: "\u0300", acute: "\u0301", circ: "\u0302", tilde: "\u0303", uml: "\u0308" },
  ...{ ring: "\u030a", caron: "\u030c", cedil: "\u0327" },
};

function decodeEntities(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(
    /&(?:#(\d{1,6})|#x([\da-f]{1,5})|(\w{2,8}));/gi,
    (_, decimal?: string, hex?: string, name?: string) => {
      if (name === undefined) return character(decimal ? Number(decimal) : parseInt(hex!, 16));
      const [, letter, accent] = /^([a-z])([a-z]+)$/i.exec(name) ?? [];
      if (accent && Object.hasOwn(accents, accent)) return letter + accents[accent]!;
      const plain = name.toLowerCase();
      return Object.hasOwn(entities, plain) ? entities[plain]! : " ";
    },
  );
}

// As JSON and programs have them, with a quote's backslash.
function decodeEscapes(text: string): string {
  if (!text.includes("\\")) return text;
  return text.replace(
    /\\+(?:u([\da-f]{4})|x([\da-f]{2})|(?=['"]))/gi,
    (_, long?: string, short?: string) =>
      long || short ? character(parseInt(long ?? short!, 16)) : "",
  );
}

function character(code: number): string {
  return code > 0x10ffff ? " " : mendEncoding(String.fromCodePoint(code));
}
