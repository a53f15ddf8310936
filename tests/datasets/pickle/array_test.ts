import { deepEqual, throws } from "node:assert/strict";
import { PickledArray, stridesOf } from "../../../lib/datasets/pickle/array.ts";
import { bytesInMemory } from "../../../lib/datasets/pickle/byte_source.ts";

const type = { kind: "i", size: 2, little: true } as const;
/** The number at each place of the file is that place. */
const bytes = bytesInMemory(new Uint8Array(Int16Array.from({ length: 600 }, (_, i) => i).buffer));

Deno.test("a row whose elements lie far apart is read one by one", () => {
  const shape = [100, 3, 2];
  const array = new PickledArray({ type, shape, strides: stridesOf(shape, "F"), bytes });
  // Element [i, j, k] is at i + 100 j + 300 k.
  deepEqual([...array.numbers(7, 8)], [7, 307, 107, 407, 207, 507]);
  const last = [98, 398, 198, 498, 298, 598, 99, 399, 199, 499, 299, 599];
  deepEqual([...array.numbers(98, 100)], last);
});

Deno.test("a whole number that a double can't hold is refused", () => {
  const large = bytesInMemory(new Uint8Array(BigInt64Array.of(2n ** 53n + 1n).buffer));
  const array = new PickledArray({
    type: { ...type, size: 8 },
    ...{ shape: [1], strides: [1], bytes: large },
  });
  throws(() => array.numbers(), /expected some that a double holds, got 9007199254740993/);
});
