import { deepEqual, equal, match, notDeepEqual, ok, rejects } from "node:assert/strict";
import { faceSvg } from "../../../lib/datasets/embedded/face_svg.ts";
import { embeddedFace } from "../../../lib/datasets/embedded/image.ts";
import { noiseTable } from "../../../lib/datasets/embedded/noise.ts";
import { sharp } from "../../../lib/deps/sharp.ts";
import { key, normals, uniforms } from "../../../lib/tensor/random.ts";
import { sha256Hex } from "./digest.ts";

Deno.test("embeddedFace() is a JPEG of 224 by 224 pixels in colour, filed by emotion and set", async () => {
  const { path, emotion, group, bytes } = await embeddedFace(8);
  equal(group, "noto-v1"); // 8 is 1 modulo seven sets.
  equal(path, `${emotion}/noto-v1-00008.jpg`);
  const { format, width, height, channels } = await (await sharp())(bytes).metadata();
  deepEqual({ format, width, height, channels }, {
    format: "jpeg",
    width: 224,
    height: 224,
    channels: 3,
  });
});

Deno.test("a face depends on the seed and its index, in whatever order faces are made", async () => {
  const [third, first] = await Promise.all([embeddedFace(3), embeddedFace(1)]);
  deepEqual(await embeddedFace(1), first);
  deepEqual(await embeddedFace(3), third);
  notDeepEqual((await embeddedFace(1, { seed: 2 })).bytes, first.bytes);
  notDeepEqual((await embeddedFace(8)).bytes, first.bytes);
});

Deno.test("a face is no flat picture", async () => {
  const { channels } = await (await sharp())((await embeddedFace(0)).bytes).stats();
  ok(channels.every(({ stdev }) => stdev > 10));
});

Deno.test("faceSvg() centres the glyph and paints what has no colour of its own", () => {
  const glyph = { name: "dot", body: `<path fill="currentColor"/>`, width: 40, height: 20 };
  // All uniform numbers 0.5, all normal ones 0: 224 (0.5 + 0.36 / 2) = 152.32 pixels of
  // picture, no turn, not mirrored, seen at 224 (0.5 + 0.75 / 2) = 196 pixels.
  const svg = faceSvg(glyph, { uniform: () => 0.5, normal: () => 0 });
  match(svg, /<svg [^>]*width="196" height="196" viewBox="0 0 224 224"/);
  match(
    svg,
    /translate\(112\.000 112\.000\) rotate\(0\.000\) skewX\(0\.000\) scale\(3\.808 7\.616\) translate\(-20 -10\)/,
  );
  match(svg, /<path fill="hsl\(180,50%,50%\)"\/>/);
});

Deno.test("the scenes of faces and the noise on them are those that they have always been", async () => {
  const glyph = { name: "dot", body: `<path fill="currentColor"/>`, width: 40, height: 20 };
  const scenes = Array.from(
    { length: 20 },
    (_, i) => faceSvg(glyph, { uniform: uniforms(key(i)), normal: normals(key(i)) }),
  );
  equal(
    await sha256Hex(new TextEncoder().encode(scenes.join("\n"))),
    "1fecff480018fd2565e35c990f39155e3f13254c67ada6e3205bdedf635c6c5c",
  );
  equal(
    await sha256Hex(new Uint8Array(noiseTable().buffer as ArrayBuffer)),
    "7aa78ff2e11f7b1b60ecef88a242d82bb259cf6af845032ef3388abec93b9d29",
  );
});

Deno.test("embeddedFace() refuses an index that is none", async () => {
  await rejects(embeddedFace(-1), {
    name: "RangeError",
    message: "Cannot make a face: expected a whole number from 0, got -1",
  });
});
