/** Numbers and nothing else: JavaScript compares the string "0.5" as if it were one. @module */

/** How a value is shown in an error: a string in quotes, so that it is not taken for a number. */
export function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

/** Says whether a value is a number from 0 to 1. */
export function isShare(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= 1;
}

/**
 * Refuses a value that is not a number; NaN is one.
 *
 * @throws {RangeError}
 */
export function checkNumber(value: unknown, action: string, name: string): void {
  if (typeof value === "number") return;
  throw new RangeError(`Cannot ${action}: expected a number as ${name}, got ${shown(value)}`);
}

/**
 * Refuses `values` of which one is not a finite number; `action` is what can't be done with it.
 *
 * @throws {RangeError}
 */
export function checkFinite(values: ArrayLike<number>, action: string, name: string): void {
  for (let n = 0; n < values.length; n++) {
    if (!Number.isFinite(values[n])) {
      const got = shown(values[n]);
      throw new RangeError(
        `Cannot ${action}: expected a finite number in ${name}[${n}], got ${got}`,
      );
    }
  }
}
