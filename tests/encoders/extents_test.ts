import { deepEqual, equal, ok } from "node:assert/strict";
import { sharp } from "../../lib/deps/sharp.ts";
import { clipExtent, isSilent } from "../../lib/encoders/clip_extent.ts";
import { encodeCorpus } from "../../lib/encoders/encode_corpus.ts";
import type { Encoder, Extent } from "../../lib/encoders/encoder.ts";
import { imageExtent } from "../../lib/encoders/image_extent.ts";
import {
  countInputs,
  describeExtent,
  describeInputCounts,
} from "../../lib/encoders/input_counts.ts";
import { key, normals } from "../../lib/tensor/random.ts";
import { inStore, lengthEncoder, message, sha256 } from "./length_encoder.ts";

const noise = (length: number, size: number) => {
  const next = normals(key(3));
  return Float32Array.from({ length }, () => size * next());
};

Deno.test("silence is what stays within -80 dB about its mean, however short the sound in it", () => {
  const silent = new Float32Array(16_000).fill(0.25);
  ok(isSilent(silent));
  ok(isSilent(noise(16_000, 2 ** -16)), "the dither of 16 bits");
  ok(!isSilent(noise(16_000, 1e-3)), "a hiss at -60 dB");
  const click = new Float32Array(48_000);
  click[30_000] = 0.01;
  ok(!isSilent(click));
  deepEqual(clipExtent({ samples: new Float32Array(16_000 * 13) }), {
    ...{ given: 13, taken: 13, windows: 3, unknown: 0, blank: true },
  });
});

Deno.test("a picture of one colour is told from one with a line in it", async () => {
  const bytesOf = async (png: ReturnType<Awaited<ReturnType<typeof sharp>>>, jpeg = false) =>
    new Uint8Array(await (jpeg ? png.jpeg({ quality: 60 }) : png.png()).toBuffer());
  const image = await sharp();
  const plain = (background: string) =>
    image({ create: { width: 48, height: 48, channels: 3, background } });
  const blank = async (bytes: Uint8Array) => (await imageExtent({ path: "a.png", bytes })).blank;
  for (const colour of ["black", "white", "#c04020"]) {
    ok(await blank(await bytesOf(plain(colour))), colour);
    ok(await blank(await bytesOf(plain(colour), true)), colour);
  }
  const line = Uint8Array.from({ length: 48 * 48 }, (_, i) => i < 48 ? 200 : 255);
  ok(!await blank(await bytesOf(image(line, { raw: { width: 48, height: 48, channels: 1 } }))));
});

/** Gives the length of a text; of those of more than four letters, as another encoder would. */
function windowedEncoder(): Encoder<string> & { readonly calls: string[] } {
  return {
    ...lengthEncoder(),
    longDigest: sha256("long"),
    inspect(text): Extent {
      const windows = Math.ceil(text.length / 4);
      return { given: text.length, taken: text.length, windows, unknown: 0, blank: false };
    },
  };
}

Deno.test("what was stored before of a long input is encoded anew, of a short one it is kept", () =>
  inStore(async (_, store) => {
    const samples = ["tiny", "longer", "tiny", "longest"].map(message);
    await encodeCorpus({ samples, encoders: [lengthEncoder()], store });

    const first = windowedEncoder();
    const { extents, tables, encoded } = await encodeCorpus({ samples, encoders: [first], store });
    deepEqual(first.calls, ["longer", "longest"]);
    equal(encoded, 2);
    deepEqual([...tables.length!.length!.data], [4, 6, 4, 7]);
    deepEqual(extents.length!.map((extent) => [extent!.given, extent!.windows]), [
      ...[[4, 1], [6, 2], [4, 1], [7, 2]],
    ]);

    const second = windowedEncoder();
    const again = await encodeCorpus({ samples, encoders: [second], store });
    deepEqual([second.calls, again.encoded], [[], 0]);
    deepEqual([again.extents, again.tables], [extents, tables]);
    // Without the knowledge of lengths the old features are there as they were.
    const old = lengthEncoder();
    await encodeCorpus({ samples, encoders: [old], store });
    deepEqual(old.calls, []);
  }));

Deno.test("what can't be inspected is left out, or the error names it", () =>
  inStore(async (_, store) => {
    const encoder = {
      ...windowedEncoder(),
      inspect: () => Promise.reject(new RangeError("Cannot look at this")),
    };
    const failures: string[] = [];
    const { failed } = await encodeCorpus({
      samples: [message("one", 1)],
      encoders: [encoder],
      store,
      onFailure: ({ error }) => failures.push(error.message),
    });
    deepEqual(failed, [0]);
    deepEqual(failures, ['Cannot encode text "text.csv:1": Cannot look at this']);
  }));

Deno.test("inputs are counted, and what was lost or is unknown is said with its size", () => {
  const whole = { given: 5, taken: 5, windows: 1, unknown: 0, blank: false };
  const cut = { ...whole, given: 43.7, taken: 6 };
  const texts = [whole, { ...whole, unknown: 2 }, { ...whole, given: 300, taken: 300, windows: 3 }];
  const nothing = { ...whole, given: 1, taken: 1, unknown: 1, blank: true };
  deepEqual(countInputs([...texts, nothing]), {
    ...{ inputs: 4, long: 1, longest: 300, cut: 0, cutFrom: 0, cutTo: 0, tokens: 311 },
    ...{ unknown: 3, withUnknown: 2, blank: 1 },
  });
  deepEqual(describeExtent("audio", cut), ["audio: 6.0 of 43.7 s heard"]);
  deepEqual(describeExtent("text", whole), []);
  deepEqual(describeExtent("text", nothing), [
    "text: no token of the text is known: nothing to judge",
  ]);
  deepEqual(
    describeInputCounts({
      text: countInputs([...texts, nothing]),
      audio: countInputs([cut, cut, whole]),
    }),
    [
      "text: 1 of 4 longer than a window, read whole; the longest 300 tokens",
      "text: 3 of 311 tokens unknown to the encoder, in 2 of 4 texts",
      "text: 1 of 4 with nothing to judge, no token of which is known",
      "audio: 2 of 3 cut, 12.0 of their 87.4 s heard",
    ],
  );
});
