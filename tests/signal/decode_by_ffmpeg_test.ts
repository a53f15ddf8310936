import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { decodeAudio } from "../../lib/signal/decode_audio.ts";
import { runFfmpeg } from "../../lib/signal/ffmpeg.ts";
import { withFolder } from "../datasets/temporary_folder.ts";
import { ffmpegTest } from "../some_ffmpeg.ts";

const bytesOf = (name: string) =>
  Deno.readFileSync(new URL(`../fixtures/wild_sound/${name}`, import.meta.url));
const tone = (await decodeAudio(bytesOf("tone.wav"), { path: "tone.wav" })).samples;

for (const name of ["tone.aiff", "tone.aifc", "tone.au", "tone.caf", "tone.ogg"]) {
  ffmpegTest(
    `decodeAudio() reads ${name}, which is lossless, as its conversion to WAV`,
    async () => {
      const { samples, sampleRateHz } = await decodeAudio(bytesOf(name), { path: name });
      equal(sampleRateHz, 16_000);
      deepEqual(samples, tone);
    },
  );
}

for (const name of ["tone.m4a", "tone.aac", "tone.webm", "tone.wma"]) {
  ffmpegTest(`decodeAudio() hears the tone in ${name}`, async () => {
    const { samples, sampleRateHz } = await decodeAudio(bytesOf(name), { path: name });
    ok(Math.abs(samples.length / sampleRateHz - 0.3) < 0.15, `${samples.length}`);
    // Where nothing was begun or ended.
    const middle = samples.subarray(samples.length / 4, 3 * samples.length / 4);
    const rises = middle.filter((x, i) => i > 0 && x >= 0 && middle[i - 1]! < 0).length;
    ok(Math.abs(rises / middle.length * sampleRateHz - 440) < 10);
    ok(Math.abs(Math.max(...middle) - 0.5) < 0.1);
  });
}

ffmpegTest(
  "decodeAudio() refuses what ffmpeg refuses, what is too long, and what is cut off",
  async () => {
    for (const name of ["tone.m4a", "tone.aiff", "tone.au", "tone.webm"]) {
      const cut = bytesOf(name).subarray(0, 2000);
      await rejects(decodeAudio(cut, { path: name }), {
        name: "RangeError",
        message: /^Cannot read "tone\.\w+": expected a (whole file|file that ffmpeg reads), got /,
      });
    }
    const options = { path: "tone.m4a", maxSeconds: 0.1 };
    await rejects(
      decodeAudio(bytesOf("tone.m4a"), options),
      /expected 0.1 s of sound or less, got more/,
    );
  },
);

ffmpegTest("runFfmpeg() ends a run that takes too long or writes too much", async () => {
  const endless = ["-loglevel", "error", "-re", "-f", "lavfi", "-i", "sine", "-f", "wav", "pipe:1"];
  const options = { path: "a.m4a", format: "MPEG-4" };
  await rejects(runFfmpeg(endless, { ...options, timeoutSeconds: 0.2 }), {
    name: "RangeError",
    message:
      'Cannot read "a.m4a": expected a file that ffmpeg reads in bounds, got more than 0.2 s of work',
  });
  const fast = endless.filter((arg) => arg !== "-re");
  await rejects(runFfmpeg(fast, { ...options, maxBytes: 1e6 }), /got more than 1 MB of output/);
});

/** Reads M4A in a program of its own; `flags` are what it may do, and `path` where programs are. */
async function readApart(flags: readonly string[], path: string | undefined): Promise<string> {
  const at = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
  const code = `import { decodeAudio } from ${at("../../lib/signal/decode_audio.ts")};
    const bytes = await Deno.readFile(new URL(${at("../fixtures/wild_sound/tone.m4a")}));
    await decodeAudio(bytes, { path: "-my clip.m4a" }).catch((e) => console.log(e.message));`;
  return await withFolder({ "read.ts": code }, async (folder) => {
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", "--allow-read", ...flags, "--no-prompt", `${folder}/read.ts`],
      env: { NO_COLOR: "1", ...path !== undefined && { PATH: path } },
    }).output();
    return new TextDecoder().decode(stdout).trim();
  });
}

Deno.test("decodeAudio() says what to do where there is no ffmpeg", async () => {
  equal(
    await readApart(["--allow-run=ffmpeg"], "/nowhere"),
    'Cannot read "-my clip.m4a": expected an ffmpeg on the PATH, which reads MPEG-4, got none: ' +
      'install ffmpeg, or convert the file elsewhere: ffmpeg -i "./-my clip.m4a" out.wav',
  );
});

ffmpegTest("decodeAudio() says what to do where it may not run ffmpeg", async () => {
  match(
    await readApart([], undefined),
    /expected the permission to run ffmpeg, which reads MPEG-4, got none: --allow-run=ffmpeg gives/,
  );
});
