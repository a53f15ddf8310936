import { deepEqual, ok } from "node:assert/strict";
import {
  drawProsody,
  drawSpeaker,
  type Prosody,
  type SpeechEmotion,
} from "../../../lib/datasets/embedded/prosody.ts";
import { fold, key } from "../../../lib/tensor/random.ts";

function mean(field: keyof Prosody, emotion: SpeechEmotion, intensity: 1 | 2 = 1): number {
  const draws = Array.from(
    { length: 300 },
    (_, i) => drawProsody(fold(key(5), i), { emotion, intensity })[field],
  );
  return draws.reduce((a, b) => a + b) / draws.length;
}

Deno.test("drawProsody() moves voices in the directions that the literature reports", () => {
  for (const emotion of ["happy", "angry", "fearful", "surprised"] as const) {
    ok(mean("pitch", emotion) > 1.1, `${emotion} speech is high`);
    ok(mean("rate", emotion) > 1, `${emotion} speech is fast`);
  }
  for (const emotion of ["calm", "sad", "disgust"] as const) {
    ok(mean("pitch", emotion) < 1, `${emotion} speech is low`);
    ok(mean("rate", emotion) < 0.95, `${emotion} speech is slow`);
  }
  ok(mean("level", "angry") > 4 && mean("level", "sad") < -2);
  ok(mean("brightness", "angry") > 3 && mean("brightness", "sad") < -2);
  ok(mean("tremor", "fearful") > 0.5 && mean("finalRise", "surprised") > 2);
});

Deno.test("strong intensity goes further from neutral than normal intensity", () => {
  ok(mean("level", "angry", 2) > mean("level", "angry", 1) + 2);
  ok(mean("pitch", "sad", 2) < mean("pitch", "sad", 1) - 0.01);
});

Deno.test("drawSpeaker() gives men lower voices and longer tracts than women", () => {
  const voices = Array.from({ length: 24 }, (_, i) => drawSpeaker(fold(key(1), i), i + 1));
  const men = voices.filter((_, i) => i % 2 === 0);
  const women = voices.filter((_, i) => i % 2 === 1);
  const most = (values: number[]) => Math.max(...values);
  ok(most(men.map((v) => v.pitchHz)) < Math.min(...women.map((v) => v.pitchHz)));
  ok(most(men.map((v) => v.tract)) <= Math.min(...women.map((v) => v.tract)));
  deepEqual(drawSpeaker(key(9), 4), drawSpeaker(key(9), 4));
});
