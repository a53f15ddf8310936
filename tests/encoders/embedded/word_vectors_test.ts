import { deepEqual, equal, rejects } from "node:assert/strict";
import { parseWordVectors } from "../../../lib/encoders/embedded/parse_word_vectors.ts";

const numbers = (first: number) => Array.from({ length: 102 }, (_, i) => first + i / 256);
const file = JSON.stringify({
  size: 4,
  words: ["the", "]", '"', "late"],
  vectors: { "the": numbers(1), "]": numbers(2), '"': numbers(3), "late": numbers(4) },
  unkVector: [0],
});

async function* inChunks(text: string, length: number): AsyncGenerator<string> {
  for (let i = 0; i < text.length; i += length) {
    yield await Promise.resolve(text.slice(i, i + length));
  }
}

Deno.test("parseWordVectors() reads the first entries however the file is cut into chunks", async () => {
  for (const length of [1, 7, 64, file.length]) {
    const found = await parseWordVectors(inChunks(file, length), { count: 3, name: "x.json" });
    deepEqual(found.words, ["the", "]", '"']);
    equal(found.vectors.length, 300);
    deepEqual([...found.vectors.subarray(100, 103)], [2, 2 + 1 / 256, 2 + 2 / 256]);
    equal(found.vectors[299], 3 + 99 / 256);
  }
});

Deno.test("parseWordVectors() reads no further than it needs", async () => {
  let read = 0;
  async function* counted() {
    for await (const chunk of inChunks(file, 16)) {
      read += chunk.length;
      yield chunk;
    }
  }
  await parseWordVectors(counted(), { count: 1, name: "x.json" });
  equal(read < file.length / 2, true);
});

Deno.test("parseWordVectors() refuses a file with fewer words, or shorter vectors", async () => {
  const parse = (text: string, count: number) =>
    parseWordVectors(inChunks(text, 50), { count, name: "x.json" });
  await rejects(parse(file, 5), /Cannot read "x.json": expected 5 word vectors, got 4/);
  await rejects(parse("{}", 1), /expected 1 word vectors, got 0/);
  await rejects(parse('{"vectors":{"a":[1,2]}}', 1), /expected 100 numbers for "a", got 2/);
});
