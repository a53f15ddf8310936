import { deepEqual } from "node:assert/strict";
import { fileURLToPath } from "node:url";

/** The floors, the lowest first: a file may import from its own folder and from those before it. */
const floors = [
  "lib/deps",
  "lib/checks.ts",
  "lib/escape_html.ts",
  "lib/files.ts",
  "lib/modality.ts",
  "lib/target.ts",
  "lib/numbers.ts",
  "lib/tensor",
  "lib/random",
  "lib/compile",
  "lib/backends",
  "lib/metrics",
  "lib/figures",
  "lib/signal",
  "lib/datasets",
  "lib/training",
  "lib/encoders",
  "lib/corruptions",
  "lib/model",
  "lib/systems",
  "lib/branches",
  "lib/baselines",
  "lib/fusion",
  "lib/inference",
  "lib/explanation",
  "lib/browser",
  "lib/notebook",
  "lib/study",
  "lib/workflow",
  "mod.ts",
  "experiments",
  "tasks",
  "benchmarks",
  "page",
];

/** Of what is general: it may be taken elsewhere as it is, and knows nothing of sentiment. */
const general = [
  "lib/tensor",
  "lib/random",
  "lib/compile",
  "lib/metrics",
  "lib/training",
  "lib/numbers.ts",
];
const ofSentiment = ["lib/modality.ts", ...floors.slice(floors.indexOf("lib/signal"))]
  .filter((floor) => !general.includes(floor));

const root = new URL("../", import.meta.url);

async function sources(folder: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, root))) {
    if (isDirectory) paths.push(...await sources(`${folder}${name}/`));
    else if (name.endsWith(".ts")) paths.push(folder + name);
  }
  return paths.sort();
}

/** The files that each file imports, for types or values, at once or later. */
async function readImports(): Promise<Map<string, string[]>> {
  const folders = ["lib/", "experiments/", "tasks/", "benchmarks/", "page/"];
  const paths = ["mod.ts", ...(await Promise.all(folders.map(sources))).flat()];
  const imports = paths.map(async (path) => {
    const text = (await Deno.readTextFile(new URL(path, root))).replaceAll(
      /^\s*(\*|\/\/).*$/gm,
      "",
    );
    const found = text.matchAll(/(?:\bfrom|\bimport|URL\(|import\()\s*"(\.{1,2}\/[^"]+\.ts)"/g);
    const targets = [...found].map(([, target]) => new URL(target!, new URL(path, root)).href);
    return [path, [...new Set(targets)].map((target) => target.slice(root.href.length))] as const;
  });
  return new Map(await Promise.all(imports));
}

const imports = await readImports();
const floorOf = (path: string) =>
  floors.findIndex((floor) => path === floor || path.startsWith(`${floor}/`));

Deno.test("every file stands on a floor", () => {
  deepEqual([...imports.keys()].filter((path) => floorOf(path) < 0), []);
  deepEqual(fileURLToPath(root).length > 0 && imports.size > 300, true);
});

Deno.test("no file imports from a floor above its own", () => {
  const up = [...imports].flatMap(([path, targets]) =>
    targets.filter((target) => imports.has(target) && floorOf(target) > floorOf(path))
      .map((target) => `${path} -> ${target}`)
  );
  deepEqual(up, []);
});

Deno.test("what is general knows nothing of sentiment", () => {
  const arrows = [...imports].filter(([path]) => general.some((one) => path.startsWith(one)))
    .flatMap(([path, targets]) =>
      targets.filter((target) => ofSentiment.some((one) => target.startsWith(one)))
        .map((target) => `${path} -> ${target}`)
    );
  deepEqual(arrows, []);
});

Deno.test("no files import each other in a circle", () => {
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) {
      circles.push([...trail.slice(trail.indexOf(path)), path].join(" -> "));
    } else if (!done.has(path)) {
      for (const target of imports.get(path) ?? []) visit(target, [...trail, path]);
      done.add(path);
    }
  };
  for (const path of imports.keys()) visit(path, []);
  deepEqual(circles, []);
});
