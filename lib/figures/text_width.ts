/** How wide a text is, without a font: by a table of letters. @module */

// Hundredths of the size, of DejaVu Sans: the widest of the fonts that figures name.
const regular: Readonly<Record<string, number>> = widths({
  28: "ijl'",
  30: "IJ",
  32: " \u00a0,.·",
  34: "/:;\\|",
  36: "f-",
  40: "()[]t!r",
  50: '"*_`–szf?',
  56: "cLFkvxy",
  61: "PTYaoe",
  64: "ESbdghnpqu$0123456789{}",
  69: "KAVBRXZC",
  75: "UHNDG",
  82: "&OQw",
  84: "#+<=>^~±−×≥≤…",
  97: "M%mW@",
});

// Of letters that the table does not have.
const other = 0.84;
// What bold letters are wider by.
const bolder = 1.12;

function widths(byWidth: Readonly<Record<number, string>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(byWidth).flatMap(([width, letters]) =>
      [...letters].map((letter) => [letter, Number(width) / 100])
    ),
  );
}

/** Pixels of a text of letters of `size` pixels. */
export function textWidth(
  text: string,
  size: number,
  { bold = false }: { readonly bold?: boolean } = {},
): number {
  let width = 0;
  for (const letter of text) width += regular[letter] ?? other;
  return width * size * (bold ? bolder : 1);
}

/**
 * Lines of at most `pixels`, broken at spaces; a longer word has a line of its own.
 *
 * With `within`, a longer word is broken too: behind a slash, an underscore or a hyphen.
 */
export function linesOf(
  text: string,
  pixels: number,
  { size, bold = false, within = false }: {
    readonly size: number;
    readonly bold?: boolean;
    readonly within?: boolean;
  },
): string[] {
  const words = within ? text.split(/(?<= )|(?<=[/_-])/) : text.split(/(?<= )/);
  const lines: string[] = [];
  let line = "";
  for (const word of words) {
    if (line !== "" && textWidth((line + word).trimEnd(), size, { bold }) > pixels) {
      lines.push(line.trimEnd());
      line = "";
    }
    line += word;
  }
  return [...lines, line.trimEnd()];
}

/** What Vega asks for the width of a text. */
export function markWidth(
  { fontSize = 11, fontWeight }: {
    readonly fontSize?: number;
    readonly fontWeight?: string | number;
  },
  text: unknown,
): number {
  const bold = fontWeight === "bold" || Number(fontWeight) >= 600;
  return textWidth(String(text ?? ""), fontSize, { bold });
}
