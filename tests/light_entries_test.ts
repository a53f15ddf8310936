import { deepEqual, equal, match, ok } from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { withFolder } from "./datasets/temporary_folder.ts";
import { everywhere } from "./everywhere.ts";
import { findBrowser, withPage } from "./browser.ts";

/** Entries that need no tensors. */
const light = [
  "corruptions",
  "datasets",
  "datasets/embedded",
  "figures",
  "metrics",
  "notebook",
  "random",
  "signal",
];

const heavy = /^npm:(@tensorflow|onnxruntime|@huggingface|sharp|vega|@iconify-json|wink)/;

/** A module and what it imports, as `deno info --json` has them. */
interface Module {
  readonly specifier: string;
  readonly dependencies?: readonly { readonly code?: { readonly specifier?: string } }[];
}

async function run(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  equal(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

/** The packages and built-in modules that an entry imports, and the files that import each. */
async function packagesOf(entry: string): Promise<Map<string, string>> {
  const { roots, modules } = JSON.parse(await run("info", "--json", entry)) as {
    readonly roots: readonly string[];
    readonly modules: readonly Module[];
  };
  const byName = new Map(modules.map((module) => [module.specifier, module]));
  const packages = new Map<string, string>();
  const pending = [...roots], seen = new Set(roots);
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    for (const { code } of byName.get(name)?.dependencies ?? []) {
      const imported = code?.specifier;
      if (imported === undefined || seen.has(imported)) continue;
      seen.add(imported);
      if (/^(npm|node):/.test(imported)) packages.set(imported, name);
      else pending.push(imported);
    }
  }
  return packages;
}

for (const entry of light) {
  // An import() of a literal counts: Deno downloads it up front, and bundlers lift what it imports.
  Deno.test(`lib/${entry} imports no heavy package and no module of Node`, async () => {
    const packages = await packagesOf(`lib/${entry}/mod.ts`);
    deepEqual([...packages].filter(([name]) => heavy.test(name) || name.startsWith("node:")), []);
  });
}

Deno.test("what an entry imports is seen where it is heavy, or a module of Node", async () => {
  const packages = await packagesOf("lib/tensor/mod.ts");
  match(packages.get("npm:@tensorflow/tfjs-core@4.22.0")!, /lib\/deps\/tf\.ts$/);
  ok(heavy.test("npm:@tensorflow/tfjs-core@4.22.0"));
  ok((await packagesOf("lib/inference/mod.ts")).has("node:path"));
});

Deno.test({
  name: "a browser computes what Deno does: metrics, figures, log-mel, corruptions, gradients",
  // Only where there is a Chromium.
  ignore: findBrowser() === undefined,
  // The browser's pipes end with it.
  sanitizeResources: false,
  sanitizeOps: false,
  fn: () =>
    withFolder({}, async (folder) => {
      const script = await run("bundle", "--quiet", "--platform=browser", "tests/everywhere.ts");
      const inline = script.replaceAll("</script", "<\\/script");
      const page = `<!doctype html><script type="module">${inline}</script>`;
      await Deno.writeTextFile(`${folder}/page.html`, page);
      await withPage(pathToFileURL(`${folder}/page.html`).href, async (page) => {
        while (await page.evaluate("typeof everywhere") === "undefined") {
          deepEqual(page.errors, []);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        deepEqual(await page.evaluate("everywhere()"), everywhere());
        deepEqual(page.errors, []);
        deepEqual(page.requests.length, 1);
      });
    }),
});
