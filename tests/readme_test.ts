import { deepEqual, ok } from "node:assert/strict";

const root = new URL("../", import.meta.url);
const read = (path: string) => Deno.readTextFile(new URL(path, root));
const names = async (folder: string) =>
  (await Array.fromAsync(Deno.readDir(new URL(folder, root)))).map(({ name }) => name).sort();
const pages = (await names("docs/")).filter((name) => name.endsWith(".md"));
const readme = await read("README.md");

/** Cells of a table's lines, by line. */
function cells(text: string): string[] {
  return text.split("\n").filter((line) => line.startsWith("|"))
    .map((line) => line.split("|").map((cell) => cell.trim()).join("|"));
}

Deno.test("the README has 1,200 words at most", () => {
  const words = readme.trim().split(/\s+/).length;
  ok(words <= 1200, `${words} words`);
});

Deno.test("from data to verdict takes 15 lines at most", () => {
  const [, block] = readme.match(/```ts ignore\n([^]*?)```/)!;
  ok(block!.trim().split("\n").filter((line) => line !== "").length <= 15);
});

Deno.test("the README's results are rows of docs/results.md", async () => {
  const all = new Set(cells(await read("docs/results.md")));
  const rows = cells(readme).filter((row) => row.includes("±"));
  deepEqual(rows.filter((row) => !all.has(row)), []);
  ok(rows.length > 5);
});

Deno.test("the page of dependencies has every package that lib/deps names, and no other", async () => {
  const named = new Set<string>();
  for (const file of await names("lib/deps/")) {
    const code = (await read(`lib/deps/${file}`)).replaceAll(/^\s*(\*|\/\/).*$/gm, "");
    for (const [, name] of code.matchAll(/"npm:((?:@[^/@]+\/)?[^/@"]+)@/g)) {
      named.add(name!.replace(/^@iconify-json\/.*/, "@iconify-json/*"));
    }
  }
  const column = cells(await read("docs/dependencies.md")).map((row) => row.split("|")[1]!);
  const listed = column.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name!))
    .filter((name) => !["node:util", "parseArgs"].includes(name));
  deepEqual(listed.sort(), [...named].sort());
});

/** How GitHub names a heading's place. */
const anchorOf = (heading: string) =>
  heading.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-");

Deno.test("links between pages lead to a file, and to a heading of it", async () => {
  const from = [
    ...["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"],
    ...pages.map((name) => `docs/${name}`),
    ...["benchmarks/README.md", "benchmarks/encoders/README.md", "lib/compile/README.md"],
  ];
  const dead: string[] = [];
  const linked = new Set<string>();
  for (const path of from) {
    const text = (await read(path)).replaceAll(/^```[^]*?^```/gm, "");
    for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target!)) continue;
      const url = new URL(target!, new URL(path, root));
      const file = decodeURIComponent(url.href.slice(root.href.length).split("#")[0]!);
      linked.add(file);
      const there = await Deno.stat(new URL(file, root)).catch(() => undefined);
      const headings = there && url.hash
        ? [...(await read(file)).matchAll(/^#+ (.*)$/gm)].map(([, title]) => anchorOf(title!))
        : [];
      if (!there || (url.hash && !headings.includes(url.hash.slice(1)))) {
        dead.push(`${path}: ${target}`);
      }
    }
  }
  deepEqual(dead, []);
  deepEqual(pages.filter((name) => !linked.has(`docs/${name}`)), []);
});
