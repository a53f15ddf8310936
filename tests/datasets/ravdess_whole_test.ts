import { deepEqual, equal } from "node:assert/strict";
import { auditSplit } from "../../lib/datasets/audit.ts";
import { parseRavdessName, readRavdess } from "../../lib/datasets/ravdess.ts";
import { emoboxFolds, foldSplit, statementSplit } from "../../lib/datasets/split.ts";
import { key } from "../../lib/tensor/random.ts";
import { wave, wholeCorpus } from "./ravdess_files.ts";
import { withFolder } from "./temporary_folder.ts";

/** The files as Kaggle has them: by actor, and all of it again in a nested folder. */
function asOnKaggle(names: readonly string[], channel: "speech" | "song") {
  return Object.fromEntries(names.flatMap((name) => {
    const path = `Actor_${name.slice(18, 20)}/${name}`;
    return [path, `audio_${channel}_actors_01-24/${path}`].map((p) => [p, wave(name)]);
  }));
}

Deno.test("readRavdess() finds 1,440 and 1,012 clips in archives that hold each twice", async () => {
  const { speech, song } = wholeCorpus();
  const files = { ...asOnKaggle(speech, "speech"), ...asOnKaggle(song, "song") };
  equal(Object.keys(files).length, 2 * 2452);
  await withFolder(files, async (folder) => {
    const corpus = await readRavdess(folder, { expect: "speech and song" });
    const { samples, excluded, notes } = corpus;
    equal(corpus.name, "RAVDESS speech and song");
    // 576 and 368 positive, 768 and 552 negative, 96 and 92 neutral.
    equal(samples.filter(({ label }) => label === 1).length, 576 + 368);
    equal(samples.length, 2264);
    deepEqual(excluded, { neutral: 188, duplicate: 2452 });
    deepEqual(notes, [
      "speech: 1440 of 1440 files, 24 of 24 actors",
      "song: 1012 of 1012 files, 23 of 23 actors",
    ]);

    // EmoBox's folds hold a sixth of the speech each, with the songs of the same actors.
    for (let fold = 1; fold <= emoboxFolds.length; fold++) {
      const split = foldSplit(samples, { fold, validation: { groups: 4, key: key(fold) } });
      const spoken = split.test.filter((i) => samples[i]!.id.startsWith("03-01"));
      // Of 240 clips 16 are neutral.
      equal(spoken.length, 224);
      equal(auditSplit(samples, split).groups.test, 4);
    }
    const split = statementSplit(samples, {
      statementOf: ({ id }) => parseRavdessName(id).statement,
      test: 2,
      validation: { groups: 4, key: key(1) },
    });
    equal(split.test.length, 1132);
    equal(split.test.every((i) => samples[i]!.id.slice(12, 14) === "02"), true);
  });
});
