import { deepEqual, rejects } from "node:assert/strict";
import { openRowVideos } from "../../lib/datasets/row_videos.ts";
import type { Row, Rows } from "../../lib/datasets/rows.ts";

const row = (place: string, own: Partial<Row>): Row => ({
  ...{ place, id: "", cells: {}, label: "joy", group: "", part: undefined },
  ...own,
});
const set: Rows = {
  rows: [
    row("a", { cells: { text: "hey" }, video: "a.mp4" }),
    row("b", { video: "b.mp4" }),
    row("c", { cells: { text: "no" } }),
  ],
  ...{ layout: "X", groupedBy: null, notes: ["first"], leftOut: [] },
};

Deno.test("a row's video gives what it has no cell for", async () => {
  const told: number[][] = [];
  const { rows, leftOut, notes } = await openRowVideos(set, {
    openVideo: (path) =>
      Promise.resolve(path === "a.mp4" ? { text: "heard", image: "a.png", audio: "a.wav" } : {}),
    onProgress: (done, total) => void told.push([done, total]),
  });
  deepEqual(rows.map(({ place, cells }) => [place, cells]), [
    ["a", { text: "hey", image: "a.png", audio: "a.wav" }],
    ["c", { text: "no" }],
  ]);
  deepEqual(leftOut, [{ reason: "a video without text, image and sound", rows: 1, places: ["b"] }]);
  deepEqual(notes, ["first", "2 rows have a video, which gives what they have no file for"]);
  deepEqual(told, [[1, 2], [2, 2]]);
  const openVideo = () => Promise.reject(new RangeError("no ffmpeg"));
  await rejects(openRowVideos(set, { openVideo }), /no ffmpeg/);
});

Deno.test("where videos are not opened a row is what it has besides, and one with nothing is left out", async () => {
  const { rows, leftOut, notes } = await openRowVideos(set);
  deepEqual(rows.map(({ place, cells }) => [place, cells]), [
    ["a", { text: "hey" }],
    ["c", { text: "no" }],
  ]);
  deepEqual(leftOut, [{
    reason: "only a video, which is not opened here",
    rows: 1,
    places: ["b"],
  }]);
  deepEqual(notes, ["first", "2 rows have a video, which is not opened here"]);
});
