import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { namesIn } from "../../lib/files.ts";
import { assertNoParts, markPart } from "../../lib/study/part_marks.ts";
import { withFolder } from "../datasets/temporary_folder.ts";

const pulse = { beatSeconds: 0.05, deadSeconds: 0.5 };

Deno.test("what parts make is not collected while one of them gives signs of life, and is when it has ended", () =>
  withFolder({}, async (folder) => {
    await assertNoParts(`${folder}/nowhere`, pulse);
    const marks = [await markPart(folder, "3/9", pulse), await markPart(folder, "4/9", pulse)];
    await marks[0]!.end();
    await rejects(assertNoParts(folder, pulse), {
      name: "Error",
      message: `Cannot collect "${folder}": expected that all parts have ended, got part 4/9 at ` +
        "work; the same command collects once they have",
    });
    await marks[1]!.end();
    await assertNoParts(folder, pulse);
    deepEqual(await namesIn(`${folder}/parts`), []);
  }));

Deno.test("a part that was killed keeps nobody from collecting for longer than until it is dead", () =>
  withFolder({ "parts/0-of-2.json": "{}" }, async (folder) => {
    const told: string[] = [];
    await assertNoParts(folder, { ...pulse, onMessage: (message) => told.push(message) });
    equal(told.length, 1);
    match(told[0]!, /^waiting for part 0\/2, or for [01] s without a sign of life$/);
    const longAgo = new Date(Date.now() - 3600e3);
    await Deno.utime(`${folder}/parts/0-of-2.json`, longAgo, longAgo);
    await assertNoParts(folder, { onMessage: (message) => told.push(message) });
    equal(told.length, 1);
  }));
