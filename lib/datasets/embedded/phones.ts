/** The sounds of the two RAVDESS statements, as targets of a formant synthesiser. @module */

import table from "./phones.json" with { type: "json" };

/** A stretch of sound with constant targets; a stop is two of them, closure and burst. */
export interface Segment {
  /** Length at a speaking rate of 1. */
  readonly milliseconds: number;
  /** F1, F2 and F3 in Hz, for a vocal tract of 17 cm. */
  readonly formants: readonly [number, number, number];
  /** Amplitude of the voice, 0 to 1. */
  readonly voicing: number;
  /** Amplitude of the noise at a narrow place of the tract, 0 to 1. */
  readonly frication: number;
  /** Where that noise is centred, in Hz. */
  readonly fricationHz: number;
  /** Whether the statement stresses it: longer, and a peak of the melody. */
  readonly stressed: boolean;
}

// [ms, F1, F2, F3, voicing, frication, frication Hz]. Vowels lie near the means of men in
// Peterson & Barney, "Control methods used in a study of the vowels" (JASA 1952); consonants
// and lengths are set by eye and ear of the spectrogram, not taken from a table.
type Targets = [number, number, number, number, number, number, number?];
const phones = table.phones as unknown as Readonly<Record<string, readonly Targets[]>>;

/** The segments of a statement, 1 or 2, in order; an apostrophe marks a stressed vowel. */
export function statementSegments(statement: 1 | 2): Segment[] {
  return table.statements[statement - 1]!.split(" ").flatMap((symbol) => {
    const stressed = symbol.startsWith("'");
    return phones[symbol.replace("'", "")]!.map((
      [milliseconds, f1, f2, f3, voicing, frication, fricationHz = 4000],
    ) => ({ milliseconds, formants: [f1, f2, f3], voicing, frication, fricationHz, stressed }));
  });
}
