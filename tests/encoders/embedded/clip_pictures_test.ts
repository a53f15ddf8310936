import { deepEqual, equal, notDeepEqual, ok } from "node:assert/strict";
import { type Drawing, drawingSize } from "../../../lib/encoders/embedded/captioned_glyphs.ts";
import {
  caption,
  captionLength,
  fullCaption,
  picture,
  pictureSize,
  plainPicture,
} from "../../../lib/encoders/embedded/clip_pictures.ts";
import { key, uniforms } from "../../../lib/tensor/random.ts";

/** A drawing whose left half is opaque, in one colour. */
function leftHalf([r, g, b]: readonly [number, number, number], tinted = false): Drawing {
  const pixels = new Uint8Array(drawingSize * drawingSize * 4);
  for (let i = 0; i < pixels.length; i += 4) {
    if (i / 4 % drawingSize < drawingSize / 2) pixels.set([r, g, b, 255], i);
  }
  return { set: "fluent-emoji", pixels, tinted };
}

const at = (image: Float32Array, x: number, y: number) =>
  [...image.subarray(3 * (y * pictureSize + x), 3 * (y * pictureSize + x) + 3)]
    .map((v) => +v.toFixed(3));

Deno.test("a plain picture shows the drawing's colour on light grey, at four fifths of the width", () => {
  const image = plainPicture(leftHalf([255, 0, 51]));
  equal(image.length, 32 * 32 * 3);
  // (0.2 * 2) - 1 = -0.6 for 51 of 255; grey is 0.75.
  deepEqual(at(image, 10, 16), [1, -1, -0.6]);
  deepEqual(at(image, 20, 16), [0.5, 0.5, 0.5]);
  // The drawing takes 25.6 of 32 pixels: it begins between the third and the fifth.
  deepEqual([2, 5].map((x) => at(image, x, 16)[1]), [0.5, -1]);
});

Deno.test("a plain picture of a drawing without colours is dark on light", () => {
  const image = plainPicture(leftHalf([0, 0, 0], true));
  deepEqual(at(image, 10, 16), [-0.5, -0.5, -0.5]);
});

Deno.test("a picture is another for each draw, the same for equal draws, and lies in -1 to 1", () => {
  const draw = (seed: number) => picture(leftHalf([9, 200, 90]), uniforms(key(seed)));
  deepEqual(draw(1), draw(1));
  notDeepEqual(draw(1), draw(2));
  for (let seed = 0; seed < 20; seed++) ok(draw(seed).every((x) => x >= -1 && x <= 1));
});

Deno.test("the tint of a drawing without colours stands out from its background", () => {
  for (let seed = 0; seed < 20; seed++) {
    // At this strength colours vary, and the pose too little to move the middle of the half.
    const image = picture(leftHalf([0, 0, 0], true), uniforms(key(seed)), 0.4);
    const [inside, outside] = [at(image, 11, 16), at(image, 20, 16)];
    const difference = inside.reduce((sum, x, c) => sum + Math.abs(x - outside[c]!), 0);
    ok(difference > 0.4, `${seed}: ${inside} on ${outside}`);
  }
});

const words = {
  name: ["party", "popper"],
  keywords: [["tada"], ["birthday", "magic"], ["circus"]],
};

Deno.test("fullCaption() gives name and keywords, of which captions are made", () => {
  deepEqual(
    fullCaption({ ...words }),
    ["party", "popper", "tada", "birthday", "magic", "circus"],
  );
  const long = { name: ["a"], keywords: Array.from({ length: 30 }, (_, i) => [`k${i}`]) };
  equal(fullCaption(long).length, captionLength);
  const known = new Set([
    ...fullCaption(words),
    ..."a photo of a the picture drawing an image showing this is".split(" "),
  ]);
  const uniform = uniforms(key(4));
  const seen = new Set<string>();
  for (let i = 0; i < 200; i++) {
    const drawn = caption(words, uniform);
    ok(drawn.length > 0 && drawn.length <= captionLength);
    ok(drawn.every((word) => known.has(word)));
    ok(drawn.some((word) => fullCaption(words).includes(word)));
    seen.add(drawn.join(" "));
  }
  ok(seen.size > 30);
  ok([...seen].some((text) => text.startsWith("a photo of a")));
});
