/** MELD: what people say to each other in a series. @module */

import type { CorpusFile } from "../corpus_files.ts";
import type { Row } from "../rows.ts";
import { tableRows } from "../table_rows.ts";
import {
  foldersOf,
  headerOf,
  type Layout,
  mediumOf,
  type Seen,
  stemOf,
  tablesWith,
} from "./layout.ts";
import { partOfFile, partsOf, placeIn } from "./text_lines.ts";

const columns = ["utterance", "emotion", "dialogue_id", "utterance_id", "speaker"] as const;
const read: readonly string[] = columns;

/**
 * MELD (Poria et al., ACL 2019): `train_sent_emo.csv`, `dev_sent_emo.csv`, `test_sent_emo.csv`, or one
 * of them. The label is `Emotion`. A dialogue stays on one side; its numbers begin anew in each file.
 * A clip is `dia12_utt3`, in a folder whose name says of which file, as `train_splits` and
 * `output_repeated_splits_test` do; sound files of that name are read.
 */
export const meld: Layout = {
  name: "MELD",
  looksLike: "tables with the columns Utterance, Emotion, Dialogue_ID, Utterance_ID and Speaker",
  async fit(seen) {
    return (await tablesWith(seen, columns)).fit;
  },
  async rows(seen) {
    const { tables } = await tablesWith(seen, columns);
    const parts = partsOf(tables);
    const clips = clipsOf(seen);
    const rows: Row[] = [];
    const speakers = new Map<string, Set<string>>();
    for (const file of tables) {
      const list = partOfFile(file) ?? "";
      for await (const { line, fields } of tableRows(file.path, columns)) {
        const dialogue = `dia${fields.dialogue_id.trim()}`;
        const clip = clips.get(`${list} ${dialogue}_utt${fields.utterance_id.trim()}`);
        const [audio, video] = ["audio", "video"].map((medium) =>
          clip?.find((one) => mediumOf(one) === medium)
        );
        const speaker = fields.speaker.trim();
        speakers.set(speaker, (speakers.get(speaker) ?? new Set()).add(file.id));
        rows.push({
          place: placeIn(seen, file, line),
          id: "",
          cells: { text: fields.utterance.trim(), ...audio && { audio: audio.path } },
          ...video && { video: video.path },
          label: fields.emotion,
          group: `${list} ${dialogue}`.trim(),
          part: parts.get(file),
        });
      }
    }
    const shared = [...speakers.values()].filter((files) => files.size > 1).length;
    const header = await headerOf(seen, tables[0]!);
    return {
      rows,
      layout: `MELD (${tables.map(({ id }) => id).join(", ")})`,
      groupedBy: "dialogue",
      unused: header.filter((name) => name !== "" && !read.includes(name)),
      notes: shared > 0 ? [`${shared} speakers are in more than one file`] : [],
    };
  },
};

/** Files of clips by the part of their list and their name: `dev dia0_utt1`. */
function clipsOf({ files }: Seen): Map<string, CorpusFile[]> {
  const clips = files.filter((file) =>
    /^(final_videos_test)?dia\d+_utt\d+$/i.test(stemOf(file.id)) && mediumOf(file) !== undefined
  );
  return Map.groupBy(clips, (file) => {
    const folder = foldersOf(file).find((name) => /train|dev|val|test/i.test(name)) ?? "";
    const part = /train/i.test(folder)
      ? "train"
      : /dev|val/i.test(folder)
      ? "validation"
      : /test/i.test(folder)
      ? "test"
      : "";
    return `${part} ${stemOf(file.id).toLowerCase().replace(/^final_videos_test/, "")}`;
  });
}
