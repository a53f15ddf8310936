import { deepEqual, equal, ok, rejects, throws } from "node:assert/strict";
import { createFolder } from "../../lib/files.ts";
import {
  type EncoderRecords,
  knownSpeaker,
  openInputEncoders,
  recordBySpeaker,
  speakersToBytes,
  spokenOf,
} from "../../lib/inference/mod.ts";
import { trainedEncoderFiles } from "../../lib/branches/trained_encoder.ts";
import { loadTrainedBranch, trainedBranches } from "../../lib/branches/trained_branches.ts";
import { emptyTable, setRow } from "../../lib/encoders/feature_store.ts";
import { decodeClip } from "../../lib/encoders/load_input.ts";
import { normaliseClips, statisticsBySpeaker } from "../../lib/systems/by_speaker.ts";
import { gather } from "../../lib/systems/features.ts";
import { flatten, type Parameter } from "../../lib/tensor/parameter.ts";
import { key } from "../../lib/tensor/random.ts";
import type { Tree } from "../../lib/tensor/tree.ts";
import { clipsEach, writeSpokenTable } from "../study/spoken_table.ts";
import { withTinyFolder } from "./tiny_folder.ts";

const bySpeaker = recordBySpeaker("actor");
const names = ["Ann", "Bob"];

/** Clips of two speakers that take turns, and encoders that are told whose they are. */
function withClips(
  body: (of: {
    readonly root: string;
    readonly clips: readonly string[];
    readonly speakers: readonly string[];
    readonly records: EncoderRecords;
  }) => Promise<void>,
): Promise<void> {
  return withTinyFolder(async ({ root, encoders: records }) => {
    await writeSpokenTable(root, "clips.csv", { speakers: names, columns: [] });
    const turns = Array.from({ length: 2 * clipsEach }, (_, i) => [names[i % 2]!, i >> 1] as const);
    const clips = turns.map(([name, i]) => `${root}/clips/${name}-${i}.wav`);
    await body({ root, clips, speakers: turns.map(([name]) => name), records });
  });
}

const samplesOf = (clips: readonly string[]) => clips.map((audio) => ({ audio }));

Deno.test("each table is normalised by the speaker's own moments, as they are worked out plainly", () =>
  withClips(async ({ root, clips, speakers, records }) => {
    const cache = `${root}/cache`;
    const plain = openInputEncoders(records, { cache });
    const raw = await plain.encodeAll(samplesOf(clips));
    await plain.dispose();
    const opened = openInputEncoders({ ...records, bySpeaker }, { cache });
    const read = await opened.readAll(samplesOf(clips), { spoken: { speakers } });
    const own = [...clips.keys()].filter((i) => speakers[i] === "Bob");
    for (const [name, columns] of [["states", 2], ["logMel", 64], ["prosody", 8]] as const) {
      const isThere = (i: number, at: number) => {
        const { mask, frames } = raw[i]!.audio!, step = Math.floor(at / columns);
        return name === "logMel" ? step < frames![0]! : mask![step]! > 0;
      };
      for (const column of [0, columns - 1]) {
        const values = own.flatMap((i) =>
          Array.from(raw[i]!.audio![name]!).filter((_, at) =>
            at % columns === column && isThere(i, at)
          )
        );
        const mean = values.reduce((a, b) => a + b, 0) / values.length;
        const deviation = Math.sqrt(
          values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length,
        );
        for (const i of own) {
          raw[i]!.audio![name]!.forEach((x, at) => {
            if (at % columns !== column) return;
            const wanted = deviation > 1e-6 && isThere(i, at) ? (x - mean) / deviation : 0;
            const found = read[i]!.features.audio![name]![at]!;
            ok(Math.abs(found - wanted) < 2e-3, `${name} ${at}: ${found}, not ${wanted}`);
          });
        }
      }
    }
    deepEqual(read[3]!.heard, raw[3]!.audio, "what was heard is kept as it was");
    // Further clips, the clip itself and a copy among them: the same as by name.
    const ann = clips.filter((_, i) => speakers[i] === "Ann");
    await Deno.copyFile(ann[2]!, `${root}/copy.wav`);
    const one = await opened.readOne({ audio: ann[0]! }, {
      spoken: { clips: [...ann, `${root}/copy.wav`] },
    });
    deepEqual(one.features, read[0]!.features);
    const text = await opened.readOne({ text: "good film" });
    equal(text.heard, undefined);
    await opened.dispose();
  }));

Deno.test("a clip by itself, of nobody, or of a speaker of few is refused", () =>
  withClips(async ({ root, clips, speakers, records }) => {
    const cache = `${root}/cache`;
    const opened = openInputEncoders({ ...records, bySpeaker }, { cache });
    const [one] = samplesOf(clips);
    await rejects(
      opened.encode(one!),
      /^RangeError: Cannot judge a clip by itself: expected further/,
    );
    await rejects(
      opened.readAll(samplesOf(clips), { spoken: { speakers: speakers.with(5, "") } }),
      /^RangeError: Cannot judge sample 5: expected the speaker of its clip, got none$/,
    );
    await rejects(
      opened.readAll(samplesOf(clips.slice(2)), { spoken: { speakers: speakers.slice(2) } }),
      /expected 12 different clips or more of each, got 11 of "Ann", and fewer than that of 1 more$/,
    );
    await rejects(
      opened.readOne(one!, { spoken: { clips: [`${root}/none.wav`] } }),
      /Cannot judge .*none.wav: Cannot read/,
    );
    await opened.dispose();
    const plain = openInputEncoders(records, { cache });
    await rejects(
      plain.readAll([one!], { spoken: { speakers } }),
      /Cannot use speakers of clips: expected a model that was trained by speaker, got one/,
    );
    await plain.dispose();
  }));

Deno.test("a trained branch reads raw inputs that were normalised before it", () =>
  withClips(async ({ root, clips, speakers, records }) => {
    const parts = trainedBranches.audio();
    const made = trainedEncoderFiles(parts, {
      parameters: flatten(parts.branch.init(key(0)) as Tree<Parameter>),
      trainedOn: [],
      bySpeaker: true,
    });
    await createFolder(`${root}/encoders/audio`, Object.entries(made.files));
    const audio = { id: "trained audio", digest: made.digest, segments: parts.branch.segments };
    const opened = openInputEncoders({ ...records, choice: "trained", audio, bySpeaker }, {
      ...{ cache: `${root}/cache`, folder: root },
    });
    const read = await opened.readAll(samplesOf(clips), { spoken: { speakers } });
    await opened.dispose();

    const branch = await loadTrainedBranch(`${root}/encoders`, "audio");
    const heard = await Promise.all(
      clips.map(async (path) => await decodeClip(await Deno.readFile(path), { path })),
    );
    await rejects(branch.encode(heard), /expected an encoder that takes samples by themselves/);
    const tables = emptyTable(parts.raw, clips.length);
    (await parts.raw.encode(heard)).forEach((row, i) => setRow(tables, i, row));
    const scaled = normaliseClips(tables, speakers, statisticsBySpeaker(tables, { speakers }));
    const rows = clips.map((_, i) =>
      Object.fromEntries(Object.entries(scaled).map(([name, table]) => [name, gather(table, [i])]))
    );
    const wanted = await branch.statesOf(rows);
    await branch.dispose();
    wanted.forEach(({ states, mask }, i) => {
      const { states: found, mask: there } = read[i]!.features.audio!;
      deepEqual(there, mask);
      states!.forEach((x, at) => ok(Math.abs(x - found![at]!) < 1e-5));
    });
    ok(wanted.some(({ states }) => states!.some((x) => Math.abs(x) > 0.1)));
  }));

Deno.test("speakers of training are kept under digests of their names, and found by name alone", () => {
  const statistics = (mean: number) => ({
    clips: 12,
    tables: { states: { mean: [mean, 2], scale: [0.5, 0] }, logMel: { mean: [1], scale: [3] } },
  });
  const bytes = speakersToBytes(new Map([["Ann", statistics(7)], ["Bob", statistics(8)]]));
  const file = { bytes, path: "speakers.safetensors" };
  deepEqual(knownSpeaker("Bob", file), statistics(8));
  ok(!new TextDecoder().decode(bytes).includes("Bob"));
  throws(
    () => knownSpeaker("Cid", file),
    /^RangeError: Cannot use the speaker "Cid": expected one of the 2 that the model has met, got another$/,
  );
  const whole = { record: bySpeaker, ...file };
  deepEqual(spokenOf({ speaker: "Ann" }, whole), { known: statistics(7) });
  deepEqual([spokenOf({}, whole), spokenOf({ speakerClips: ["a"] }, whole)], [undefined, {
    clips: ["a"],
  }]);
  throws(() => spokenOf({ speaker: "Ann", speakers: ["Ann"] }, whole), /got several of these$/);
  const plain = { record: undefined, bytes: undefined, path: "" };
  throws(() => spokenOf({ speaker: "Ann" }, plain), /expected a model that was trained by speaker/);
  throws(() => recordBySpeaker(null), /expected a column speaker, .* got none$/);
});
