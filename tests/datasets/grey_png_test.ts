import { deepEqual, throws } from "node:assert/strict";
import { decodeImage } from "../../lib/encoders/decode_image.ts";
import { greyPng } from "../../lib/datasets/grey_png.ts";
import { sha256 } from "../../lib/files.ts";

Deno.test("a PNG has the levels it was made of, and the same bytes everywhere", async () => {
  const levels = Uint8Array.from({ length: 48 * 47 }, (_, i) => (i * 7) % 256);
  const bytes = greyPng(levels, { width: 48, height: 47 });
  const { data, width, height } = await decodeImage({ path: "x", bytes });
  deepEqual([width, height], [48, 47]);
  deepEqual([...data], [...levels].flatMap((level) => [level, level, level]));
  deepEqual(sha256(bytes).slice(0, 16), "e8d26f6904f118ea");
});

Deno.test("a PNG is refused whose levels do not fill it, or are too many to be stored", () => {
  throws(() => greyPng(new Uint8Array(3), { width: 2, height: 2 }), /2 × 2 grey levels.*got 3$/);
  const large = { width: 256, height: 256 };
  throws(() => greyPng(new Uint8Array(65536), large), /65535 bytes or fewer, got 65536$/);
});
