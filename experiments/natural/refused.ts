/** Sets that can't be learnt from, beside others that can. @module */

/** A set that is left out. */
export interface Refused {
  readonly name: string;
  /** What its reading, division or encoding ended with. */
  readonly reason: string;
}

/** Where a set is refused: it ends the run, unless there are others. */
export interface Refusing {
  /** Whether there are other sets. */
  readonly isOneOfSeveral: boolean;
  /** Takes each that is refused. */
  readonly refused: Refused[];
}

/**
 * What `make` makes of the set; undefined of one that is refused while there are others.
 *
 * @throws What `make` throws: of a set that is alone, and all that is no fault of its data.
 */
export async function orRefused<T>(
  name: string,
  { isOneOfSeveral, refused }: Refusing,
  make: () => T | Promise<T>,
): Promise<T | undefined> {
  try {
    return await make();
  } catch (error) {
    const isOfData = error instanceof RangeError || error instanceof SyntaxError;
    if (!isOneOfSeveral || !isOfData) throw error;
    refused.push({ name, reason: error.message });
    return undefined;
  }
}

/**
 * Refuses data of which nothing is left.
 *
 * @throws {RangeError} With the reason of each set.
 */
export function assertSomeLeft(data: string, made: number, refused: readonly Refused[]): void {
  if (made > 0) return;
  const reasons = refused.map(({ name, reason }) => `\n- ${name}: ${reason}`).join("");
  throw new RangeError(
    `Cannot learn from "${data}": expected a set that can be learnt from, got none:${reasons}`,
  );
}
