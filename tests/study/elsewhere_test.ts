import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import type { Sample } from "../../lib/datasets/mod.ts";
import { areKnown, readElsewhere } from "../../lib/study/elsewhere.ts";

async function read(lines: readonly string[]) {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/other.csv`;
    await Deno.writeTextFile(path, lines.join("\n") + "\n");
    return await readElsewhere(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const textOf = ({ source }: Sample) => "text" in source ? source.text : "";

Deno.test("of scores the sign is the polarity, and nought is left out", async () => {
  const { name, samples, neutral } = await read([
    "text,score,group",
    "so good,2.6,a",
    "not for me,-0.2,a",
    "it is a film,0,b",
    "a waste,-3,b",
  ]);
  equal(name, "other.csv");
  deepEqual(samples.map((sample) => [textOf(sample), sample.label, sample.group]), [
    ["so good", 1, "a"],
    ["not for me", 0, "a"],
    ["a waste", 0, "b"],
  ]);
  equal(neutral, 1);
});

Deno.test("of polarities neutral is left out as everywhere, and names say whose texts they are", async () => {
  const { samples } = await read(["text,label", "good,positive", "well,neutral", "bad,negative"]);
  deepEqual(samples.map(({ id, label }) => [id, label]), [
    ["other.csv/other.csv:2", 1],
    ["other.csv/other.csv:4", 0],
  ]);
});

Deno.test("what can't be asked is refused", async () => {
  await rejects(read(["text,label", "good,positive", "better,joy"]), {
    name: "RangeError",
    message:
      /^Cannot ask about ".*other\.csv": expected negative and positive texts, got those of one polarity$/,
  });
  await rejects(read(["text,label", "a goal,sport", "a vote,news"]), {
    name: "RangeError",
    message: /expected labels that are negative or positive, or scores, got news, sport$/,
  });
});

Deno.test("a text is known whatever its case, punctuation and links", () => {
  const text = (text: string): Sample => ({
    ...{ id: text, modality: "text", emotion: "joy", label: 1, group: text, hash: text },
    source: { text },
  });
  const asked = [text("So GOOD!!"), text("so bad"), text("so good https://t.co/x")];
  const isKnown = areKnown(asked, [text("so good"), text("other")]);
  deepEqual(asked.map(isKnown), [true, false, true]);
  ok(!asked.some(areKnown(asked, [])));
});
