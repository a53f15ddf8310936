/** Pictures drawn from a seed: unlike each other, and with something to see at every scale. @module */

import { sharp } from "../../lib/deps/sharp.ts";
import { fold, key, uniforms } from "../../lib/tensor/random.ts";

type Image = ReturnType<Awaited<ReturnType<typeof sharp>>>;

/** The file of picture `seed`, 96 by 96 pixels, a PNG unless `make` makes something else of it. */
export async function picture(
  seed: number,
  make: (image: Image) => Image = (image) => image,
): Promise<Uint8Array> {
  const next = uniforms(fold(key(seed), "picture"));
  const side = 12;
  const noise = Uint8Array.from({ length: 3 * side ** 2 }, () => 256 * next());
  const Sharp = await sharp();
  const drawn = await Sharp(noise, { raw: { width: side, height: side, channels: 3 } })
    .resize(96, 96, { kernel: "cubic" }).png().toBuffer();
  return new Uint8Array(await make(Sharp(drawn)).toBuffer());
}
