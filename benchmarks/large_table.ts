/**
 * Writes a table of messages that nobody wrote, as many as asked for, to see what a large set takes.
 *
 *     deno run --allow-write benchmarks/large_table.ts FILE.csv [--count 416809] [--seed 1]
 *
 * Each message has twelve words, of which four say how the message is meant; no two are equal. There
 * are twenty messages an author (the column `group`), and as many of one label as of the other.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { fold, key, uniforms } from "../lib/tensor/random.ts";

const words = {
  negative: "awful bad cold dreadful gloomy hopeless lonely miserable painful sad terrible tired",
  positive: "amazing bright cheerful delighted excellent glad good happy kind lovely proud warm",
  other: "we they morning house garden river train letter window music table bread coffee winter " +
    "summer city teacher friend brother doctor paper story road market ship forest dinner evening " +
    "walked opened carried looked waited talked wrote found kept turned left came stayed bought " +
    "about before after under near along with without because while again today",
};
const lists = {
  negative: words.negative.split(" "),
  positive: words.positive.split(" "),
  other: words.other.split(" "),
};

const { values: { count, seed }, positionals: [path] } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: "string", default: "416809" },
    seed: { type: "string", default: "1" },
  },
});
if (path === undefined) throw new RangeError("Cannot write a table: expected its path, got none");

const perAuthor = 20;

function* rows(): Generator<string> {
  yield "id,group,label,text\n";
  const seen = new Set<string>();
  const next = uniforms(fold(key(Number(seed)), "large table"));
  const draw = (of: readonly string[]) => of[Math.floor(next() * of.length)]!;
  for (let i = 0; i < Number(count);) {
    const label = i % 2 === 0 ? "negative" : "positive";
    // Words of feeling at places 2, 5, 8 and 11, one of four of the other label.
    const text = Array.from({ length: 12 }, (_, at) => {
      if (at % 3 !== 2) return draw(lists.other);
      const opposed = label === "negative" ? "positive" : "negative";
      return draw(lists[next() < 0.25 ? opposed : label]);
    }).join(" ");
    if (seen.has(text)) continue;
    seen.add(text);
    yield `m${i},author ${Math.floor(i / perAuthor)},${label},${text}\n`;
    i++;
  }
}

using file = await Deno.open(path, { write: true, create: true, truncate: true });
const writer = file.writable.getWriter();
let text = "";
for (const row of rows()) {
  text += row;
  if (text.length < 1e6) continue;
  await writer.write(new TextEncoder().encode(text));
  text = "";
}
await writer.write(new TextEncoder().encode(text));
await writer.close();
