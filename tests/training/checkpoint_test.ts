import { deepEqual, equal, match, ok, rejects, throws } from "node:assert/strict";
import { namesIn } from "../../lib/files.ts";
import { fold, key, uniforms } from "../../lib/tensor/random.ts";
import { fingerprintOf, openCheckpoints, seal, unseal } from "../../lib/training/checkpoint.ts";
import type { Checkpoints, Standing } from "../../lib/training/train.ts";
import { withFolder } from "../datasets/temporary_folder.ts";
import { type Bytes, flipped, inflict } from "./damage.ts";

const size = 3;
const options = { fingerprint: "f".repeat(64), everySeconds: 0 };

/** A standing after so many epochs, unlike that after any other; the best epoch is `bestEpoch`. */
function standing(epochs: number, bestEpoch = epochs): Standing {
  const vector = (name: string, epoch: number) => {
    const next = uniforms(fold(key(epoch), name));
    return Float32Array.from({ length: size }, () => next() / 3);
  };
  return {
    executor: "c",
    state: {
      parameters: vector("θ", epochs),
      first: vector("m1", epochs),
      second: vector("m^2", epochs),
    },
    average: vector("mean", epochs),
    step: 7 * epochs,
    best: { parameters: vector("best!", bestEpoch), epoch: bestEpoch, loss: 1 / (3 + bestEpoch) },
    history: Array.from({ length: epochs }, (_, i) => ({
      epoch: i + 1,
      trainLoss: 1 / (i + 3),
      validationLoss: 1 / (i + 7),
      validationAccuracy: i / 11,
    })),
  };
}

async function saveAll(folder: string, ...standings: readonly Standing[]): Promise<void> {
  const checkpoints = openCheckpoints(folder, options);
  for (const standing of standings) await checkpoints.save(standing);
}

/** What a process that starts now finds, and what it is told. */
async function reopen(folder: string, changes: { fingerprint?: string; size?: number } = {}) {
  const told: string[] = [];
  const onDamage = (message: string) => void told.push(message);
  const checkpoints = openCheckpoints(folder, { ...options, ...changes, onDamage });
  return { found: await checkpoints.load(changes.size ?? size), told };
}

Deno.test("a standing comes back as it was, to the bit", () =>
  withFolder({}, async (root) => {
    const folder = `${root}/not/yet/there`;
    deepEqual(await reopen(folder), { found: undefined, told: [] });
    await saveAll(folder, standing(1));
    deepEqual(await reopen(folder), { found: standing(1), told: [] });
    await saveAll(folder, standing(4, 2));
    deepEqual(await reopen(folder), { found: standing(4, 2), told: [] });
  }));

Deno.test("the last two checkpoints are kept, and with them the best epochs that they name", () =>
  withFolder({}, async (folder) => {
    const checkpoints = openCheckpoints(folder, options);
    const names = (...epochs: number[]) =>
      epochs.flatMap((n) => [`epoch-00000${n}.json`, `epoch-00000${n}.safetensors`]);
    await checkpoints.save(standing(1));
    deepEqual(await namesIn(folder), ["best-000001.safetensors", ...names(1)]);
    await checkpoints.save(standing(2));
    await checkpoints.save(standing(3, 2));
    deepEqual(await namesIn(folder), ["best-000002.safetensors", ...names(2, 3)]);
    await checkpoints.save(standing(4));
    const both = ["best-000002.safetensors", "best-000004.safetensors"];
    deepEqual(await namesIn(folder), [...both, ...names(3, 4)]);
  }));

Deno.test("two checkpoints of one growing history are two, each with its own length", () =>
  withFolder({}, async (folder) => {
    const checkpoints = openCheckpoints(folder, options);
    const history = [...standing(1).history];
    await checkpoints.save({ ...standing(1), history });
    history.push(standing(2).history[1]!);
    await checkpoints.save({ ...standing(2), history });
    await Deno.remove(`${folder}/epoch-000002.safetensors`);
    deepEqual((await reopen(folder)).found, standing(1));
  }));

Deno.test("the best epoch's file is written when there is a better one, not each time", () =>
  withFolder({}, async (folder) => {
    await saveAll(folder, standing(1), standing(2));
    const { writeFile } = Deno;
    const written: string[] = [];
    Deno.writeFile = (path, ...rest) => {
      written.push(String(path).replace(/^.*\/|\.[\da-f-]+\.partial$/g, ""));
      return writeFile(path, ...rest);
    };
    try {
      const checkpoints = openCheckpoints(folder, options);
      await checkpoints.load(size);
      await checkpoints.save(standing(3, 2));
    } finally {
      Deno.writeFile = writeFile;
    }
    deepEqual(written, ["epoch-000003.safetensors", "epoch-000003.json"]);
    deepEqual((await reopen(folder)).found, standing(3, 2));
  }));

Deno.test("nothing is written before the time between two checkpoints is over", () =>
  withFolder({}, async (root) => {
    const seldom = openCheckpoints(`${root}/seldom`, { ...options, everySeconds: 3600 });
    await seldom.save(standing(1));
    deepEqual(await namesIn(root), []);
  }));

const damages: Record<string, ((bytes: Bytes) => Bytes) | undefined> = {
  "cut off": (bytes) => bytes.slice(0, bytes.length - 5),
  "empty": () => new Uint8Array(),
  "longer": (bytes) => Uint8Array.of(...bytes, ...bytes),
  "changed in its first byte": flipped(0),
  "changed in its header": flipped(30),
  "changed in its middle": (bytes) => flipped(bytes.length >> 1)(bytes),
  "changed near its end": flipped(-4),
  "gone": undefined,
};

Deno.test("a checkpoint that is damaged is told, and the one before is taken", async (t) => {
  for (const file of ["epoch-000002.safetensors", "best-000002.safetensors", "epoch-000002.json"]) {
    for (const [name, damage] of Object.entries(damages)) {
      await t.step(`${file} ${name}`, () =>
        withFolder({}, async (folder) => {
          await saveAll(folder, standing(1), standing(2));
          await inflict(`${folder}/${file}`, damage);
          const { found, told } = await reopen(folder);
          deepEqual(found, standing(1));
          // Without its record a checkpoint was never finished: nothing to tell.
          if (file.endsWith(".json") && name === "gone") return deepEqual(told, []);
          equal(told.length, 1);
          ok(told[0]!.startsWith(`Cannot read "${folder}/${file}": expected `), told.join());
          match(told[0]!, /; training goes on from an earlier epoch, or starts afresh$/);
        }));
    }
  }
});

Deno.test("where all checkpoints are damaged there is none, and the next one replaces them", () =>
  withFolder({}, async (folder) => {
    await saveAll(folder, standing(1), standing(2));
    await inflict(`${folder}/epoch-000001.json`, damages.empty);
    await inflict(`${folder}/epoch-000002.safetensors`, damages["cut off"]);
    const { found, told } = await reopen(folder);
    deepEqual([found, told.length], [undefined, 2]);
    await saveAll(folder, standing(1));
    deepEqual(await reopen(folder), { found: standing(1), told: [] });
    equal((await namesIn(folder)).length, 3);
  }));

Deno.test("a flipped bit in any byte of a record is damage or changes nothing", () =>
  withFolder({}, async (folder) => {
    await saveAll(folder, standing(1));
    const path = `${folder}/epoch-000001.json`, bytes = await Deno.readFile(path);
    let taken = 0;
    for (let i = 0; i < bytes.length; i++) {
      await Deno.writeFile(path, bytes.with(i, bytes[i]! ^ (1 << i % 8)));
      const { found, told } = await reopen(folder);
      if (found) deepEqual(found, standing(1));
      equal(told.length, found ? 0 : 1);
      if (found) taken++;
    }
    // The newline at the end may be another blank.
    ok(taken <= 1, `${taken}`);
  }));

Deno.test("a checkpoint of another run or of another model's size is told and not taken", () =>
  withFolder({}, async (folder) => {
    await saveAll(folder, standing(1));
    const other = await reopen(folder, { fingerprint: "0".repeat(64) });
    deepEqual([other.found, other.told.length], [undefined, 1]);
    match(other.told[0]!, /expected the fingerprint 0{64}, got f{64}: it is of another run;/);
    const larger = await reopen(folder, { size: 4 });
    deepEqual([larger.found, larger.told.length], [undefined, 1]);
    match(larger.told[0]!, /expected 4 numbers "parameters", got 3;/);
  }));

/** Runs until the `count`-th change to the disk, which and all after it never happen. */
async function killedAfter(count: number, run: () => Promise<void>): Promise<boolean> {
  const { writeFile, rename, remove, mkdir } = Deno;
  let done = 0, killed = false;
  const dying = <A extends unknown[]>(change: (...args: A) => Promise<void>) => (...args: A) => {
    killed ||= ++done > count;
    return killed ? Promise.reject(new Error("killed")) : change(...args);
  };
  Object.assign(Deno, {
    // Half of a file is what a kill leaves at worst.
    writeFile: async (path: string, bytes: Uint8Array) => {
      if (++done <= count) return writeFile(path, bytes);
      if (!killed) await writeFile(path, bytes.subarray(0, bytes.length >> 1));
      killed = true;
      throw new Error("killed");
    },
    rename: dying(rename),
    remove: dying(remove),
    mkdir: dying(mkdir),
  });
  try {
    await run();
  } catch (error) {
    if (!killed) throw error;
  } finally {
    Object.assign(Deno, { writeFile, rename, remove, mkdir });
  }
  return killed;
}

Deno.test("killed between any two changes to the disk, a save leaves the old or the new standing", async () => {
  let cut = 0, news = 0;
  for (let killed = true; killed; cut++) {
    await withFolder({}, async (folder) => {
      await saveAll(folder, standing(1), standing(2));
      killed = await killedAfter(cut, async () => {
        const checkpoints = openCheckpoints(folder, options);
        await checkpoints.load(size);
        await checkpoints.save(standing(3));
      });
      const { found, told } = await reopen(folder);
      deepEqual(told, []);
      deepEqual(found, standing(found!.history.length));
      ok([2, 3].includes(found!.history.length));
      if (found!.history.length === 3) news++;
      // Of a checkpoint that is being removed the record is the first to go.
      const names = await namesIn(folder);
      for (const name of names.filter((name) => name.endsWith(".json"))) {
        ok(names.includes(name.replace(".json", ".safetensors")), `${names}`);
      }
      // What the dead process left behind is gone with the next checkpoint, what it was writing once
      // nobody can be writing it any more.
      const hoursAgo = new Date(Date.now() - 2 * 3600e3);
      for (const name of names.filter((name) => name.endsWith(".partial"))) {
        await Deno.utime(`${folder}/${name}`, hoursAgo, hoursAgo);
      }
      await saveAll(folder, standing(4));
      equal((await namesIn(folder)).length, 3);
    });
  }
  // A folder, three files written and renamed, and those of epoch 1 removed: ten changes, four after the record.
  deepEqual([cut, news], [11, 4]);
});

Deno.test("a save that fails leaves no partial file", () =>
  withFolder({}, async (folder) => {
    const { rename } = Deno;
    Deno.rename = () => Promise.reject(new Deno.errors.PermissionDenied("not today"));
    try {
      await rejects(saveAll(folder, standing(1)), /not today/);
    } finally {
      Deno.rename = rename;
    }
    deepEqual(await namesIn(folder), []);
  }));

Deno.test("unseal() reads what seal() wrote, and nothing else", () => {
  const record = { b: [1 / 3, -0.1], a: { text: "θ\n" } };
  deepEqual(unseal(seal(record), { path: "a.json" }), record);
  const changed = [seal(record).replace("-0.1", "-0.2"), "{}", "null", "3", "", '{"sha256":"x"}'];
  for (const text of changed) {
    throws(() => unseal(text, { path: "a.json" }), {
      name: "RangeError",
      message: /^Cannot read "a\.json": expected content of SHA-256 .+ the file is damaged$/,
    });
  }
});

Deno.test("fingerprintOf() tells apart whatever differs", () => {
  const decides = { commit: "a", job: { seed: 1, split: [[1, 2], [3]] } };
  const all = [
    decides,
    { ...decides, commit: null },
    { ...decides, job: { seed: 2, split: [[1, 2], [3]] } },
    { ...decides, job: { seed: 1, split: [[1], [2, 3]] } },
  ].map(fingerprintOf);
  equal(new Set(all).size, 4);
  equal(fingerprintOf(structuredClone(decides)), all[0]);
  match(all[0]!, /^[0-9a-f]{64}$/);
});

Deno.test("parts of a run each find their own checkpoints, and no other's", () =>
  withFolder({}, async (folder) => {
    const open = () => openCheckpoints(folder, options);
    for (const [i, name] of ["0", "1"].entries()) await open().part!(name).save(standing(i + 1));
    for (const [i, name] of ["0", "1"].entries()) {
      deepEqual(await open().part!(name).load(size), standing(i + 1));
    }
    equal(await open().load(size), undefined);
    equal(await open().part!("2").load(size), undefined);
    const { executor, best, history } = standing(3);
    await open().part!("0").end!({ executor, best, history });
    deepEqual(await open().part!("0").ended!(size), { executor, best, history });
    deepEqual(await open().part!("1").load(size), standing(2));
    // A part that is moved to another's place is not taken for it.
    await Deno.rename(`${folder}/1`, `${folder}/2`);
    equal(await open().part!("2").load(size), undefined);
  }));

Deno.test("two makers of one run leave each other's unfinished files, and both come to its end", () =>
  withFolder({}, async (folder) => {
    const makers = [openCheckpoints(folder, options), openCheckpoints(folder, options)];
    await Promise.all(makers.map(async ({ save }) => {
      for (let epoch = 1; epoch <= 40; epoch++) await save(standing(epoch));
    }));
    deepEqual((await reopen(folder)).found, standing(40));
    const unfinished = "epoch-000041.safetensors.another-maker.partial";
    await Deno.writeTextFile(`${folder}/${unfinished}`, "half");
    const { best, history, executor } = standing(40);
    await Promise.all(makers.map(({ end }) => end!({ best, history, executor })));
    deepEqual(await namesIn(folder), ["ended.json", "ended.safetensors", unfinished]);
    deepEqual(await openCheckpoints(folder, options).ended!(size), { best, history, executor });
  }));

Deno.test("a record that another maker removes while it is looked for is none", () =>
  withFolder({}, async (folder) => {
    await saveAll(folder, standing(1), standing(2));
    const { readTextFile } = Deno;
    Deno.readTextFile = async (path, own) => {
      if (String(path).endsWith("epoch-000002.json")) await Deno.remove(path);
      return await readTextFile(path, own);
    };
    try {
      deepEqual(await reopen(folder), { found: standing(1), told: [] });
    } finally {
      Deno.readTextFile = readTextFile;
    }
  }));

Deno.test("a run says by what arithmetic it came about, its parts and all that it went on by", () =>
  withFolder({}, async (folder) => {
    const by = (digest: string) => {
      const arithmetic = { executor: "c", kind: "c, arm64", digest } as const;
      return openCheckpoints(folder, { ...options, arithmetic });
    };
    const digests = (of: Checkpoints) => of.arithmetics!().map(({ digest }) => digest);
    const first = by("a");
    await first.part!("1").save(standing(1));
    deepEqual(digests(first), ["a"]);
    const second = by("b");
    await second.part!("1").load(size);
    deepEqual(digests(second), ["a", "b"]);
    await second.part!("1").save(standing(2));
    const third = by("a").part!("1");
    await third.load(size);
    deepEqual(digests(third), ["a", "b"]);
    await third.end!({ ...standing(3) });
    const last = by("c");
    deepEqual(digests(last), ["c"]);
    await last.part!("1").ended!(size);
    deepEqual(digests(last), ["a", "b", "c"]);
    // What knows of none, as of an older version, is not taken for another.
    const silent = openCheckpoints(`${folder}/silent`, options);
    await silent.save(standing(1));
    const [record] = (await namesIn(`${folder}/silent`)).filter((name) => name.endsWith(".json"));
    ok(!(await Deno.readTextFile(`${folder}/silent/${record}`)).includes("arithmetics"));
  }));
