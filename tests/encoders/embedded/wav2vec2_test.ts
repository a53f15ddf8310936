import { deepEqual, ok } from "node:assert/strict";
import { wav2vec2Mini } from "../../../lib/encoders/embedded/wav2vec2.ts";
import { loadSpeechEncoder } from "../../../lib/encoders/speech_encoder.ts";
import { withModels } from "../tiny_models.ts";

const tone = (hz: number) =>
  Float32Array.from({ length: 16_000 }, (_, i) => 0.3 * Math.sin(2 * Math.PI * hz * i / 16_000));

function distance(a: Float32Array, b: Float32Array): number {
  return Math.sqrt(a.reduce((sum, x, i) => sum + (x - b[i]!) ** 2, 0) / a.length);
}

Deno.test("wav2vec2Mini() is the same bytes each time", () => {
  deepEqual(wav2vec2Mini(), wav2vec2Mini());
});

Deno.test("wav2vec2-mini loads, gives states 256 wide, and hears pitch but not loudness", () =>
  withModels({ wav2vec2: wav2vec2Mini() }, async (root) => {
    const encoder = await loadSpeechEncoder({ model: "wav2vec2", root });
    deepEqual(encoder.shapes, { states: [8, 256], mask: [8] });
    const clips = [tone(300), tone(300).map((x) => x / 2), tone(1200)];
    const [low, quiet, high] = await encoder.encode(
      clips.map((samples) => ({ path: "", samples })),
    );
    ok(low!.states!.every(Number.isFinite));
    ok(distance(low!.states!, quiet!.states!) < 1e-2);
    ok(distance(low!.states!, high!.states!) > 0.3);
    await encoder.dispose();
  }));
