/** minimp3: decodes MP3, compiled to WebAssembly (minimp3 is CC0, its wrapper Apache-2.0). @module */

const name: string = "npm:minimp3-wasm@0.1.0";

/** One decoder, and the memory its pointers point into. */
export interface Minimp3 {
  readonly memory: WebAssembly.Memory;
  decoder_init(): void;
  /** Makes room for a file, of which the decoder is at the beginning then. */
  decoder_set_mp3_data_size(bytes: number): void;
  decoder_mp3_data_offset(): number;
  /** Where the samples are: 16 bits, channels in turn. */
  decoder_pcm_data_offset(): number;
  decoder_pcm_data_size(): number;
  /** Decodes as many frames as fit into that time. */
  decoder_decode(seconds: number): void;
}

let compiling: Promise<WebAssembly.Module> | undefined;

/** A new decoder, with a memory of its own; the module is compiled on first use. */
export async function minimp3(): Promise<Minimp3> {
  const { exports } = await WebAssembly.instantiate(await (compiling ??= compile()));
  return exports as unknown as Minimp3;
}

async function compile(): Promise<WebAssembly.Module> {
  // Bundled for a browser, this is another file, and asks for it beside itself.
  const isBundled = !import.meta.url.endsWith("/lib/deps/minimp3.ts");
  const file = isBundled ? new URL("minimp3.wasm", import.meta.url) : await minimp3Wasm();
  return await WebAssembly.compile(await (await fetch(file)).arrayBuffer());
}

/** Where the module lies in its package, as a file. */
export async function minimp3Wasm(): Promise<URL> {
  // The import puts the package into the graph; only then does a path inside it resolve.
  await import(`${name}/package.json`, { with: { type: "json" } });
  return new URL("dist/decoder.opt.wasm", import.meta.resolve(`${name}/package.json`));
}
