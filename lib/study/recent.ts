/** What was read lately, up to a size: memory has a bound, and what is asked for again is mostly there. @module */

/** Values by the object that they belong to. */
export interface Recent<Value> {
  /** The value of `of`, read now if it was not lately. `size` is what it counts as. */
  get(of: object, read: () => Value, size: number): Value;
}

/** Keeps values up to `most` in all, those asked for last, and the last of them however large. */
export function recent<Value>(most: number): Recent<Value> {
  const kept = new Map<object, { readonly value: Value; readonly size: number }>();
  let total = 0;
  return {
    get(of, read, size) {
      const known = kept.get(of);
      const value = known ? known.value : read();
      if (known) kept.delete(of);
      else total += size;
      kept.set(of, { value, size });
      for (const [oldest, { size }] of kept) {
        if (total <= most || kept.size === 1) break;
        kept.delete(oldest);
        total -= size;
      }
      return value;
    },
  };
}
