/**
 * Writes the reference of the library as HTML.
 *
 *     deno task docs [--out DIR]
 *     deno task docs --gallery DIR
 *
 * @module
 */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import project from "../deno.json" with { type: "json" };
import { runCommand } from "./command.ts";
import {
  type DocumentedModule,
  firstSentence,
  withImports,
  withModuleList,
  withParameterNames,
} from "./docs_pages.ts";
import { writeGallery } from "./gallery.ts";
import { folder, preset, type Values } from "./option.ts";

const options = {
  out: preset(folder("the folder for the pages"), "out/docs"),
  gallery: folder("write docs/gallery.md with the figures of the results in DIR, and no reference"),
};

/** Runs the task and returns its exit code: 0 done, 1 failed, 2 not understood. */
export function main(args: string[]): Promise<number> {
  return runCommand(args, {
    name: "docs",
    does: "Writes the reference of the library as HTML: open index.html, it lists the modules.",
    options,
    read: (values) => values,
    writes: ({ out, gallery }) => [gallery === undefined ? out : fileURLToPath(docs)],
    run,
  });
}

const root = new URL("../", import.meta.url), docs = new URL("docs/", root);
const sources = Object.values(project.exports).map((path) => new URL(path, root));

async function run({ out, gallery }: Values<typeof options>): Promise<void> {
  if (gallery !== undefined) {
    const count = await writeGallery(gallery, fileURLToPath(docs));
    return console.log(`The gallery of ${count} figures: ${fileURLToPath(docs)}gallery.md`);
  }
  await Deno.mkdir(out, { recursive: true });
  await denoDoc("--html", "--name=Trivalence", `--output=${out}`);
  const { nodes } = JSON.parse(await denoDoc("--json")) as {
    nodes: Record<string, { module_doc?: { doc?: string } }>;
  };
  const modules = Object.keys(project.exports).map((path, i): DocumentedModule => {
    const name = path.replace(/^\.\/?/, "");
    const summary = firstSentence(nodes[sources[i]!.href]?.module_doc?.doc ?? "");
    return { name, page: name === "" ? "#module_doc" : `./${name}/index.html`, summary };
  });
  for (const path of await pagesIn(out)) {
    const page = await Deno.readTextFile(path);
    const named = withImports(withParameterNames(page), project.name);
    const whole = path === join(out, "index.html") ? withModuleList(named, modules) : named;
    if (whole !== page) await Deno.writeTextFile(path, whole);
  }
  console.log(`The reference of ${modules.length} modules: ${join(out, "index.html")}`);
}

async function denoDoc(...options: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--quiet", ...options, ...sources.map((source) => fileURLToPath(source))],
    env: { NO_COLOR: "1" },
    // The folder that this was called from may be gone.
    cwd: new URL("../", import.meta.url),
  }).output();
  if (success) return new TextDecoder().decode(stdout);
  throw new Error(`Cannot write the reference: ${new TextDecoder().decode(stderr).trim()}`);
}

async function pagesIn(folder: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) paths.push(...await pagesIn(path));
    else if (name.endsWith(".html")) paths.push(path);
  }
  return paths;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
