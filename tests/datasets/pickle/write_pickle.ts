/** Plain values as a pickle, for tests that need a file of their own. @module */

/** Lists, dicts, texts, numbers, true, false and null, in protocol 2. */
export function writePickle(value: unknown): Uint8Array {
  const bytes: number[] = [0x80, 2];
  write(value, bytes);
  return Uint8Array.from([...bytes, 0x2e]);
}

function write(value: unknown, to: number[]): void {
  if (value === null || value === undefined) to.push(0x4e);
  else if (typeof value === "boolean") to.push(value ? 0x88 : 0x89);
  else if (typeof value === "number") {
    const view = new DataView(new ArrayBuffer(8));
    if (Number.isInteger(value) && Math.abs(value) < 2 ** 31) {
      view.setInt32(0, value, true);
      to.push(0x4a, ...new Uint8Array(view.buffer, 0, 4));
    } else {
      view.setFloat64(0, value);
      to.push(0x47, ...new Uint8Array(view.buffer));
    }
  } else if (typeof value === "string") {
    const text = new TextEncoder().encode(value);
    to.push(0x58, ...new Uint8Array(Uint32Array.of(text.length).buffer), ...text);
  } else if (Array.isArray(value)) {
    to.push(0x5d, 0x28);
    for (const item of value) write(item, to);
    to.push(0x65);
  } else {
    to.push(0x7d, 0x28);
    for (const [key, item] of Object.entries(value)) {
      write(key, to);
      write(item, to);
    }
    to.push(0x75);
  }
}
