import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { readPairedTable, type TableOptions } from "../../lib/datasets/table.ts";
import { picture } from "./pictures.ts";
import { withFolder } from "./temporary_folder.ts";

const [face, other] = [await picture(1), await picture(2)];

/** Reads a table beside two videos, which a stand-in opens, and tells of each opening. */
async function readVideos(lines: readonly string[], { name = "set.csv" } = {}) {
  const opened: string[] = [];
  const files = {
    "v/a.mp4": "a",
    "v/cafe\u0301 (1).webm": "b",
    "face.png": face,
    "other.png": other,
  };
  const read = await withFolder({ ...files, [name]: lines.join("\n") }, async (folder) => {
    const openVideo: TableOptions["openVideo"] = async (path) => {
      opened.push(path.slice(folder.length + 1));
      const audio = `${folder}/${opened.length}.wav`;
      await Deno.writeTextFile(audio, path);
      return path.includes("a.mp4")
        ? { text: "so said", image: `${folder}/face.png`, audio }
        : { audio };
    };
    return await readPairedTable(`${folder}/${name}`, { openVideo });
  });
  return { ...read, opened };
}

Deno.test("a video fills what its row has no cell for, and is opened once", async () => {
  const { corpora, pairs, report, opened } = await readVideos([
    "video,text,image,label,speaker",
    "v/a.mp4,,,joy,Ann",
    "v\\a.mp4,my own words,other.png,anger,Ann",
    // Written with one character, and named with two.
    "v/caf\u00e9 (1).webm,,,sad,Bob",
    ",so be it,,happy,Bob",
  ]);
  deepEqual(opened.toSorted(), ["v/a.mp4", "v/cafe\u0301 (1).webm"]);
  deepEqual(pairs, [
    { text: 0, image: 0, audio: 0 },
    { text: 1, image: 1, audio: 1 },
    { audio: 2 },
    { text: 2 },
  ]);
  const texts = corpora.text.samples.map(({ source }) => "text" in source && source.text);
  deepEqual(texts, ["so said", "my own words", "so be it"]);
  deepEqual(report.groups, { by: 'the column "speaker"', count: 2 });
  deepEqual(report.unused, []);
  ok(
    report.notes.some((note) =>
      /^3 rows have a video, which gives what they have no file for$/.test(note)
    ),
  );
});

Deno.test("paths lead from the table's folder, and from another one that is said", () =>
  withFolder({
    ...{ "t/set.csv": "text,audio,label\na,x/1.wav,0\nb,x\\2.wav,1\nc,3.wav,1\n" },
    ...{ "t/x/1.wav": "one", "c/x/1.wav": "one", "c/x/2.wav": "two", "t/3.wav": "three" },
  }, async (folder) => {
    const path = `${folder}/t/set.csv`, from = `${folder}/c`;
    const { corpora: { audio } } = await readPairedTable(path, { from });
    deepEqual(audio.samples.map(({ source }) => source), [
      ...[{ path: `${folder}/t/x/1.wav` }, { path: `${folder}/c/x/2.wav` }],
      { path: `${folder}/t/3.wav` },
    ]);
    await rejects(
      readPairedTable(path),
      /line 3: expected a file for audio, got none at "[^"]*\/t\/x\/2\.wav"$/,
    );
    await rejects(
      readPairedTable(path, { from: folder }),
      /line 3: .* got none at "[^"]*\/t\/x\/2\.wav" or "[^"]*[^t]\/x\/2\.wav"$/,
    );
    // Of the same length.
    await Deno.writeTextFile(`${from}/x/1.wav`, "two");
    await rejects(
      readPairedTable(path, { from }),
      /line 2: expected one file "x\/1.wav", got two that differ, ".*t\/x\/1.wav" and ".*c\/x\/1.wav": an absolute/,
    );
  }));

Deno.test("a column of videos that names no files is one of groups, and one of files is none", async () => {
  const named = await readVideos(["video,text,label", "A,one,0", "A,two,1", "B,three,1"]);
  deepEqual(named.report.groups, { by: 'the column "video"', count: 2 });
  deepEqual([named.opened, named.corpora.text.samples[0]!.group], [[], "A"]);
  const files = await readVideos(["VIDEO,text,label", "v/a.mp4,one,0", "v/a.mp4,two,1"]);
  equal(files.report.groups.by, null);
  await rejects(readVideos(["video,speaker,text,label", "A,Ann,one,0"]), {
    name: "RangeError",
    message: /set.csv": expected one column "group", got "video" and "speaker"$/,
  });
});

Deno.test("a video that is not there is refused by line; one that nothing opens is left out", async () => {
  const lines = ["video,text,label", "v/a.mp4,one,0", "v/none.mp4,two,1"];
  await rejects(readVideos(lines), {
    name: "RangeError",
    message: /set.csv", line 3: expected a file for video, got none at ".*\/v\/none.mp4"$/,
  });
  const table = "video,text,label\na.mp4,,0\na.mp4,one,1\n";
  await withFolder({ "a.mp4": "", "set.csv": table }, async (folder) => {
    const path = `${folder}/set.csv`;
    const { pairs, report } = await readPairedTable(path);
    deepEqual([pairs, report.leftOut.map(({ reason, places }) => [reason, places])], [
      [{ text: 0 }],
      [["only a video, which is not opened here", [2]]],
    ]);
    const openVideo = () => Promise.reject(new RangeError("no ffmpeg"));
    await rejects(readPairedTable(path, { openVideo }), /^RangeError: no ffmpeg$/);
  });
});
