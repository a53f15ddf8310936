import { deepEqual, equal, rejects } from "node:assert/strict";
import { picture } from "../pictures.ts";
import { readSet } from "./read_set.ts";

const meldHeader = "Sr No.,Utterance,Speaker,Emotion,Sentiment,Dialogue_ID,Utterance_ID,Season";
const meldFiles = {
  "data/train_sent_emo.csv": [
    meldHeader,
    '1,"Oh my God, he\u0092s lost it.",Phoebe,sadness,negative,0,0,4',
    "2,Or! Or we could go!,Eric,joy,positive,0,1,4",
    "3,Fine.,Eric,neutral,neutral,1,0,4",
  ].join("\n"),
  "data/dev_sent_emo.csv": `${meldHeader}\n1,You liked it?,Phoebe,surprise,positive,0,0,7\n`,
  "data/test_sent_emo.csv": `${meldHeader}\n1,Why?,Mark,anger,negative,0,0,3\n`,
};

Deno.test("MELD's three tables are one set, a dialogue a group, with the clips that are there", async () => {
  const { rows, sources: [, , audio], report } = await readSet({
    ...meldFiles,
    "train_splits/dia0_utt0.wav": "train 0 0",
    "train_splits/dia0_utt0.mp4": "a video",
    "train_splits/dia0_utt1.mp4": "a video",
    "dev_splits_complete/dia0_utt0.wav": "dev 0 0",
    "output_repeated_splits_test/final_videos_testdia0_utt0.wav": "test 0 0",
  });
  deepEqual(rows, [
    "text+audio data/dev_sent_emo.csv:2 surprise 1 validation dia0 validation",
    "text+audio data/test_sent_emo.csv:2 anger 0 test dia0 test",
    "text+audio data/train_sent_emo.csv:2 sadness 0 train dia0 train",
    "text data/train_sent_emo.csv:3 joy 1 train dia0 train",
  ]);
  deepEqual(
    audio!.map((source) => "path" in source && source.path.replace(/^.*\/(.*\/)/, "$1")),
    [
      "dev_splits_complete/dia0_utt0.wav",
      "output_repeated_splits_test/final_videos_testdia0_utt0.wav",
      "train_splits/dia0_utt0.wav",
    ],
  );
  deepEqual(report.groups, { by: "dialogue", count: 3 });
  deepEqual(report.unused, ["sr no.", "sentiment", "season"]);
  deepEqual(report.notes.slice(1), [
    "1 speakers are in more than one file",
    "2 rows have a video, which is not opened here",
  ]);
  const alone = await readSet(meldFiles, { at: "data/train_sent_emo.csv" });
  deepEqual(alone.rows, [
    "text train_sent_emo.csv:2 sadness 0 train dia0 -",
    "text train_sent_emo.csv:3 joy 1 train dia0 -",
  ]);
});

Deno.test("GoEmotions leaves out and counts comments with several emotions, or takes the first", async () => {
  const files = {
    "train.tsv": 'He said "no\t27\ta1\nSo good,\t0,17\ta2\nHa!\t1\ta3\nHm\t7,2\ta4\n',
    "dev.tsv": "Ugh\t3\tb1\n",
    "test.tsv": "Yay\t17\tc1\n",
    "emotions.txt": "admiration\namusement\n",
  };
  const { rows, report } = await readSet(files);
  deepEqual(rows, [
    "text b1 annoyance 0 row dev.tsv:1 validation",
    "text c1 joy 1 row test.tsv:1 test",
    "text a3 amusement 1 row train.tsv:3 train",
  ]);
  deepEqual(report.leftOut, [
    { reason: "neutral", rows: 1, places: ["train.tsv:1"] },
    { reason: "several labels", rows: 2, places: ["train.tsv:2", "train.tsv:4"] },
  ]);
  equal(
    report.notes[2],
    "2 rows have several labels: --several first takes the first of each, --several agree those " +
      "that are of one class",
  );
  const { rows: first } = await readSet(files, { several: "first" });
  deepEqual(first.map((row) => row.split(" ")[2]), ["annoyance", "joy", "admiration", "amusement"]);
  const { rows: agreed } = await readSet(files, { several: "agree" });
  deepEqual(agreed.map((row) => row.split(" ")[1]), ["b1", "c1", "a2", "a3"]);
  await rejects(
    readSet({ "train.tsv": `${"a\t1\tx\n".repeat(60)}b\tjoy\ty\n` }),
    /train\.tsv", line 61: expected text, numbers and id between tabs, got "b\\tjoy\\ty"$/,
  );
});

Deno.test("GoEmotions by rater has a column an emotion", async () => {
  const { numberings } = await import("../../../lib/datasets/numberings.ts");
  const emotions = Object.values(numberings.goemotions);
  const row = (text: string, ...own: string[]) =>
    [text, "id", "1", ...emotions.map((name) => own.includes(name) ? 1 : 0)].join(",");
  const { rows, report } = await readSet({
    "goemotions_1.csv": [
      ["text", "id", "rater_id", ...emotions].join(","),
      ...[row("good", "joy"), row("good", "joy"), row("what", "anger", "joy"), row("well")],
      ...[row("mixed", "anger"), row("mixed", "joy"), row("no", "grief")],
    ].join("\n"),
  }, { at: "goemotions_1.csv" });
  deepEqual(rows, [
    "text goemotions_1.csv:2 joy 1 row 2 -",
    "text goemotions_1.csv:8 grief 0 row 8 -",
  ]);
  deepEqual(report.leftOut, [
    { reason: "duplicate", rows: 1, places: [3] },
    { reason: "several labels", rows: 1, places: [4] },
    { reason: "conflicting", rows: 2, places: [6, 7] },
    { reason: "without an emotion", rows: 1, places: [5] },
  ]);
});

Deno.test("TweetEval has texts and numbers in two files, and a mapping", async () => {
  const files = {
    "emotion/train_text.txt": "what a mess\nlove it\n \n",
    "emotion/train_labels.txt": "0\n1\n1\n",
    "emotion/val_text.txt": "hope\n",
    "emotion/val_labels.txt": "2\n",
    "emotion/test_text.txt": "low",
    "emotion/test_labels.txt": "3",
  };
  const { rows, report } = await readSet(files);
  deepEqual(rows.map((row) => row.split(" ").filter((_, i) => i !== 1).join(" ")), [
    "text sadness 0 row emotion/test_text.txt:1 test",
    "text anger 0 row emotion/train_text.txt:1 train",
    "text joy 1 row emotion/train_text.txt:2 train",
    "text optimism 1 row emotion/val_text.txt:1 validation",
  ]);
  equal(report.layout, "TweetEval");
  deepEqual(report.leftOut, [
    { reason: "nothing in it", rows: 1, places: ["emotion/train_text.txt:3"] },
  ]);
  const mapping = { "emotion/mapping.txt": "0\tnegative\n1\tneutral\n2\tpositive\n3\tnegative\n" };
  deepEqual(
    (await readSet({ ...files, ...mapping })).report.labels.map(({ label, emotion }) =>
      `${label} ${emotion}`
    ),
    ["3 negative", "0 negative", "1 neutral", "2 positive"],
  );
  await rejects(
    readSet({ ...files, "emotion/train_labels.txt": "0\n" }),
    /train_text\.txt": expected as many lines as labels, 1, got 3$/,
  );
  // Of two tasks, it is for the caller to name one.
  await rejects(
    readSet({ ...files, "hate/val_text.txt": "x", "hate/val_labels.txt": "0" }),
    RangeError,
  );
});

Deno.test("dair-ai/emotion has a text and its emotion a line", async () => {
  const files = {
    "train.txt": "i feel; well, low;sadness\r\ni am so happy;joy\r\n",
    "val.txt": "i adore it;love\n",
    "test.txt": "no;anger\n",
  };
  const { rows } = await readSet(files);
  deepEqual(rows.map((row) => row.split(" ").filter((_, i) => i !== 1).join(" ")), [
    "text anger 0 row test.txt:1 test",
    "text sadness 0 row train.txt:1 train",
    "text joy 1 row train.txt:2 train",
    "text love 1 row val.txt:1 validation",
  ]);
  const { sources: [text], report } = await readSet(files, { at: "train.txt" });
  deepEqual(text![0], { text: "i feel; well, low" });
  equal(report.layout, "dair-ai/emotion (train.txt)");
  await rejects(
    readSet({ "train.txt": `${"a;joy\n".repeat(60)}b;glee\n` }),
    /train\.txt", line 61: expected text;emotion, got "b;glee"$/,
  );
});

Deno.test("MVSA-Single leaves out a text against its image, and a neutral one takes the other's label", async () => {
  const { rows, sources: [text], report } = await readSet({
    "labelResultAll.txt": [
      ..."ID\ttext,image|1\tpositive,positive|2\tneutral,negative|3\tpositive,neutral".split("|"),
      ..."4\tpositive,negative|5\tneutral,neutral|6\tpositive,positive|7\tnegative,neutral".split(
        "|",
      ),
    ].join("\r\n"),
    "data/1.txt": "yes",
    "data/1.jpg": await picture(1),
    // In Windows-1252, as some files are.
    "data/2.txt": Uint8Array.from("caf\xe9 \x92", (c) => c.charCodeAt(0)),
    "data/2.jpg": await picture(2),
    "data/3.txt": "so",
    "data/3.jpg": await picture(3),
    "data/4.txt": "a",
    "data/4.jpg": await picture(4),
    "data/5.txt": "b",
    "data/5.jpg": await picture(5),
    "data/6.txt": "no picture",
    "data/7.txt": " \n",
    "data/7.jpg": await picture(6),
  });
  deepEqual(rows, [
    "text+image 1 positive 1 row labelResultAll.txt:2 -",
    "text+image 2 negative 0 row labelResultAll.txt:3 -",
    "text+image 3 positive 1 row labelResultAll.txt:4 -",
  ]);
  deepEqual(text![1], { text: "café ’" });
  deepEqual(report.leftOut, [
    { reason: "neutral", rows: 1, places: ["labelResultAll.txt:6"] },
    { reason: "text against image", rows: 1, places: ["labelResultAll.txt:5"] },
    { reason: "no such files", rows: 1, places: ["labelResultAll.txt:7"] },
    { reason: "an empty text", rows: 1, places: ["labelResultAll.txt:8"] },
  ]);
});

Deno.test("MVSA-Multiple takes the majority of three annotators, for text and image by itself", async () => {
  const verdicts = [
    ["1", "positive,neutral", "positive,neutral", "negative,positive"], // positive, neutral
    ["2", "positive,neutral", "neutral,neutral", "negative,positive"], // none, neutral
    ["3", "neutral,negative", "neutral,negative", "neutral,positive"], // neutral, negative
    ["4", "positive,negative", "positive,negative", "neutral,negative"], // positive, negative
  ];
  const files: Record<string, string | Uint8Array> = {
    "labelResultAll.txt": [
      "ID\ttext,image\ttext,image\ttext,image",
      ...verdicts.map((v) => v.join("\t")),
    ]
      .join("\n"),
  };
  for (const [id] of verdicts) {
    files[`data/${id}.txt`] = `text ${id}`;
    files[`data/${id}.jpg`] = await picture(10 + Number(id));
  }
  const { rows, report } = await readSet(files);
  deepEqual(rows.map((row) => row.split(" ").slice(1, 4).join(" ")), [
    "1 positive 1",
    "3 negative 0",
  ]);
  deepEqual(report.leftOut.map(({ reason, rows }) => [reason, rows]), [
    ...[["three annotators of three minds", 1], ["text against image", 1]],
  ]);
  await rejects(
    readSet({ "labelResultAll.txt": "ID\ttext,image\n1\tpositive\n" }),
    /line 2: expected an id and labels of text and image, got "1\\tpositive"$/,
  );
});

Deno.test("tables named by their parts are one set of texts; six numbers are CARER's", async () => {
  const files = {
    "training.csv": 'text,label\nso low,0\n"glad, so glad",1\nlove it,2\nhate it,3\n',
    "validation.csv": "label,text\n4,so scared\n",
    "test.csv": "text,label\r\noh!,5\r\nwhat fun,1\r\n",
    "README.md": "What these are.",
  };
  const { rows, report } = await readSet(files);
  deepEqual(rows, [
    "text test.csv:2 surprise 1 row test.csv:2 test",
    "text test.csv:3 joy 1 row test.csv:3 test",
    "text training.csv:2 sadness 0 row training.csv:2 train",
    "text training.csv:3 joy 1 row training.csv:3 train",
    "text training.csv:4 love 1 row training.csv:4 train",
    "text training.csv:5 anger 0 row training.csv:5 train",
    "text validation.csv:2 fear 0 row validation.csv:2 validation",
  ]);
  equal(report.layout, "tables of parts (test.csv, training.csv, validation.csv)");
  // Two numbers may be polarities.
  const { rows: two } = await readSet({
    "train.csv": "text,label\nbad,0\ngood,1\n",
    "test.csv": "text,label\nworse,0\nbetter,1\n",
  });
  deepEqual(two.map((row) => row.split(" ").slice(2, 4).join(" ")), [
    ...["negative 0", "positive 1", "negative 0", "positive 1"],
  ]);
});

Deno.test("tables that have more than texts, or are not all of a part, are no such set", async () => {
  const header = "text,label\n";
  for (
    const files of [
      { "train.csv": "text,label,image\nbad,0,1.png\n", "test.csv": "text,label\ngood,1\n" },
      { "train.csv": `${header}bad,0\n`, "mine.csv": `${header}good,1\n` },
      { "train.csv": `${header}bad,0\n`, "training.csv": `${header}good,1\n` },
    ]
  ) await rejects(readSet(files), /^RangeError: Cannot read ".*": expected a table/);
});
