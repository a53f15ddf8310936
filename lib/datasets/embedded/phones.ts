/** The sounds of the two RAVDESS statements, as targets of a formant synthesiser. @module */

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

type Targets = [number, number, number, number, number, number, number?, number?];

// [ms, F1, F2, F3, voicing, frication, frication Hz]. Vowels lie near the means of men in
// Peterson & Barney, "Control methods used in a study of the vowels" (JASA 1952); consonants
// and lengths are set by eye and ear of the spectrogram, not taken from a table.
const phones: Readonly<Record<string, readonly Targets[]>> = {
  ih: [[85, 390, 1990, 2550, 1, 0]],
  aa: [[125, 730, 1090, 2440, 1, 0]],
  ao: [[130, 580, 860, 2420, 1, 0]],
  uh: [[65, 500, 1350, 2450, 0.9, 0]],
  ay: [[95, 720, 1150, 2450, 1, 0], [85, 400, 1950, 2600, 0.95, 0]],
  r: [[75, 340, 1080, 1550, 0.9, 0]],
  ng: [[85, 280, 1850, 2650, 0.55, 0]],
  z: [[85, 280, 1650, 2550, 0.4, 0.35, 4800]],
  s: [[115, 300, 1650, 2550, 0, 0.7, 5400]],
  dh: [[50, 290, 1350, 2550, 0.5, 0.08, 4000]],
  k: [[60, 300, 1850, 2400, 0, 0], [35, 350, 1900, 2450, 0.05, 0.5, 2000]],
  t: [[55, 300, 1700, 2600, 0, 0], [35, 350, 1700, 2600, 0.05, 0.55, 4300]],
  d: [[45, 240, 1650, 2600, 0.22, 0], [20, 340, 1650, 2600, 0.6, 0.25, 3700]],
  b: [[50, 220, 1000, 2250, 0.22, 0], [15, 340, 1050, 2300, 0.7, 0.15, 1100]],
  g: [[45, 240, 1850, 2300, 0.22, 0], [22, 340, 1850, 2300, 0.6, 0.2, 1900]],
};

/** The statements 01 and 02; an apostrophe marks a stressed vowel. */
const statements = [
  {
    text: "Kids are talking by the door",
    phones: "k 'ih d z aa r t 'ao k ih ng b ay dh uh d 'ao r",
  },
  {
    text: "Dogs are sitting by the door",
    phones: "d 'ao g z aa r s 'ih t ih ng b ay dh uh d 'ao r",
  },
] as const;

/** The segments of a statement, 1 or 2, in order. */
export function statementSegments(statement: 1 | 2): Segment[] {
  return statements[statement - 1]!.phones.split(" ").flatMap((symbol) => {
    const stressed = symbol.startsWith("'");
    return phones[symbol.replace("'", "")]!.map((
      [milliseconds, f1, f2, f3, voicing, frication, fricationHz = 4000],
    ) => ({ milliseconds, formants: [f1, f2, f3], voicing, frication, fricationHz, stressed }));
  });
}
