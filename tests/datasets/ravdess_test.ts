import { deepEqual, equal, rejects, throws } from "node:assert/strict";
import { parseRavdessName, readRavdess } from "../../lib/datasets/ravdess.ts";
import { withFolder } from "./temporary_folder.ts";

/** A WAVE file with an odd chunk before its data; `mark` makes files differ. */
function wave(mark: number | string): Uint8Array {
  const samples = new TextEncoder().encode(String(mark).padEnd(40));
  const chunks = [
    chunk("fmt ", new Uint8Array(16)),
    chunk("LIST", Uint8Array.of(1, 2, 3)),
    chunk("data", samples),
  ];
  return chunk("RIFF", Uint8Array.from([...latin1("WAVE"), ...chunks.flatMap((c) => [...c])]));
}

function chunk(tag: string, body: Uint8Array): Uint8Array {
  const size = new Uint8Array(new Uint32Array([body.length]).buffer);
  return Uint8Array.from([...latin1(tag), ...size, ...body, ...(body.length % 2 ? [0] : [])]);
}

function latin1(text: string): number[] {
  return [...text].map((c) => c.charCodeAt(0));
}

Deno.test("readRavdess() reads names into emotion, polarity and actor, neutral left out", async () => {
  const files: Record<string, Uint8Array> = {};
  for (let emotion = 1; emotion <= 8; emotion++) {
    files[`Actor_07/03-01-0${emotion}-01-01-01-07.wav`] = wave(emotion);
  }
  files["Actor_07/03-02-03-01-01-01-07.wav"] = wave("sung");
  await withFolder(files, async (folder) => {
    const corpus = await readRavdess(folder);
    deepEqual([corpus.modality, corpus.name], ["audio", "RAVDESS speech and song"]);
    deepEqual(corpus.samples.map(({ id, emotion, polarity }) => [id, emotion, polarity]), [
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
        `Cannot read "${folder}/03-01-03-01-01-01-01.wav", truncated: expected 96 bytes, got 90`,
    });
    const told: Error[] = [];
    const { samples, excluded } = await readRavdess(folder, { onCorrupt: (e) => told.push(e) });
    deepEqual([samples.length, told.length, excluded], [1, 1, { corrupt: 1 }]);
  });
});

Deno.test("readRavdess() refuses files that are no WAVE file or hold no samples", async () => {
  const cases: [Uint8Array, RegExp][] = [
    [new Uint8Array(0), /expected a RIFF\/WAVE file/],
    [Uint8Array.from(latin1("ID3 not a wave file")), /expected a RIFF\/WAVE file/],
    [wave(1).slice(0, 48), /expected a data chunk with samples, got none/],
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

Deno.test("readRavdess() accepts the complete speech corpus", async () => {
  const files: Record<string, Uint8Array> = {};
  for (let actor = 1; actor <= 24; actor++) {
    for (let emotion = 1; emotion <= 8; emotion++) {
      for (let take = 0; take < (emotion === 1 ? 4 : 8); take++) {
        const codes = [3, 1, emotion, (take >> 2) + 1, (take >> 1 & 1) + 1, (take & 1) + 1, actor];
        const name = `${codes.map((code) => String(code).padStart(2, "0")).join("-")}.wav`;
        files[name] = wave(name);
      }
    }
  }
  await withFolder(files, async (folder) => {
    const { samples, excluded } = await readRavdess(folder, { expect: "speech" });
    // 576 positive: happy, calm and surprised; 768 negative; 96 neutral.
    equal(samples.filter(({ polarity }) => polarity === 1).length, 576);
    equal(samples.length, 1344);
    deepEqual(excluded, { neutral: 96 });
  });
});
