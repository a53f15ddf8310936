import { deepEqual, ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";

const root = new URL("../", import.meta.url);

async function* filesIn(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, root))) {
    if (isDirectory) yield* filesIn(`${folder}${name}/`);
    else if (/\.(ts|ipynb)$/.test(name)) yield folder + name;
  }
}

/** All code but tests, without comments. */
async function readSources(): Promise<Map<string, string>> {
  const sources = new Map<string, string>();
  for (const folder of ["lib/", "experiments/", "tasks/", "benchmarks/", "notebooks/"]) {
    for await (const path of filesIn(folder)) {
      const text = await Deno.readTextFile(new URL(path, root));
      sources.set(
        path,
        text.replaceAll(/\/\*\*[\s\S]*?\*\//g, "").replaceAll(/^\s*\/\/.*$/gm, ""),
      );
    }
  }
  return sources.set("mod.ts", await Deno.readTextFile(new URL("mod.ts", root)));
}

const sources = await readSources();
const words = new Map([...sources].map(([path, text]) => [path, new Set(text.match(/\w+/g))]));

/** The modules that users import: what these name is public, and may be for users alone. */
const { exports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root))) as {
  exports: Record<string, string>;
};
const surfaces = new Set(Object.values(exports).map((path) => path.slice(2)));

/** The values that public modules hand on. */
async function readPublic(): Promise<Set<string>> {
  const names = new Set<string>();
  for (const path of surfaces) {
    const module = await import(new URL(path, root).href) as Record<string, unknown>;
    for (const name of Object.keys(module)) names.add(name);
  }
  return names;
}

const isPublic = await readPublic();

/** The exported values of a folder. */
function exportedValues(folder: string): { path: string; name: string }[] {
  const value = /^export (?:async )?(?:function\*?|const|let|(?:abstract )?class) (\w+)/gm;
  return [...sources].filter(([path]) => path.startsWith(folder))
    .flatMap(([path, text]) =>
      [...text.matchAll(value)].map(([, name]) => ({ path, name: name! }))
    );
}

/** Those of them that nothing but tests and their own files name, and no user imports. */
function unusedValues(folder: string): string[] {
  const values = exportedValues(folder);
  ok(values.length > 50, fileURLToPath(root));
  return values.filter(({ path, name }) =>
    !isPublic.has(name) &&
    ![...words].some(([other, used]) => other !== path && used.has(name))
  ).map(({ path, name }) => `${path} ${name}`);
}

Deno.test("no exported value of the library is for tests alone", () => {
  deepEqual(unusedValues("lib/"), []);
});

Deno.test("no exported value of the experiments is for tests alone", () => {
  deepEqual(unusedValues("experiments/"), []);
});
