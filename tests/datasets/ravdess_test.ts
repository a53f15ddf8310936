import { deepEqual, equal, match, rejects, throws } from "node:assert/strict";
import { parseRavdessName, ravdessMetadata, readRavdess } from "../../lib/datasets/ravdess.ts";
import { defaultValence } from "../../lib/datasets/valence.ts";
import { latin1, wave, wholeCorpus } from "./ravdess_files.ts";
import { withFolder } from "./temporary_folder.ts";

Deno.test("readRavdess() reads names into emotion, polarity and actor, neutral left out", async () => {
  const files: Record<string, Uint8Array> = {};
  for (let emotion = 1; emotion <= 8; emotion++) {
    files[`Actor_07/03-01-0${emotion}-01-01-01-07.wav`] = wave(emotion);
  }
  files["Actor_07/03-02-03-01-01-01-07.wav"] = wave("sung");
  await withFolder(files, async (folder) => {
    const corpus = await readRavdess(folder);
    deepEqual([corpus.modality, corpus.name], ["audio", "RAVDESS speech and song"]);
    deepEqual(corpus.samples.map(({ id, emotion, label }) => [id, emotion, label]), [
      ["03-01-02-01-01-01-07.wav", "calm", 1],
      ["03-01-03-01-01-01-07.wav", "happy", 1],
      ["03-01-04-01-01-01-07.wav", "sad", 0],
      ["03-01-05-01-01-01-07.wav", "angry", 0],
      ["03-01-06-01-01-01-07.wav", "fearful", 0],
      ["03-01-07-01-01-01-07.wav", "disgust", 0],
      ["03-01-08-01-01-01-07.wav", "surprised", 1],
      ["03-02-03-01-01-01-07.wav", "happy", 1],
    ]);
    equal(corpus.samples.every(({ group }) => group === "actor 07"), true);
    deepEqual(corpus.excluded, { neutral: 1 });
  });
});

Deno.test("readRavdess() counts a nested second copy by name, and equal bytes under two names", async () => {
  const files = {
    "Actor_01/03-01-03-01-01-01-01.wav": wave(1),
    "audio_speech_actors_01-24/Actor_01/03-01-03-01-01-01-01.wav": wave(1),
    "03-01-05-01-01-01-01.wav": wave(2),
    "03-01-05-01-01-02-01.wav": wave(2),
    "03-01-05-01-01-01-02.wav": wave(3),
    "03-01-06-01-01-01-02.wav": wave(3),
    "03-01-07-01-01-01-02.wav": wave(4),
    "03-01-07-01-01-01-03.wav": wave(4),
    "readme.txt": "",
  };
  await withFolder(files, async (folder) => {
    const { samples, excluded } = await readRavdess(folder);
    deepEqual(samples.map(({ source }) => source), [
      { path: `${folder}/Actor_01/03-01-03-01-01-01-01.wav` },
      { path: `${folder}/03-01-05-01-01-01-01.wav` },
    ]);
    deepEqual(excluded, { conflicting: 4, duplicate: 2, "not a clip": 1 });
  });
});

Deno.test("parseRavdessName() reads every code", () => {
  deepEqual(parseRavdessName("x/03-02-06-02-01-02-18.WAV"), {
    channel: "song",
    emotion: "fearful",
    intensity: "strong",
    statement: 1,
    repetition: 2,
    actor: 18,
  });
});

Deno.test("parseRavdessName() refuses names and codes that RAVDESS audio does not have", () => {
  const cases: [string, RegExp][] = [
    ["hello.wav", /expected a name such as 03-01-06-01-02-01-12\.wav, got "hello\.wav"/],
    ["03-01-06-01-02-01.wav", /expected a name such as/],
    ["03-01-06-01-02-01-12-01.wav", /expected a name such as/],
    ["01-01-06-01-02-01-12.wav", /expected modality 03/],
    ["03-03-06-01-02-01-12.wav", /expected channel 01/],
    ["03-01-09-01-02-01-12.wav", /expected an emotion from 01 to 08/],
    ["03-02-07-01-02-01-12.wav", /expected an emotion from 01 to 06 for song/],
    ["03-01-06-03-02-01-12.wav", /expected intensity/],
    ["03-01-01-02-02-01-12.wav", /expected intensity/],
    ["03-01-06-01-03-01-12.wav", /expected statement/],
    ["03-01-06-01-02-00-12.wav", /expected repetition/],
    ["03-01-06-01-02-01-25.wav", /expected an actor from 01 to 24/],
  ];
  for (const [name, message] of cases) {
    throws(() => parseRavdessName(`some/${name}`), { name: "RangeError", message });
    throws(() => parseRavdessName(`some/${name}`), { message: new RegExp(`"some/${name}"`) });
  }
});

Deno.test("readRavdess() names a file whose folder says another actor or channel", async () => {
  const cases: [string, RegExp][] = [
    ["Actor_02/03-01-03-01-01-01-01.wav", /expected actor 02 in folder Actor_02, got actor 01/],
    ["audio_song_actors_01-24/03-01-03-01-01-01-01.wav", /expected song in folder .*, got speech/],
  ];
  for (const [path, message] of cases) {
    await withFolder({ [path]: wave(1) }, async (folder) => {
      await rejects(readRavdess(folder), { name: "RangeError", message });
    });
  }
});

Deno.test("readRavdess() says by how much a file is too short, or passes it on and counts it", async () => {
  const whole = wave(1);
  // 12 header, 24 fmt, 12 LIST with its pad byte, 48 data.
  equal(whole.length, 96);
  const files = {
    "03-01-03-01-01-01-01.wav": whole.slice(0, 90),
    "03-01-04-01-01-01-01.wav": wave(2),
  };
  await withFolder(files, async (folder) => {
    await rejects(readRavdess(folder), {
      name: "RangeError",
      message:
        `Cannot read "${folder}/03-01-03-01-01-01-01.wav": expected 40 bytes of samples, got 34: the file is cut off`,
    });
    const told: string[] = [];
    const steps: number[] = [];
    const { samples, excluded } = await readRavdess(folder, {
      onCorrupt: (_, { path }) => told.push(path),
      onProgress: (done, total) => steps.push(done / total),
    });
    deepEqual([samples.length, excluded, steps], [1, { corrupt: 1 }, [0.5, 1]]);
    deepEqual(told, [`${folder}/03-01-03-01-01-01-01.wav`]);
  });
});

Deno.test("readRavdess() refuses files that are no WAVE file or hold no samples", async () => {
  const cases: [Uint8Array, RegExp][] = [
    [new Uint8Array(0), /expected a WAV, FLAC, Ogg or MP3 file/],
    [Uint8Array.from(latin1("ID3 not a wave file")), /expected a WAV, FLAC, Ogg or MP3 file/],
    [wave(1).slice(0, 48), /expected a chunk of samples, got none/],
  ];
  for (const [bytes, message] of cases) {
    await withFolder({ "03-01-03-01-01-01-01.wav": bytes }, async (folder) => {
      await rejects(readRavdess(folder), { name: "RangeError", message });
    });
  }
});

Deno.test("readRavdess() requires the counts that it is told to expect", async () => {
  const files = { "03-01-03-01-01-01-01.wav": wave(1), "03-02-03-01-01-01-01.wav": wave(2) };
  await withFolder(files, async (folder) => {
    await rejects(readRavdess(folder, { expect: "speech" }), {
      name: "RangeError",
      message: /expected 1440 of speech and 0 of song, got 1 of speech and 1 of song/,
    });
    await rejects(readRavdess(folder, { expect: "speech and song" }), {
      message: /expected 1440 of speech and 1012 of song, got 1 of speech and 1 of song/,
    });
  });
  await withFolder({}, async (folder) => {
    await rejects(readRavdess(folder), { message: /expected clips, got 0 of speech and 0/ });
  });
});

Deno.test("readRavdess() reads a part of the corpus, and notes how much of it that is", async () => {
  const { speech, song } = wholeCorpus();
  const names = [...speech.filter((name) => name.endsWith("-03.wav")), song[0]!];
  const files = Object.fromEntries(names.map((name) => [name, wave(name)]));
  await withFolder(files, async (folder) => {
    const { samples, notes } = await readRavdess(folder);
    equal(samples.length, 56);
    deepEqual(notes, [
      "speech: 60 of 1440 files, 1 of 24 actors",
      "song: 1 of 1012 files, 1 of 23 actors",
    ]);
  });
});

Deno.test("ravdessMetadata() makes the table of paths and sentiments from names alone", async () => {
  const files = {
    "Actor_12/03-01-06-01-02-01-12.wav": "",
    "audio_speech_actors_01-24/Actor_12/03-01-06-01-02-01-12.wav": "",
    "songs, new/03-02-02-02-01-02-01.wav": "",
    "03-01-01-01-01-01-24.wav": "",
    "readme.txt": "",
  };
  const header = "path,sentiment,channel,emotion,intensity,statement,repetition,actor,sex";
  await withFolder(files, async (folder) => {
    deepEqual((await ravdessMetadata(folder)).split("\n"), [
      header,
      "03-01-01-01-01-01-24.wav,excluded,speech,neutral,normal,1,1,24,female",
      "Actor_12/03-01-06-01-02-01-12.wav,negative,speech,fearful,normal,2,1,12,female",
      '"songs, new/03-02-02-02-01-02-01.wav",positive,song,calm,strong,1,2,1,male',
      "",
    ]);
    const valence = { ...defaultValence, calm: "negative" } as const;
    const [, , , song] = (await ravdessMetadata(folder, { valence })).split("\n");
    equal(song!.includes(",negative,song,calm,"), true);
  });
  await withFolder({ "readme.txt": "" }, async (folder) => {
    await rejects(ravdessMetadata(folder), { message: /expected clips, got 0 of speech and 0/ });
  });
});

Deno.test("readRavdess() reads clips that were converted, and takes no clip twice", async () => {
  const sound = (name: string) =>
    Deno.readFile(new URL(`../fixtures/sound/${name}`, import.meta.url));
  await withFolder({
    "Actor_01/03-01-03-01-01-01-01.flac": await sound("lpc.flac"),
    "Actor_01/03-01-03-01-01-01-01.wav": wave(1),
    "Actor_01/03-01-05-01-01-01-01.OGG": await sound("mono.ogg"),
    "Actor_01/03-01-06-01-01-01-01.mp3": (await sound("mpeg2.mp3")).subarray(0, 1000),
  }, async (folder) => {
    const corrupt: string[] = [];
    const { samples } = await readRavdess(folder, { onCorrupt: (e) => corrupt.push(e.message) });
    deepEqual(samples.map(({ id }) => id), [
      "03-01-03-01-01-01-01.flac",
      "03-01-05-01-01-01-01.ogg",
    ]);
    match(corrupt.join(), /01-01-01.mp3": expected .+ the file is cut off$/);
  });
});

Deno.test("readRavdess() knows a copy by its name's mark, and leaves out names that are none where told", async () => {
  const files = {
    "Actor_01/03-01-03-01-01-01-01.wav": wave(1),
    "Actor_01/03-01-03-01-01-01-01 (1).wav": wave(1),
    "Actor_01/03-01-05-01-01-01-01 - Copy.WAV": wave(2),
    "Actor_01/03-01-06-01-01-01-01 copy 2.wav": wave(3),
    "Actor_01/01-01-06-01-01-01-01.mp4": "",
  };
  await withFolder(files, async (folder) => {
    const { samples, excluded, notes } = await readRavdess(folder);
    deepEqual(samples.map(({ id, emotion }) => [id, emotion]), [
      ["03-01-03-01-01-01-01.wav", "happy"],
      ["03-01-05-01-01-01-01.wav", "angry"],
      ["03-01-06-01-01-01-01.wav", "fearful"],
    ]);
    deepEqual(excluded, { duplicate: 1, "not a clip": 1 });
    match(notes!.at(-1)!, /^not read, .+: "\.mp4" \(1\): Actor_01\/01-01-06-01-01-01-01\.mp4$/);
    await Deno.writeFile(`${folder}/mine.wav`, wave(4));
    await rejects(readRavdess(folder), /mine.wav": expected a name such as/);
    const told: string[] = [];
    const rest = await readRavdess(folder, { onCorrupt: (_, { id }) => told.push(id) });
    deepEqual([rest.samples.length, rest.excluded.corrupt, told], [3, 1, ["mine.wav"]]);
  });
});
