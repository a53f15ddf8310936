import { deepEqual, equal, match } from "node:assert/strict";
import { openFeatureStore } from "../../lib/encoders/mod.ts";
import { main } from "../../tasks/features.ts";
import { captured } from "./captured.ts";
import { withFolder } from "../datasets/temporary_folder.ts";

/** Runs the task; what it prints stays here. */
const run = (...args: string[]) => captured(main, args);

const digestOf = (letter: string) => letter.repeat(64);

/** A cache with the features of three encoders: `a` of 2 samples, `b` and `c` of 1, `c` 3 days old. */
function withCache(body: (cache: string) => Promise<void>): Promise<void> {
  return withFolder({}, async (cache) => {
    const store = openFeatureStore(`${cache}/features`);
    for (const [letter, hashes] of [["a", ["1", "2"]], ["b", ["1"]], ["c", ["1"]]] as const) {
      const encoder = { id: `encoder ${letter}`, digest: digestOf(letter), shapes: { x: [500] } };
      const rows = hashes.map((hash) => ({ hash, features: { x: new Float32Array(500) } }));
      await store.write(encoder, rows);
    }
    const old = `${cache}/features/${digestOf("c")}`;
    for await (const { name } of Deno.readDir(old)) {
      const then = new Date(Date.now() - 3 * 24 * 3600e3);
      await Deno.utime(`${old}/${name}`, then, then);
    }
    await body(cache);
  });
}

async function encodersIn(cache: string): Promise<string> {
  const names = await Array.fromAsync(Deno.readDir(`${cache}/features`), ({ name }) => name[0]);
  return names.sort().join("");
}

Deno.test("the features task answers a wrong command line with one line and exit code 2", async () => {
  const refused = async (args: string[], err: string) =>
    deepEqual(await run(...args), { code: 2, out: "", err });
  await refused(
    ["shrink"],
    'RangeError: Cannot use the action: expected size or prune or pack or make, got "shrink"',
  );
  await refused(
    ["size", "--all"],
    "RangeError: Cannot tell the size: expected no option but --cache, got others",
  );
  await refused(
    ["pack", "--dry-run"],
    "RangeError: Cannot pack: expected no option but --cache, got others",
  );
  await refused(
    ["prune", "--dry-run"],
    "RangeError: Cannot prune: expected --keep, --older-than, --all or --partial, got none of them",
  );
  await refused(
    ["prune", "--all", "--keep", "aaaa"],
    "RangeError: Cannot prune: expected --all alone, got --keep or --older-than with it",
  );
  for (const keep of ["", "aaa", "AAAA", "aaaa,", "../x"]) {
    await refused(
      ["prune", "--keep", keep],
      `RangeError: Cannot use --keep: expected digests or 4 of their first letters or more, ` +
        `got "${keep.split(",").at(-1)}"`,
    );
  }
  await refused(
    ["prune", "--older-than", "0"],
    'RangeError: Cannot use --older-than: expected a whole number from 1 to 9999, got "0"',
  );
  await refused(
    ["--cache", "x", "make"],
    "RangeError: Cannot make: expected make before all options",
  );
  await refused(
    ["make", "table_9"],
    'RangeError: Cannot reproduce "table_9": did you mean "table_1"?',
  );
  await refused(
    ["make", "--part", "3/3"],
    'RangeError: Cannot use --part: expected such as 0/8, up to 7/8, got "3/3"',
  );
  await refused(["--cache", ""], 'RangeError: Cannot use --cache: expected a folder, got ""');
});

Deno.test("the features task shows its options on --help", async () => {
  const { code, out } = await run("--help");
  equal(code, 0);
  for (const name of ["keep", "older-than", "all", "partial", "dry-run", "cache", "help"]) {
    match(out, new RegExp(`^ +--${name} `, "m"));
  }
});

Deno.test("the features task lists encoders with their sizes, and a total", () =>
  withCache(async (cache) => {
    for (const args of [["size"], []]) {
      const { code, out, err } = await run(...args, "--cache", cache);
      deepEqual([code, err], [0, ""]);
      const lines = out.split("\n").map((line) => line.trim().split(/  +/));
      deepEqual(lines, [
        ["digest", "samples", "files", "size", "encoder"],
        ["aaaaaaaaaaaaaaaa", "2", "1", "5 kB", "encoder a"],
        ["bbbbbbbbbbbbbbbb", "1", "1", "3 kB", "encoder b"],
        ["cccccccccccccccc", "1", "1", "3 kB", "encoder c"],
        ["total", "4", "3", "10 kB"],
      ]);
    }
    const none = `${cache}/none`;
    equal((await run("--cache", none)).out, `No features in ${none}/features.`);
  }));

Deno.test("the features task packs small files, and says which", () =>
  withCache(async (cache) => {
    const pack = () => run("pack", "--cache", cache);
    deepEqual(await pack(), { code: 0, out: "Nothing to pack.", err: "" });
    const store = openFeatureStore(`${cache}/features`);
    const encoder = { id: "encoder a", digest: digestOf("a"), shapes: { x: [500] } };
    for (const hash of ["2", "3"]) {
      await store.write(encoder, [{ hash, features: { x: new Float32Array(500) } }]);
    }
    const file = `${cache}/features/${digestOf("b")}/${"0".repeat(32)}.safetensors`;
    await Deno.writeTextFile(file, "cut off");
    const { code, out, err } = await pack();
    deepEqual([code, out], [
      0,
      "aaaaaaaaaaaaaaaa: 3 files of 3 samples made 1\nPacked 3 files into 1.",
    ]);
    match(
      err,
      /^Cannot read ".*0{32}.safetensors": .*; removed, its samples will be encoded again$/,
    );
    const { out: sizes } = await run("--cache", cache);
    match(sizes, /^ *a{16} +3 +1 +7 kB +encoder a$/m);
    match(sizes, /^ *total +5 +3 /m);
  }));

Deno.test("the features task keeps the encoders it is told to keep", () =>
  withCache(async (cache) => {
    const prune = (...args: string[]) => run("prune", ...args, "--cache", cache);
    const { out } = await prune("--keep", `aaaa,${digestOf("c")}`, "--dry-run");
    match(out, /^\S+\/features\/b{64}\/\S+\.safetensors\nWould remove 1 file, 3 kB\.$/);
    equal(await encodersIn(cache), "abc");
    match((await prune("--keep", `aaaa,${digestOf("c")}`)).out, /\nRemoved 1 file, 3 kB\.$/);
    equal(await encodersIn(cache), "ac");
    // A slip of the pen does not cost the features it was to keep.
    deepEqual(await prune("--keep", "aaaa,eeee"), {
      code: 1,
      out: "",
      err: 'RangeError: Cannot keep "eeee": expected the digest of one encoder of the store, got 0',
    });
    equal(await encodersIn(cache), "ac");
  }));

Deno.test("the features task removes what is old, what was left unfinished, or all", () =>
  withCache(async (cache) => {
    const prune = (...args: string[]) => run("prune", ...args, "--cache", cache);
    equal((await prune("--older-than", "4")).out, "Removed 0 files, 0 kB.");
    equal((await prune("--older-than", "2", "--keep", "cccc")).out, "Removed 0 files, 0 kB.");
    await prune("--older-than", "2");
    equal(await encodersIn(cache), "ab");
    const left = `${cache}/features/${digestOf("a")}/${"0".repeat(32)}.safetensors.1.partial`;
    await Deno.writeTextFile(left, "");
    await Deno.utime(left, 0, 0);
    equal((await prune("--partial")).out, `${left}\nRemoved 1 file, 0 kB.`);
    equal(await encodersIn(cache), "ab");
    await prune("--all");
    equal(await encodersIn(cache), "");
  }));
