/** Sets of clips whose file names say who speaks and how. @module */

import type { CorpusFile } from "../corpus_files.ts";
import { countLeftOut, type Row, type Rows } from "../rows.ts";
import { isAbout, type Layout, mediumOf, type Seen, stemOf } from "./layout.ts";

/** What a name says. */
export interface ClipName {
  /** What its files have in common, be they sound or video, converted or copied. */
  readonly clip: string;
  /** As the name has it. */
  readonly label: string;
  /** Who speaks. */
  readonly group: string;
}

/** A set that is recognised by its names. */
export interface NamedClips extends Pick<Layout, "name" | "looksLike"> {
  /** What a file's name says, without its ending; undefined of other names. */
  readonly read: (stem: string, file: CorpusFile) => ClipName | undefined;
  /** What names the groups: `actor`. */
  readonly groupedBy: string;
  readonly numbering: NonNullable<Rows["numbering"]>;
  /** What a user of this set has to know. */
  readonly notes?: (rows: readonly Row[]) => readonly string[];
}

// With fewer names than that it is some other set that happens to have a name alike.
const leastShare = 0.5;

/** The layout of a set of named clips. */
export function namedClips(set: NamedClips): Layout {
  const { name, looksLike, read } = set;
  return {
    name,
    looksLike,
    fit({ files }) {
      const clips = files.filter(isClip);
      const share = clips.filter((file) => read(stemOf(file.id), file)).length / clips.length;
      return share >= leastShare ? 1 : share || 0;
    },
    rows: (seen) => Promise.resolve(rowsOf(seen, set)),
  };
}

function isClip(file: CorpusFile): boolean {
  const medium = mediumOf(file);
  return medium === "audio" || medium === "video";
}

function rowsOf({ files }: Seen, { name, read, groupedBy, numbering, notes }: NamedClips): Rows {
  const named: (ClipName & { readonly file: CorpusFile })[] = [];
  const out: [place: string, reason: string][] = [];
  for (const file of files) {
    const said = isClip(file) ? read(stemOf(file.id), file) : undefined;
    if (said !== undefined) named.push({ ...said, file });
    else if (isClip(file)) out.push([file.id, "a clip of another name"]);
    else if (!isAbout(file)) out.push([file.id, "not a clip"]);
  }
  const rows = [...Map.groupBy(named, ({ clip }) => clip).values()].map((takes): Row => {
    const [sound, ...sounds] = takes.filter(({ file }) => mediumOf(file) === "audio");
    const [video, ...videos] = takes.filter(({ file }) => mediumOf(file) === "video");
    for (const { file } of [...sounds, ...videos]) out.push([file.id, "another file of a clip"]);
    const { label, group, file } = (sound ?? video)!;
    return {
      ...{ place: file.id, id: "", label, group, part: undefined },
      cells: sound ? { audio: sound.file.path } : {},
      ...video && { video: video.file.path },
    };
  });
  return {
    rows,
    layout: name,
    groupedBy,
    numbering,
    leftOut: countLeftOut(out),
    notes: notes?.(rows) ?? [],
  };
}
