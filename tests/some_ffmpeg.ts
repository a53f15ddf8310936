/** Tests of what needs an ffmpeg, which a machine may lack. @module */

function isThere(): boolean {
  try {
    return new Deno.Command("ffmpeg", { args: ["-version"] }).outputSync().success;
  } catch {
    return false;
  }
}

const hasFfmpeg = isThere();

/** A test that is skipped where no ffmpeg is on the PATH; its name then says so. */
export function ffmpegTest(name: string, run: () => Promise<void>): void {
  const why = hasFfmpeg ? "" : " (skipped: no ffmpeg on the PATH)";
  Deno.test(`${name}${why}`, { ignore: !hasFfmpeg }, run);
}
