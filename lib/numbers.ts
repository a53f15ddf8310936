/** Numbers as tables, figures and pages print them: one minus sign, and no zero that has one. @module */

/** So many digits after the point, with a minus as long as a plus: `−0.012`; `0.000`, never `−0.000`. */
export function printNumber(value: number, digits = 3): string {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** The same, with a plus before what is more than zero: `+0.012`, `−0.012`, `0.000`. */
export function signed(value: number, digits = 3): string {
  const text = printNumber(value, digits);
  return value > 0 && Number(text) !== 0 ? `+${text}` : text;
}

/** A p-value: three digits, or that it is below 0.001. */
export function printP(p: number): string {
  return p < 0.001 ? "< 0.001" : printNumber(p);
}
