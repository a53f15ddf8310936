/** What is said in a video, where a file beside it has it: a transcript or subtitles. @module */

import { neededNodeModule } from "../deps/node.ts";
import { kindOf } from "../files.ts";
import { decodedText } from "./decoded_text.ts";

/** Endings of the files, the first that is there counts. */
const readers: Readonly<Record<string, (text: string) => string[]>> = {
  ".txt": (text) => text.split("\n"),
  ".srt": cues,
  ".vtt": cues,
  ".ass": dialogue,
  ".ssa": dialogue,
};

const longest = 2 ** 20;

/**
 * The words of the file beside `path` that has its name and one of the endings `.txt`, `.srt`, `.vtt`,
 * `.ass` and `.ssa`, in this order; undefined where there is none, or no word in it. Of subtitles the
 * numbers, times, styles and notes are left out, and lines that are shown on after they were.
 *
 * @throws {RangeError} It is longer than a million characters.
 * @throws {SyntaxError} It is no text.
 */
export async function readTranscript(path: string): Promise<string | undefined> {
  const { extname } = neededNodeModule("node:path");
  const stem = path.slice(0, path.length - extname(path).length);
  for (const [ending, read] of Object.entries(readers)) {
    for (const name of [stem + ending, stem + ending.toUpperCase()]) {
      if (name === path || await kindOf(name) !== "file") continue;
      let text = "";
      for await (const chunk of decodedText(name)) {
        text += chunk;
        if (text.length <= longest) continue;
        throw new RangeError(
          `Cannot read "${name}": expected ${longest} characters or fewer of a transcript, got more`,
        );
      }
      const lines = read(text.replaceAll(/\r\n?/g, "\n")).map((line) => line.trim());
      const said = lines.filter((line, i) => line !== "" && line !== lines[i - 1]);
      if (said.length > 0) return said.join(" ").replaceAll(/\s+/g, " ");
    }
  }
}

const entities: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&nbsp;": " ",
  "&lrm;": "",
  "&rlm;": "",
};

/** The lines behind the times of SubRip and WebVTT; notes and styles have no times. */
function cues(text: string): string[] {
  return text.split(/\n{2,}/).flatMap((block) => {
    const lines = block.split("\n");
    const times = lines.findIndex((line) => line.includes("-->"));
    return times < 0
      ? []
      : lines.slice(times + 1).map((line) =>
        line.replaceAll(/<[^>]*>|\{\\[^}]*\}/g, "")
          .replaceAll(/&\w+;/g, (entity) => entities[entity] ?? entity)
      );
  });
}

/** The last field of each line of dialogue of (Advanced) SubStation Alpha. */
function dialogue(text: string): string[] {
  const events = text.slice(text.indexOf("[Events]"));
  const fields = /^Format:(.*)$/m.exec(events)?.[1]?.split(",").length ?? 10;
  return [...events.matchAll(/^Dialogue:(.*)$/gm)].map(([, line]) =>
    line!.split(",").slice(fields - 1).join(",")
      .replaceAll(/\{[^}]*\}/g, "")
      .replaceAll(/\\[Nnh]/g, " ")
  );
}
