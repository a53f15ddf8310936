import { deepEqual, equal, ok } from "node:assert/strict";
import { isBicubic, rawImage } from "../../lib/encoders/raw_image.ts";
import fixture from "../fixtures/bicubic.json" with { type: "json" };

const source = { ...fixture.source, data: Uint8ClampedArray.from(fixture.source.data) };

for (const { width, height, data } of fixture.resized) {
  Deno.test(`rawImage() is resampled to ${width} × ${height} as Pillow does it`, async () => {
    const resized = await (await rawImage(source)).resize(width, height, { resample: 3 });
    deepEqual([resized.width, resized.height, resized.channels], [width, height, 3]);
    deepEqual([...resized.data], data);
  });
}

Deno.test("rawImage() computes a crop as the same part of the whole", async () => {
  for (const { width, height, data } of fixture.resized) {
    const resized = await (await rawImage(source)).resize(width, height, { resample: 3 });
    const crop = await resized.center_crop(4, 3);
    const [left, top] = [Math.floor((width - 4) / 2), Math.floor((height - 3) / 2)];
    const wanted = [0, 1, 2].flatMap((y) =>
      data.slice(3 * ((top + y) * width + left), 3 * ((top + y) * width + left + 4))
    );
    deepEqual([crop.width, crop.height, ...crop.data], [4, 3, ...wanted]);
  }
});

Deno.test("rawImage() leaves other kinds of resampling to Transformers.js", async () => {
  const [{ width, height, data }] = fixture.resized as [typeof fixture.resized[0]];
  const bilinear = await (await rawImage(source)).resize(width, height, { resample: 2 });
  ok(bilinear.data.some((x, i) => Math.abs(x - data[i]!) > 20));
  deepEqual([...(await rawImage(source)).data], fixture.source.data);
});

Deno.test("isBicubic() goes by the model's configuration", () => {
  equal(isBicubic({ resample: 3, do_resize: true }), true);
  equal(isBicubic({ resample: 2 }), false);
  equal(isBicubic({ resample: 3, do_resize: false }), false);
  equal(isBicubic(undefined), false);
});
