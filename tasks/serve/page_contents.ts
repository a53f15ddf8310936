/** All files of the page, ready to be served or written. @module */

import { gzipSync } from "node:zlib";
import { kindOf } from "../../lib/files.ts";
import { pageFiles } from "../../lib/browser/page_files.ts";
import { minimp3Wasm } from "../../lib/deps/minimp3.ts";
import { runtimeWasm } from "../../lib/deps/onnxruntime_web_files.ts";
import { resamplerWasm } from "../../lib/deps/speex_resampler_files.ts";

/** Where the page's code is once it is bundled, from the project's folder. */
export const bundleFolder = ".cache/page";

const written = ["index.html", "style.css", "icon.svg"] as const;
const bundled = ["main.js", "worker.js", "service_worker.js", "microphone_worklet.js"] as const;

/** The files of a page by their paths in it. */
export type PageContents = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

/** Where the parts of a page are. */
export interface PagePlace {
  /** The model folder. */
  readonly model: string;
  /** Where encoders are kept. */
  readonly cache: string;
  /** Where the bundled code is; {@linkcode bundleFolder} by default. */
  readonly bundle?: string;
}

/**
 * The files of the page of a model. What is large is packed by gzip, so that it is small from any web
 * server; the page unpacks it.
 *
 * @throws {RangeError} The model can't be asked in a browser, or the page's code is not bundled.
 */
export async function pageContents(
  { model, cache, bundle = bundleFolder }: PagePlace,
): Promise<PageContents> {
  await assertBundled(bundle);
  const contents = new Map<string, Uint8Array<ArrayBuffer>>();
  const page = new URL("../../page/", import.meta.url);
  for (const name of written) contents.set(name, await Deno.readFile(new URL(name, page)));
  for (const name of bundled) contents.set(name, await Deno.readFile(`${bundle}/${name}`));
  contents.set("speex-resampler-simd.wasm", await Deno.readFile(resamplerWasm()));
  contents.set("minimp3.wasm", await Deno.readFile(await minimp3Wasm()));
  const told = await pageFiles(model, { cache });
  const large = new Map([...told.files, [
    "runtime.wasm",
    await Deno.readFile(await runtimeWasm()),
  ]]);
  const sizes: Record<string, number> = {};
  const pack = (name: string, bytes: Uint8Array) => {
    const packed = new Uint8Array(gzipSync(bytes));
    contents.set(`files/${name}.packed`, packed);
    return packed.length;
  };
  for (const [name, bytes] of large) sizes[name] = pack(name, bytes);
  pack("page.json", new TextEncoder().encode(JSON.stringify({ page: told.page, sizes })));
  const own = contents.keys().filter((name) => !name.startsWith("files/"));
  const list = JSON.stringify(["./", ...own]);
  return contents.set("files.json", new TextEncoder().encode(list));
}

async function assertBundled(bundle: string): Promise<void> {
  for (const name of bundled) {
    if (await kindOf(`${bundle}/${name}`) === "file") continue;
    throw new RangeError(
      `Cannot make the page: expected its code in "${bundle}", got none of ${name}; deno task ` +
        "serve bundles it before it starts",
    );
  }
}
