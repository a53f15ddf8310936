/** Numbers as tables, figures and pages print them: one minus sign, and no zero that has one. @module */

/** What stands in the place of a number that there is not. */
export const dash = "—";

/**
 * So many digits after the point, with a minus as long as a plus: `−0.012`; `0.000`, never
 * `−0.000`; a dash for none.
 */
export function printNumber(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined || Number.isNaN(value)) return dash;
  if (!Number.isFinite(value)) return value < 0 ? "−∞" : "∞";
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** The same, with a plus before what is more than zero: `+0.012`, `−0.012`, `0.000`. */
export function signed(value: number | null | undefined, digits = 3): string {
  const text = printNumber(value, digits);
  return Number(value) > 0 && Number(text) !== 0 ? `+${text}` : text;
}

/** A share of 1 in per cent: `45 %`, or with more digits `45.2 %`. */
export function printPercent(share: number, digits = 0): string {
  return `${printNumber(100 * share, digits)} %`;
}

/** A p-value: three digits, or that it is below 0.001; a dash for none. */
export function printP(p: number | null): string {
  return p !== null && p < 0.001 ? "< 0.001" : printNumber(p);
}
