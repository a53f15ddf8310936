import { deepEqual, equal, rejects } from "node:assert/strict";
import { csvRows } from "../../lib/datasets/csv.ts";
import { withFolder } from "./temporary_folder.ts";

async function rows(content: string | Uint8Array): Promise<[number, string, string][]> {
  const got: [number, string, string][] = [];
  await withFolder({ "x.csv": content }, async (folder) => {
    for await (const { line, fields } of csvRows(`${folder}/x.csv`, ["text", "label"])) {
      got.push([line, fields.text, fields.label]);
    }
  });
  return got;
}

Deno.test("csvRows() picks columns by name, in any order and case", async () => {
  deepEqual(await rows("Label,other,TEXT\n1,x,hello\n"), [[2, "hello", "1"]]);
});

Deno.test("csvRows() passes over a byte-order mark, blank lines and a missing last line end", async () => {
  deepEqual(await rows('\ufeff"text",label\n\na,0\n\n\nb,1'), [[3, "a", "0"], [6, "b", "1"]]);
});

Deno.test("csvRows() counts lines alike with LF and CRLF, also inside quotes", async () => {
  const content = 'text,label\n"a\nb, ""c""",0\nd,1\n';
  deepEqual(await rows(content), [[2, 'a\nb, "c"', "0"], [4, "d", "1"]]);
  deepEqual(await rows(content.replaceAll("\n", "\r\n")), [
    [2, 'a\r\nb, "c"', "0"],
    [4, "d", "1"],
  ]);
});

Deno.test("csvRows() gives a row's line in every error", async () => {
  const cases: [string, RegExp][] = [
    ["", /x\.csv": expected a header with "text", "label", got nothing/],
    ["text,labels\na,1\n", /line 1: expected a header with "text", "label", got "text", "labels"/],
    ["text,label\na,1\nb\n", /line 3: expected 2 fields, got 1/],
    ["text,label\na,1\nb,c,1\n", /line 3: expected 2 fields, got 3/],
  ];
  for (const [content, message] of cases) {
    await rejects(rows(content), { name: "RangeError", message });
  }
});

Deno.test("csvRows() gives the line on which a quote opens that is wrong or never closed", async () => {
  const cases: [string, RegExp][] = [
    [
      'text,label\r\n"a\r\nb",1\r\n"c,0\r\nd,1\r\n',
      /line 4: expected a closing quote, got the end/,
    ],
    ['text,label\na,1\nhe said "b",0\n', /line 3: expected quotes around a whole field/],
    ['text,label\na,1\n"b" c,0\n', /line 3: expected quotes around a whole field/],
    [`text,label\na,1\n"${"b ".repeat(2 ** 20)}`, /line 3: expected a row's end within 1048576/],
  ];
  for (const [content, message] of cases) {
    await rejects(rows(content), { name: "SyntaxError", message });
  }
});

Deno.test("csvRows() refuses bytes that are not UTF-8, by line", async () => {
  // An e with an accent in Latin-1, and the first half of one in UTF-8 at the end of the file.
  for (const content of ['text,label\na,1\n"caf\xe9",0\n', "text,label\na,1\ncaf\xc3"]) {
    const bytes = Uint8Array.from(content, (c) => c.charCodeAt(0));
    await rejects(rows(bytes), { name: "SyntaxError", message: /line 3: expected UTF-8/ });
  }
});

Deno.test("csvRows() keeps characters whole where chunks of the file meet", async () => {
  // Four bytes a character and one before them: a chunk of any even length ends inside one.
  const long = "😀".repeat(60_000);
  equal((await rows(`text,label\n${long},1\n`))[0]![1], long);
});

Deno.test("csvRows() closes its file when the reader stops early", {
  // This is the check: a file left open fails the test.
  sanitizeResources: true,
}, async () => {
  await withFolder({ "x.csv": "text,label\n" + "a,1\n".repeat(1_000_000) }, async (folder) => {
    for await (const { line } of csvRows(`${folder}/x.csv`, ["text"])) if (line === 3) break;
  });
});
