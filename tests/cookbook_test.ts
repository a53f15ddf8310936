import { deepEqual, equal, ok } from "node:assert/strict";
import { dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { captured } from "./tasks/captured.ts";
import { withFolder } from "./datasets/temporary_folder.ts";
import { withTinyCorpora } from "./study/tiny_corpora.ts";

const root = new URL("../", import.meta.url);
const cookbook = await Deno.readTextFile(new URL("docs/cookbook.md", root));

/** A section of the cookbook. */
interface Recipe {
  readonly title: string;
  /** New files by path. */
  readonly files: ReadonlyMap<string, string>;
  /** Changes to files that are there, by path. */
  readonly changes: ReadonlyMap<string, string>;
  /** The path of the one that is run. */
  readonly script: string;
  /** What it prints. */
  readonly prints: string;
}

function readRecipe(section: string): Recipe {
  const title = section.slice(0, section.indexOf("\n"));
  const blocks = [...section.matchAll(/^```(\w+)\n([^]*?)^```$/gm)];
  const named = (language: string, name: RegExp) =>
    new Map(
      blocks.filter(([, own]) => own === language).map(([, , body]) => {
        const [head, path] = body!.match(name) ?? [];
        ok(path, `${title}: a block of ${language} begins with its path`);
        return [path, body!.slice(head!.length)] as const;
      }),
    );
  const files = named("ts", /^\/\/ (\S+)\n/);
  const [script, ...more] = [...files.keys()].filter((path) => path.startsWith("try_"));
  const texts = blocks.filter(([, language]) => language === "text");
  deepEqual([more.length, texts.length], [0, 1], `${title} has one script and what it prints`);
  return {
    title,
    files,
    changes: named("diff", /^--- (\S+)\n/),
    script: script!,
    prints: texts[0]![2]!,
  };
}

// What has to be downloaded stands behind the recipes.
const [tested, downloaded] = cookbook.split("\n## Encoders from local packages\n");

// A heading in what a recipe prints begins no recipe.
const recipes = tested!.split(/^## (?=Add |Bring )/m).slice(1).map(readRecipe);

/** A file with a diff's hunks applied: each is found by its lines, of which there must be one place. */
function applyChange(text: string, { path, change }: { path: string; change: string }): string {
  return change.split(/^@@\n/m).reduce((changed, hunk) => {
    const lines = hunk.trimEnd().split("\n");
    const side = (sign: string) =>
      lines.filter((line) => line[0] === " " || line[0] === sign)
        .map((line) => `${line.slice(1)}\n`).join("");
    const places = changed.split(`\n${side("-")}`).length - 1;
    equal(places, 1, `${path} has the lines of the cookbook once:\n${side("-")}`);
    return changed.replace(`\n${side("-")}`, () => `\n${side("+")}`);
  }, text);
}

/** Imports of the files that are written here stay; all others are of the project. */
function relocate(text: string, path: string, here: ReadonlySet<string>): string {
  return text.replace(/(from |import\()"(\.{1,2}\/[^"]+)"/g, (all, keyword, specifier) => {
    const target = new URL(specifier, new URL(path, root)).href;
    return here.has(target.slice(root.href.length)) ? all : `${keyword}"${target}"`;
  });
}

/** The files of a recipe as they are written beside one another. */
async function layOut({ files, changes }: Recipe): Promise<Record<string, string>> {
  const here = new Set([...files.keys(), ...changes.keys()]);
  const laid: Record<string, string> = {};
  for (const [path, text] of files) laid[path] = relocate(text, path, here);
  for (const [path, change] of changes) {
    const before = await Deno.readTextFile(new URL(path, root));
    laid[path] = relocate(applyChange(before, { path, change }), path, here);
  }
  return laid;
}

/** Runs Deno, in the project's folder by default, and returns what it prints; of a failure that is the message. */
async function deno(args: readonly string[], cwd: string | URL = root): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    env: { NO_COLOR: "1" },
  }).output();
  const [out, error] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  ok(success, `${out}${error}`);
  return out!;
}

const project = ["--no-lock", "--config", fileURLToPath(new URL("deno.json", root))];

Deno.test("the cookbook has its six recipes, in the order of its list", () => {
  const listed = [...cookbook.matchAll(/^\d\. \[(.*)\]\(#(.*)\)/gm)];
  deepEqual(listed.map(([, title]) => title), recipes.map(({ title }) => title));
  deepEqual(
    listed.map(([, , anchor]) => anchor),
    recipes.map(({ title }) => title.toLowerCase().replaceAll(" ", "-")),
  );
  equal(recipes.length, 6);
});

for (const recipe of recipes) {
  Deno.test(`the recipe "${recipe.title}" prints what it says`, async () =>
    await withFolder(await layOut(recipe), async (folder) => {
      const { out } = await captured(async () => {
        await import(pathToFileURL(`${folder}/${recipe.script}`).href);
        return 0;
      }, []);
      equal(`${out}\n`, recipe.prints);
    }));
}

/** The first script of a page that no test runs as it stands. */
function scriptIn(page: string): string {
  return page.match(/^```ts ignore\n([^]*?)^```/m)![1]!;
}

/** The README's path from data to verdict, which imports from a URL. */
async function readmeScript(): Promise<string> {
  const readme = await Deno.readTextFile(new URL("README.md", root));
  return scriptIn(readme).replaceAll("https://HOST/trivalence/", root.href);
}

Deno.test("the recipes' code has its types right and passes its tests, all recipes and the README's script at once", async () => {
  const laid: Record<string, string> = Object.assign({}, ...await Promise.all(recipes.map(layOut)));
  const paths = Object.keys(laid);
  laid["readme.ts"] = await readmeScript();
  // The other needs packages that nothing else does.
  laid["try_minilm.ts"] = relocate(scriptIn(downloaded!), "try_minilm.ts", new Set());
  equal(paths.length, recipes.flatMap(({ files, changes }) => [...files, ...changes]).length);
  // The rest of the project sees the changes too.
  const imports = (folder: string) =>
    Object.fromEntries(
      paths.map((path) => [new URL(path, root).href, pathToFileURL(`${folder}/${path}`).href]),
    );
  await withFolder(laid, async (folder) => {
    const map = `${folder}/import_map.json`;
    await Deno.writeTextFile(map, JSON.stringify({ imports: imports(folder) }));
    const all = Object.keys(laid).map((path) => `${folder}/${path}`);
    await deno(["check", ...project, "--import-map", map, ...all]);
    const tests = all.filter((path) => path.endsWith("_test.ts"));
    await deno(["test", "--no-check", "--allow-env", "--allow-read", ...project, ...tests]);
  });
});

Deno.test("the recipes' code is formatted as the project's is", () =>
  withFolder(
    Object.assign({}, ...recipes.map(({ files }) => Object.fromEntries(files))),
    async (folder) => {
      await deno(["fmt", "--check", "--no-config", "--line-width", "100", folder]);
    },
  ));

Deno.test("the README's way from data to verdict runs", () =>
  withTinyCorpora(async ({ data, cache }) => {
    const folder = dirname(data);
    await Deno.rename(cache, `${folder}/.cache`);
    await Deno.writeTextFile(`${folder}/script.ts`, await readmeScript());
    const out = await deno(["run", ...project, "--allow-all", "script.ts"], folder);
    deepEqual(out.match(/^\w[\w ]*(?= \{)/gm), ["Proposed", "Late fusion", "Linear probe"], out);
    ok(/label: "(positive|negative)"/.test(out), out);
  }));
