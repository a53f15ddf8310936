import { deepEqual, ok } from "node:assert/strict";
import {
  drawProsody,
  drawSpeaker,
  type Prosody,
  type SpeechEmotion,
} from "../../../lib/datasets/embedded/prosody.ts";
import { fold, key } from "../../../lib/tensor/random.ts";
import { speaker } from "./plain_voice.ts";

function mean(field: keyof Prosody, emotion: SpeechEmotion, intensity: 1 | 2 = 1): number {
  const draws = Array.from(
    { length: 300 },
    (_, i) => drawProsody(fold(key(5), i), { emotion, intensity, speaker })[field],
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

Deno.test("one emotion is given with more or less strength, so that emotions overlap", () => {
  const levels = Array.from(
    { length: 300 },
    (_, i) => drawProsody(fold(key(6), i), { emotion: "angry", intensity: 1, speaker }).brightness,
  ).sort((a, b) => a - b);
  // From hardly brighter than neutral speech to brighter than the mean of strong anger.
  ok(levels[30]! < mean("brightness", "neutral") + 3.5, `${levels[30]}`);
  ok(levels[290]! > mean("brightness", "angry", 2), `${levels[290]}`);
});

Deno.test("a speaker who gives nothing of a cue gives it alike in every emotion", () => {
  const cues = speaker.cues.map((cue, i) => i === 1 ? 0 : cue);
  const pitch = (emotion: SpeechEmotion) =>
    drawProsody(key(7), { emotion, intensity: 2, speaker: { ...speaker, cues } });
  deepEqual(pitch("surprised").pitch, pitch("sad").pitch);
  ok(pitch("surprised").level > pitch("sad").level + 3, "other cues stay");
});

Deno.test("a speaker's own level and brightness are there in every emotion", () => {
  const own = { ...speaker, level: 2, brightness: -1.5 };
  for (const emotion of ["neutral", "angry"] as const) {
    const [usual, theirs] = [speaker, own].map((speaker) =>
      drawProsody(key(8), { emotion, intensity: 1, speaker })
    );
    ok(Math.abs(theirs!.level - usual!.level - 2) < 1e-9);
    ok(Math.abs(theirs!.brightness - usual!.brightness + 1.5) < 1e-9);
  }
});

Deno.test("drawSpeaker() gives each speaker a way with emotions: cues around 1, none below 0", () => {
  const cues = Array.from({ length: 200 }, (_, i) => drawSpeaker(fold(key(2), i), 1).cues).flat();
  const mean = cues.reduce((a, b) => a + b) / cues.length;
  ok(Math.abs(mean - 1) < 0.03);
  ok(Math.min(...cues) >= 0 && Math.max(...cues) > 1.5);
});
