import { deepEqual } from "node:assert/strict";
import {
  bySegment,
  byTile,
  gridOf,
  segmentPlaces,
  segmentsThere,
  tilesThere,
} from "../../lib/explanation/units.ts";

const sizes = {
  text: { segments: 2, width: 2 },
  image: { segments: 1, width: 1 },
  audio: { segments: 2, width: 1, frames: 4, bands: 2, prosody: 1 },
};
const features = {
  text: { mask: Float32Array.of(1, 0) },
  image: { mask: Float32Array.of(1) },
  audio: { mask: Float32Array.of(1, 1), frames: Float32Array.of(3) },
};
const values = {
  text: { states: Float32Array.of(1, 2, 4, 8) },
  image: { states: Float32Array.of(16) },
  audio: {
    states: Float32Array.of(100, 200),
    prosody: Float32Array.of(1000, 2000),
    logMel: Float32Array.of(1, 1, 3, 3, 5, 5, 0, 0),
  },
};

Deno.test("segments are those of the modalities shown, in the model's order", () => {
  const places = segmentPlaces(sizes, ["text", "audio"]);
  deepEqual(places.map(({ modality, segment }) => `${modality} ${segment}`), [
    "text 0",
    "text 1",
    "audio 0",
    "audio 1",
  ]);
  deepEqual(segmentsThere(features, places), [0, 2, 3]);
});

Deno.test("a segment has its states, its prosody and the frames within it", () => {
  const places = segmentPlaces(sizes, ["text", "image", "audio"]);
  // Three frames in two segments: the second, 3 + 3, is cut in half.
  deepEqual(bySegment(values, { places, sizes, features }), [
    ...[3, 12, 16],
    100 + 1000 + 2 + 3,
    200 + 2000 + 3 + 10,
  ]);
});

Deno.test("tiles are by time and then by pitch, and those after the clip are not there", () => {
  deepEqual(byTile(values.audio.logMel, { time: 2, pitch: 2 }, sizes.audio), [4, 4, 5, 5]);
  deepEqual(byTile(values.audio.logMel, { time: 4, pitch: 1 }, sizes.audio), [2, 6, 10, 0]);
  deepEqual(tilesThere(features, { time: 4, pitch: 1 }, sizes.audio), [0, 1, 2]);
  deepEqual(tilesThere(features, { time: 2, pitch: 2 }, sizes.audio), [0, 1, 2, 3]);
});

Deno.test("an image's grid is as square as its number of segments allows", () => {
  deepEqual(gridOf(4), { rows: 2, columns: 2 });
  deepEqual(gridOf(6), { rows: 2, columns: 3 });
  deepEqual(gridOf(7), { rows: 1, columns: 7 });
});
