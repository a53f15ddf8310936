import { deepEqual, equal, rejects } from "node:assert/strict";
import { join } from "node:path";
import { configuredTransformers } from "../../lib/encoders/model_folder.ts";
import { loadImageEncoder } from "../../lib/encoders/image_encoder.ts";
import { imagePreparation } from "../../lib/encoders/prepare_image.ts";
import { sharp } from "../../lib/deps/sharp.ts";
import { rawImage } from "../../lib/encoders/raw_image.ts";
import { withTiny } from "./tiny_encoders.ts";

const imagenet = { image_mean: [0.485, 0.456, 0.406], image_std: [0.229, 0.224, 0.225] };
const cubic = { do_resize: true, do_normalize: true, resample: 3, ...imagenet };
const size = { shortest_edge: 24 };

// What is said of a picture of 61 × 47 pixels, and the shape that it comes to.
const configs = {
  "resized and cropped at once": {
    config: { image_processor_type: "ConvNextImageProcessor", crop_pct: 0.875, size, ...cubic },
    shape: [3, 24, 24],
  },
  "resized, then cropped": {
    config: {
      image_processor_type: "ViTImageProcessor",
      ...{ do_center_crop: true, crop_size: { width: 20, height: 23 }, size, ...cubic },
    },
    shape: [3, 23, 20],
  },
  "resized by the library": {
    config: {
      image_processor_type: "ViTImageProcessor",
      ...{ do_resize: true, do_normalize: true, image_mean: 0.4, image_std: 0.3 },
      ...{ resample: 2, size: { width: 18, height: 15 } },
    },
    shape: [3, 15, 18],
  },
  "cropped beyond its border": {
    config: {
      image_processor_type: "ViTImageProcessor",
      ...{ do_center_crop: true, crop_size: 40, size, ...cubic, rescale_factor: 1 / 127 },
    },
    shape: [3, 40, 40],
  },
  "whose deviations a processor changes": {
    config: { image_processor_type: "EfficientNetImageProcessor", size, ...cubic },
    shape: [3, 24, 31],
  },
  "taken as it is": {
    config: {
      image_processor_type: "ViTImageProcessor",
      do_resize: false,
      do_rescale: false,
      do_normalize: false,
    },
    shape: [3, 47, 61],
  },
  padded: {
    config: {
      image_processor_type: "ViTImageProcessor",
      ...{ do_pad: true, pad_size: { width: 40, height: 33 }, size, ...cubic },
    },
    shape: [3, 33, 40],
  },
};

const picture = {
  data: Uint8ClampedArray.from({ length: 61 * 47 * 3 }, (_, i) => i * i * 7919 % 251),
  width: 61,
  height: 47,
};

for (const [name, { config, shape }] of Object.entries(configs)) {
  Deno.test(`imagePreparation() of an image ${name} gives the processor's numbers`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      await Deno.writeTextFile(join(folder, "preprocessor_config.json"), JSON.stringify(config));
      const { AutoProcessor } = await configuredTransformers();
      const processor = await AutoProcessor.from_pretrained(folder, { local_files_only: true });
      const { data, dims } = await (await imagePreparation(processor))(picture);
      const { pixel_values: wanted } = await processor(await rawImage(picture));
      deepEqual([1, ...dims], wanted.dims);
      deepEqual(dims, shape);
      deepEqual(data, wanted.data);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

Deno.test("images that come to different sizes are refused, since a batch has one", () =>
  withTiny("resnet", async (root) => {
    const encoder = await loadImageEncoder({ model: "tiny/resnet", root });
    const files = await Promise.all([64, 40].map(async (side) => {
      const raw = { width: side, height: 64, channels: 3 } as const;
      const png = await (await sharp())(new Uint8Array(side * 64 * 3), { raw }).png().toBuffer();
      return { path: `${side}.png`, bytes: new Uint8Array(png) };
    }));
    equal((await encoder.encode(files.slice(0, 1))).length, 1);
    await rejects(encoder.encode(files), {
      name: "RangeError",
      message:
        "Cannot use tiny/resnet: expected a preparation to one size, got 3,64,64 and 3,64,40",
    });
    await encoder.dispose();
  }));
