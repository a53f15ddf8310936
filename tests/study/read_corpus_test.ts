import { deepEqual, equal, rejects } from "node:assert/strict";
import { defaultValence } from "../../lib/datasets/mod.ts";
import { openCorpora } from "../../lib/study/corpora.ts";
import { divideBy } from "../../lib/study/protocol.ts";
import { picture } from "../datasets/pictures.ts";
import { withFolder } from "../datasets/temporary_folder.ts";

const carer = {
  "emotions/train.txt":
    "i feel so low;sadness\nwhat a day;joy\nhow i hate this;anger\ni am glad;joy\n",
  "emotions/val.txt": "so alone;sadness\nlove it all;love\n",
  "emotions/test.txt": "what fun;joy\nwhat a day;joy\ni am afraid;fear\n",
};

Deno.test("one table with a split has parts too, and CARER's numbers", () =>
  withFolder(
    { "emotions/text.csv": "text,label,split\nlow,0,train\nglad,1,val\nscared,4,test\n" },
    async (folder) => {
      const { text: { samples } } = await read(folder, ["text"]);
      deepEqual(
        samples.map(({ emotion, label, part }) => `${emotion} ${label} ${part}`),
        ["sadness 0 train", "joy 1 validation", "fear 0 test"],
      );
    },
  ));

/** Ten pictures that do not look alike, the last as the first; in the names of FER2013. */
async function fer2013(): Promise<Record<string, Uint8Array>> {
  const places = [
    ...["angry/Training_1", "happy/Training_2", "sad/Training_3", "happy/Training_4"],
    ...["fear/PublicTest_5", "happy/PublicTest_6", "sad/PrivateTest_7", "happy/PrivateTest_8"],
    ...["neutral/Training_9", "angry/PrivateTest_10"],
  ];
  const entries = await Promise.all(
    places.map(async (place, i) => [`faces/${place}.png`, await picture(i % 9)] as const),
  );
  return Object.fromEntries(entries);
}

const read = (folder: string, present: readonly ("text" | "image")[]) =>
  openCorpora(folder, {
    ...{ valence: defaultValence, label: "made up", present },
    inParts: true,
  });

Deno.test("CARER's three files are texts in its parts, copies among them", () =>
  withFolder(carer, async (folder) => {
    const { text } = await read(folder, ["text"]);
    equal(text.name, "dair-ai/emotion (test.txt, train.txt, val.txt) (made up)");
    deepEqual(
      text.samples.map(({ id, emotion, label, part }) => `${id} ${emotion} ${label} ${part}`),
      [
        ...["test.txt:1 joy 1 test", "test.txt:2 joy 1 test", "test.txt:3 fear 0 test"],
        ...["train.txt:1 sadness 0 train", "train.txt:2 joy 1 train", "train.txt:3 anger 0 train"],
        ...["train.txt:4 joy 1 train", "val.txt:1 sadness 0 validation"],
        "val.txt:2 love 1 validation",
      ],
    );
    const none = { image: [], audio: [] };
    const [divided] = divideBy({ text: text.samples, ...none }, {
      seed: 1,
      data: { cap: "none", testFraction: 0.2, validationFraction: 0.1 },
      protocol: { present: ["text"], split: "own", leaks: "drop" },
    });
    // The joy that is also tested on is not learnt from.
    deepEqual(divided!.split.text, { train: [3, 5, 6], validation: [7, 8], test: [0, 1, 2] });
    deepEqual(divided!.reports.text!.dropped, { train: 1, validation: 0 });
  }));

Deno.test("FER2013's names are images in its parts, neutral ones left out, copies kept", async () =>
  await withFolder(await fer2013(), async (folder) => {
    const { image } = await read(folder, ["image"]);
    equal(image.name, "FER2013 as images (made up)");
    deepEqual(
      image.samples.map(({ id, label, part }) => `${id.replace(/\..*/, "")} ${label} ${part}`),
      [
        ...["angry/PrivateTest_10 0 test", "angry/Training_1 0 train"],
        ...["fear/PublicTest_5 0 validation", "happy/PrivateTest_8 1 test"],
        ...["happy/PublicTest_6 1 validation", "happy/Training_2 1 train"],
        ...["happy/Training_4 1 train", "sad/PrivateTest_7 0 test", "sad/Training_3 0 train"],
      ],
    );
    equal(image.samples[0]!.hash, image.samples[1]!.hash);
    // The folder itself is the same set.
    const { image: itself, text } = await read(`${folder}/faces`, ["image"]);
    deepEqual(itself.samples, image.samples);
    deepEqual(text.samples, []);
  }));

Deno.test("a corpus that has no parts is refused where they are asked for", () =>
  withFolder(
    { "emotions/text.csv": "text,label\nwell,1\n", "faces/happy/1.png": "", "faces/sad/2.png": "" },
    async (folder) => {
      await rejects(
        read(folder, ["text"]),
        (error: Error) =>
          error.message === `Cannot read "${folder}/emotions" in parts: expected train, val and ` +
              "test as .txt, or as tables of text and label, or one table with a split, got a folder without",
      );
    },
  ));
