import { deepEqual, ok, throws } from "node:assert/strict";
import { byModality } from "../../lib/modality.ts";
import {
  assertClipsEnough,
  fewestClips,
  normaliseBySpeaker,
  normaliseClips,
  statisticsBySpeaker,
} from "../../lib/systems/by_speaker.ts";
import {
  type CorpusFeatures,
  standardiseFeatures,
  type Table,
} from "../../lib/systems/features.ts";
import { uniform } from "../tensor_values.ts";
import { tinyFeatures } from "./tiny_corpus.ts";

const count = 2 * fewestClips;
/** Two speakers, whose clips take turns. */
const speakers = Array.from({ length: count }, (_, i) => i % 2 === 0 ? "Ada" : "Bo");

function table(name: string, ...shape: number[]): Table {
  return { shape: [count, ...shape], data: uniform(name, count, ...shape).values };
}

/** Every table that a clip may have; each third clip lacks its last segment or frames. */
function clips(): CorpusFeatures {
  const tiny = tinyFeatures({ text: 4, image: 4, audio: count });
  const third = (row: number) => row % 3 === 2;
  const tables = {
    ...tiny.audio.tables,
    states: table("states", 2, 3, 4),
    speech: table("speech", 6, 3),
    speechFrames: {
      shape: [count],
      data: Float32Array.from({ length: count }, (_, i) => third(i) ? 2 : 6),
    },
    speechProsody: table("speechProsody", 2, 2),
    speechSummary: table("speechSummary", 1, 5),
    clip: table("clip", 1, 4),
  };
  return { ...tiny, audio: { ...tiny.audio, tables } };
}

const normalised = ["states", "logMel", "prosody", "speech", "speechProsody", "speechSummary"];

function changed(features: CorpusFeatures, change: (x: number, speaker: string) => number) {
  const tables = Object.entries(features.audio.tables).map(([name, { shape, data }]) => {
    const size = data.length / count;
    if (!normalised.includes(name)) return [name, { shape, data }];
    return [name, { shape, data: data.map((x, i) => change(x, speakers[Math.floor(i / size)]!)) }];
  });
  return { ...features, audio: { ...features.audio, tables: Object.fromEntries(tables) } };
}

function near(found: CorpusFeatures, wanted: CorpusFeatures, tolerance: number) {
  for (const [name, { data }] of Object.entries(wanted.audio.tables)) {
    const own = found.audio.tables[name]!.data;
    data.forEach((x, i) => ok(Math.abs(x - own[i]!) <= tolerance, `${name}[${i}]`));
  }
}

Deno.test("statisticsBySpeaker() and normaliseClips() agree with values worked by hand", () => {
  // Ada's steps that count are 1, 3 and 5: mean 3, deviation √(8/3). Bo's are 10 and 10.
  const tables = {
    states: { shape: [3, 2, 1], data: Float32Array.of(1, 3, 10, 10, 5, 99) },
    mask: { shape: [3, 2], data: Float32Array.of(1, 1, 1, 1, 1, 0) },
  };
  const own = ["Ada", "Bo", "Ada"];
  const statistics = statisticsBySpeaker(tables, { speakers: own });
  const { clips, tables: { states } } = statistics.get("Ada")!;
  deepEqual([clips, states!.mean], [2, [3]]);
  ok(Math.abs(1 / states!.scale[0]! - Math.sqrt(8 / 3)) < 1e-12);
  const z = 2 / Math.sqrt(8 / 3);
  const found = normaliseClips(tables, own, statistics).states!.data;
  deepEqual(
    found,
    Float32Array.of(-z, 0, 0, 0, z, 0),
    "a column that does not vary, and padding, is 0",
  );
});

Deno.test("statisticsBySpeaker() counts a clip that is there twice once", () => {
  const data = Float32Array.of(1, 1, 1, 3);
  const tables = { speechSummary: { shape: [4, 1, 1], data } };
  const own = { speakers: ["Ada", "Ada", "Ada", "Ada"], hashes: ["a", "a", "a", "b"] };
  const { clips, tables: { speechSummary } } = statisticsBySpeaker(tables, own).get("Ada")!;
  deepEqual([clips, speechSummary], [2, { mean: [2], scale: [1] }]);
});

Deno.test("what is added to all clips of a speaker, or scales them, changes nothing", () => {
  const before = normaliseBySpeaker(clips(), { speakers });
  const moved = changed(clips(), (x, speaker) => speaker === "Bo" ? 3 * x + 2 : 0.5 * x - 1);
  near(normaliseBySpeaker(moved, { speakers }), before, 1e-4);
  const oneMoved = changed(clips(), (x, speaker) => speaker === "Bo" ? x : x + 1);
  near(normaliseBySpeaker(oneMoved, { speakers }), before, 1e-4);
});

Deno.test("a clip's numbers depend on its own speaker's clips alone", () => {
  const before = normaliseBySpeaker(clips(), { speakers }).audio.tables;
  const other = changed(clips(), (x, speaker) => speaker === "Bo" ? x ** 3 : x);
  const after = normaliseBySpeaker(other, { speakers }).audio.tables;
  for (const name of normalised) {
    const size = before[name]!.data.length / count;
    const isSame = (row: number) =>
      before[name]!.data.subarray(row * size, row * size + size).every((x, i) =>
        x === after[name]!.data[row * size + i]
      );
    deepEqual([isSame(0), isSame(1)], [true, false], name);
  }
});

Deno.test("with one speaker it is plain standardisation on all clips", () => {
  const features = clips();
  const one = { speakers: speakers.map(() => "Ada") };
  const all = { text: [], image: [], audio: [...speakers.keys()] };
  const plain = standardiseFeatures(features, all, { present: ["audio"] }).features.audio.tables;
  const found = normaliseBySpeaker(features, one).audio.tables;
  for (const name of normalised) deepEqual(found[name], plain[name], name);
  deepEqual(found.clip, features.audio.tables.clip, "what prompts are compared with stays");
});

Deno.test("labels, emotions and other modalities are not read", () => {
  const features = clips();
  const untouchable = <Of extends object>(what: Of) =>
    new Proxy(what, {
      get(_, name) {
        throw new Error(`read ${String(name)}`);
      },
    });
  const guarded = byModality((m) => ({
    ...features[m],
    labels: untouchable(features[m].labels),
    emotions: untouchable([] as string[]),
    ...m !== "audio" && { tables: untouchable(features[m].tables) },
  }));
  const found = normaliseBySpeaker(guarded, { speakers }).audio.tables;
  deepEqual(found, normaliseBySpeaker(features, { speakers }).audio.tables);
});

Deno.test("speakers of few clips are refused, and equal clips are one", () => {
  const few = [...speakers, "Cy", "Dee", "Dee"];
  throws(
    () => assertClipsEnough({ speakers: few }),
    new RangeError(
      "Cannot normalise by speaker: expected 12 different clips or more of each, got 1 of " +
        '"Cy", and fewer than that of 1 more',
    ),
  );
  const hashes = speakers.map((_, i) => String(Math.max(i, 4)));
  throws(() => normaliseBySpeaker(clips(), { speakers, hashes }), /got 10 of "Ada"/);
});

Deno.test("statistics of another width, or none, are refused", () => {
  const { tables } = clips().audio;
  throws(() => normaliseClips(tables, speakers, new Map()), /states of "Ada": .* got none/);
  const own = statisticsBySpeaker({ states: table("s", 2, 3) }, { speakers });
  throws(() => normaliseClips(tables, speakers, own), /expected statistics of 12 columns, got 3/);
});
