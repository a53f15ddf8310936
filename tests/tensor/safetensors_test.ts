import { deepEqual, equal, throws } from "node:assert/strict";
import {
  headerEnd,
  readSafetensors,
  readSafetensorsHeader,
  writeSafetensors,
} from "../../lib/tensor/safetensors.ts";
import reference from "../fixtures/safetensors_file.json" with { type: "json" };

const path = "x.safetensors";
const content = {
  key: { shape: [2, 2], data: Uint8Array.of(1, 2, 3, 255) },
  states: { shape: [2], data: Float32Array.of(0.5, -1e-30) },
  half: { shape: [1, 3], data: Float16Array.of(0.5, -65504, 1e-7) },
  loss: { shape: [], data: Float64Array.of(0.1) },
  none: { shape: [0, 3], data: new Int32Array() },
};

/** A file whose header is `header`, as text. */
function withHeader(header: string, payload = new Uint8Array(8)): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + json.length + payload.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(payload, 8 + json.length);
  return bytes;
}

Deno.test("readSafetensors() reads what the reference implementation wrote", () => {
  const { arrays, metadata } = readSafetensors(Uint8Array.fromBase64(reference.base64), { path });
  deepEqual({ ...arrays }, {
    states: { shape: [2, 3], data: Float32Array.of(0, 0.25, 0.5, 0.75, 1, 1.25) },
    key: { shape: [2, 3], data: Uint8Array.of(1, 2, 3, 253, 254, 255) },
    steps: { shape: [2], data: BigInt64Array.of(-1n, 2n ** 40n) },
    loss: { shape: [], data: Float64Array.of(0.1) },
    labels: { shape: [2], data: Int32Array.of(7, -7) },
  });
  deepEqual(metadata, { made_by: "python" });
});

Deno.test("readSafetensors() gives back what writeSafetensors() was given, at any offset", () => {
  const bytes = writeSafetensors(content, { metadata: { step: "3" } });
  const shifted = new Uint8Array(bytes.length + 1);
  shifted.set(bytes, 1);
  for (const file of [bytes, shifted.subarray(1)]) {
    const { arrays, metadata } = readSafetensors(file, { path });
    deepEqual(arrays, content);
    deepEqual(metadata, { step: "3" });
  }
});

Deno.test("writeSafetensors() gives equal bytes for equal content in any order", () => {
  const reversed = Object.fromEntries(Object.entries(content).reverse());
  deepEqual(writeSafetensors(content), writeSafetensors(reversed));
});

Deno.test("readSafetensors() sees one changed bit, and a missing byte", () => {
  const bytes = writeSafetensors(content);
  const changed = bytes.slice();
  changed[changed.length - 1]! ^= 1;
  throws(() => readSafetensors(changed, { path }), /"x.safetensors": .* the file is damaged/);
  for (const length of [bytes.length - 1, 100, 8, 3, 0]) {
    throws(() => readSafetensors(bytes.slice(0, length), { path }), RangeError);
  }
});

Deno.test("readSafetensors() refuses headers that make no sense", () => {
  const reading = (header: string) => () => readSafetensors(withHeader(header), { path });
  const entry = (dtype: string, shape: string, offsets: string) =>
    `{"a":{"dtype":"${dtype}","shape":${shape},"data_offsets":${offsets}}}`;
  equal(
    readSafetensors(withHeader(entry("F32", "[2]", "[0,8]")), { path }).arrays.a?.data.length,
    2,
  );
  throws(reading("not json"), /expected a header of JSON/);
  throws(reading("null"), /expected a header of JSON/);
  throws(reading('{"a":null}'), /expected a header of JSON/);
  throws(
    reading(entry("BF16", "[4]", "[0,8]")),
    /expected F64, F32, F16, I64, I32 or U8, got BF16/,
  );
  throws(reading(entry("F32", "[2]", "[4,8]")), /expected "a" at bytes 0 to 8, got 4 to 8/);
  throws(reading(entry("F32", "[3]", "[0,12]")), /expected 12 bytes of data or more, got 8/);
  throws(reading(entry("F32", "[1]", "[0,4]")), /expected 4 bytes of data, got 8/);
  throws(reading(entry("F32", "3", "[0,4]")), /expected a shape for "a"/);
});

Deno.test("writeSafetensors() refuses a shape that its data does not fill", () => {
  const bad = { a: { shape: [2, 2], data: new Float32Array(3) } };
  throws(() => writeSafetensors(bad), /Cannot write "a": expected 4 numbers for \[2,2\], got 3/);
  throws(() => writeSafetensors({}, { metadata: { sha256: "" } }), RangeError);
});

Deno.test("readSafetensorsHeader() says where each array is, and needs no more than the header", () => {
  const bytes = writeSafetensors(content, { metadata: { step: "3" } });
  const file = { path, size: bytes.length };
  const end = headerEnd(bytes.slice(0, 8), file);
  const { places, metadata } = readSafetensorsHeader(bytes.slice(0, end), file);
  deepEqual(places.key, { dtype: "U8", shape: [2, 2], begin: end + 22, end: end + 26 });
  deepEqual(bytes.slice(end + 22, end + 26), content.key.data);
  equal(metadata.step, "3");
  throws(
    () => readSafetensorsHeader(bytes.slice(0, end), { path, size: bytes.length - 1 }),
    /expected 26 bytes of data or more, got 25/,
  );
});

Deno.test("halves lie as the reference has them: sign, five bits of exponent, ten of fraction", () => {
  // IEEE 754 binary16: 1.5 is 0x3e00, -2 is 0xc000, the least number above 0 is 0x0001.
  const data = Float16Array.of(1.5, -2, 2 ** -24);
  const bytes = writeSafetensors({ a: { shape: [3], data } });
  deepEqual([...bytes.slice(-6)], [0x00, 0x3e, 0x00, 0xc0, 0x01, 0x00]);
});
