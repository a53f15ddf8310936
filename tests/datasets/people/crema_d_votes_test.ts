import { deepEqual, rejects } from "node:assert/strict";
import { readCremaDVotes } from "../../../lib/datasets/people/crema_d_votes.ts";
import { verdictOf } from "../../../lib/datasets/people/judged_set.ts";
import { withFolder } from "../temporary_folder.ts";
import { cremaDTables } from "./tables.ts";

const tables = cremaDTables([
  ["1001_IEO_NEU_XX", { N: 10, H: 1 }, { N: 8, S: 2 }, { N: 9, D: 1 }],
  ["1002_DFA_ANG_HI", { A: 5, D: 5 }, { A: 3, F: 1 }, { F: 7, A: 2 }],
]);

Deno.test("readCremaDVotes() tells by the first digit who heard, saw, or did both", async () => {
  const set = await withFolder(tables, readCremaDVotes);
  deepEqual(set.emotions, ["angry", "disgust", "fear", "happy", "neutral", "sad"]);
  deepEqual(set.samples, [
    {
      id: "1001_IEO_NEU_XX",
      group: "1001",
      intended: 4,
      votes: { audio: [0, 0, 0, 1, 10, 0], image: [0, 0, 0, 0, 8, 2], all: [0, 1, 0, 0, 9, 0] },
    },
    {
      id: "1002_DFA_ANG_HI",
      group: "1002",
      intended: 0,
      votes: { audio: [5, 5, 0, 0, 0, 0], image: [3, 0, 1, 0, 0, 0], all: [2, 0, 7, 0, 0, 0] },
    },
  ]);
});

Deno.test("verdictOf() has the first of equal emotions, and none where it has to be decided", () => {
  deepEqual(verdictOf([1, 4, 0, 4]), 1);
  deepEqual(verdictOf([1, 4, 0, 4], { decided: true }), undefined);
  deepEqual(verdictOf([1, 4, 0, 3], { decided: true }), 1);
});

Deno.test("readCremaDVotes() counts clips that were not judged in every way", async () => {
  const own = tables["tabulatedVotes.csv"]!;
  const lacking = { ...tables, "tabulatedVotes.csv": own.replace(/\n"200002".*/, "") };
  const set = await withFolder(lacking, readCremaDVotes);
  deepEqual(set.samples.length, 1);
  deepEqual(set.leftOut, { "no votes of those who had the face": 1 });
});

Deno.test("readCremaDVotes() refuses votes that are none, or that the summary denies", async () => {
  const refuses = (from: string | RegExp, to: string, message: RegExp) => {
    const votes = tables["tabulatedVotes.csv"]!.replace(from, to);
    return withFolder(
      { ...tables, "tabulatedVotes.csv": votes },
      (folder) => rejects(readCremaDVotes(folder), { name: "RangeError", message }),
    );
  };
  await refuses('"fileName"', '"clip"', /tabulatedVotes\.csv", line 1: expected a header with/);
  await refuses(
    '"100002"',
    '"7"',
    /line 3: expected a number from 100000 that begins with 1, 2 or 3, got "7"$/,
  );
  await refuses(
    /"1001_IEO_NEU_XX"/g,
    '"clip"',
    /line 2: expected a clip such as 1001_DFA_ANG_XX, got "clip"$/,
  );
  await refuses(
    '"100001",0,0,0,1,10,0',
    '"100001",0,0,0,1,9,0',
    /line 2: expected votes that add up to numResponses, "11", got "0", "0", "0", "1", "9", "0"$/,
  );
  // Blocks that were taken for each other would have other winners.
  await refuses(
    /"300002",2,0,7/,
    '"300002",7,0,2',
    /line 7: expected most votes for "F", as ".*summaryTable\.csv", line 3 has it of those who had both, got "A"$/,
  );
});
