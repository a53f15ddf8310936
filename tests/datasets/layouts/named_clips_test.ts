import { deepEqual, match, rejects } from "node:assert/strict";
import { readSet, soundFiles } from "./read_set.ts";

Deno.test("RAVDESS is read by its names, and a video and the sound of one clip are one row", async () => {
  const { rows, report } = await readSet(soundFiles(
    "Actor_01/03-01-05-01-02-01-01.wav",
    "Actor_01/01-01-05-01-02-01-01.mp4",
    "Actor_01/02-01-03-01-01-01-01.mp4",
    "song/03-02-02-01-01-01-02.WAV",
    "song/03-02-02-01-01-01-02 (1).wav",
    "song/03-02-09-01-01-01-02.wav",
    "03-01-01-01-01-01-24.flac",
    "note.wav",
    "cover.jpg",
    "LICENSE",
  ));
  deepEqual(rows, [
    "audio Actor_01/03-01-05-01-02-01-01.wav angry 0 actor 01 -",
    "audio song/03-02-02-01-01-01-02 (1).wav calm 1 actor 02 -",
  ]);
  deepEqual(report.layout, "RAVDESS");
  deepEqual(report.groups, { by: "actor", count: 2 });
  deepEqual(
    report.labels.map(({ label, emotion, meaning, rows }) => [label, emotion, meaning, rows]),
    [
      ...[["1", "neutral", "excluded", 1], ["5", "angry", "negative", 1]],
      ["2", "calm", "positive", 1],
    ],
  );
  deepEqual(report.leftOut, [
    { reason: "neutral", rows: 1, places: ["03-01-01-01-01-01-24.flac"] },
    { reason: "not a clip", rows: 1, places: ["cover.jpg"] },
    {
      reason: "a clip of another name",
      rows: 2,
      places: ["note.wav", "song/03-02-09-01-01-01-02.wav"],
    },
    { reason: "another file of a clip", rows: 1, places: ["song/03-02-02-01-01-01-02.WAV"] },
    {
      reason: "only a video, which is not opened here",
      rows: 1,
      places: ["Actor_01/02-01-03-01-01-01-01.mp4"],
    },
  ]);
  deepEqual(report.notes.slice(1), ["2 rows have a video, which is not opened here"]);
});

Deno.test("CREMA-D, EmoDB, SAVEE and TESS are read by their names", async () => {
  const sets = {
    "CREMA-D": ["1001_DFA_ANG_XX.wav", "1002_IEO_HAP_HI.wav", "1001_TSI_NEU_XX.wav"],
    EmoDB: ["03a01Fa.wav", "03a01Wb.wav", "16b10Lb.wav", "16b10Nb.wav"],
    SAVEE: ["DC_a01.wav", "KL/su15.wav", "JE/sa01.wav", "JK_n30.wav"],
    TESS: ["OAF_back_angry.wav", "YAF Happy/YAF_dog_ps.wav", "OA_bite_neutral.wav"],
  };
  const read = Object.entries(sets).map(async ([name, files]) => {
    const { rows, report } = await readSet(soundFiles(...files));
    return [name, report.layout, ...rows];
  });
  deepEqual(await Promise.all(read), [
    [
      ...["CREMA-D", "CREMA-D"],
      "audio 1001_DFA_ANG_XX.wav angry 0 actor 1001 -",
      "audio 1002_IEO_HAP_HI.wav happy 1 actor 1002 -",
    ],
    [
      ...["EmoDB", "EmoDB"],
      "audio 03a01Fa.wav happy 1 speaker 03 -",
      "audio 03a01Wb.wav angry 0 speaker 03 -",
      "audio 16b10Lb.wav boredom 0 speaker 16 -",
    ],
    [
      ...["SAVEE", "SAVEE"],
      "audio DC_a01.wav angry 0 DC -",
      "audio JE/sa01.wav sad 0 JE -",
      "audio KL/su15.wav surprise 1 KL -",
    ],
    [
      ...["TESS", "TESS"],
      "audio OAF_back_angry.wav angry 0 older speaker -",
      "audio YAF Happy/YAF_dog_ps.wav surprise 1 younger speaker -",
    ],
  ]);
  const { report } = await readSet(soundFiles(...sets.TESS));
  match(report.notes[1]!, /^2 of 2 speakers: .* near 100 %/);
});

Deno.test("clips of which most have other names are no set that is known", async () => {
  await rejects(
    readSet(soundFiles("1001_DFA_ANG_XX.wav", "a.wav", "b.wav")),
    /expected a table .*, got another/,
  );
});
