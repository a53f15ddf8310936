import { deepEqual, equal, throws } from "node:assert/strict";
import { bitLength, endOfPacket, packetBits } from "../../lib/signal/vorbis_setup.ts";

Deno.test("packetBits() reads the least significant bits first, worked by hand", () => {
  // 0b1011_0101, 0b0000_0011: five bits are 0b10101, the next six 0b011_101, one flag 0.
  const bits = packetBits(Uint8Array.of(0b1011_0101, 0b0000_0011));
  deepEqual([bits.read(5), bits.read(6), bits.flag(), bits.read(0)], [21, 29, false, 0]);
  equal(bits.read(4), 0);
  let thrown: unknown;
  try {
    bits.read(1);
  } catch (error) {
    thrown = error;
  }
  equal(thrown, endOfPacket);
});

Deno.test("packetBits() reads 32 bits as a number from 0", () => {
  equal(packetBits(Uint8Array.of(0, 0, 0, 255)).read(32), 255 * 2 ** 24);
});

Deno.test("bitLength() is the place of the highest bit", () => {
  deepEqual([0, 1, 2, 3, 4, 7, 8].map(bitLength), [0, 1, 2, 2, 3, 3, 4]);
});

Deno.test("readVorbisSetup() refuses other headers", async () => {
  const { readVorbisSetup } = await import("../../lib/signal/vorbis_setup.ts");
  throws(() => readVorbisSetup(new Uint8Array(30), new Uint8Array(30)), /another header/);
});
