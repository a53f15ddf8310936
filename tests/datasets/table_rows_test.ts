import { deepEqual, equal, rejects } from "node:assert/strict";
import { tableRows } from "../../lib/datasets/table_rows.ts";
import { withFolder } from "./temporary_folder.ts";

async function rows(
  content: string | Uint8Array,
  name = "x.csv",
): Promise<[number, string, string][]> {
  const got: [number, string, string][] = [];
  await withFolder({ [name]: content }, async (folder) => {
    for await (const { line, fields } of tableRows(`${folder}/${name}`, ["text", "label"])) {
      got.push([line, fields.text, fields.label]);
    }
  });
  return got;
}

Deno.test("tableRows() picks columns by name, in any order and case", async () => {
  deepEqual(await rows("Label,other,TEXT\n1,x,hello\n"), [[2, "hello", "1"]]);
});

Deno.test("tableRows() passes over a byte-order mark, blank lines and a missing last line end", async () => {
  deepEqual(await rows('\ufeff"text",label\n\na,0\n\n\nb,1'), [[3, "a", "0"], [6, "b", "1"]]);
});

Deno.test("tableRows() counts lines alike with LF and CRLF, also inside quotes", async () => {
  const content = 'text,label\n"a\nb, ""c""",0\nd,1\n';
  deepEqual(await rows(content), [[2, 'a\nb, "c"', "0"], [4, "d", "1"]]);
  deepEqual(await rows(content.replaceAll("\n", "\r\n")), [
    [2, 'a\r\nb, "c"', "0"],
    [4, "d", "1"],
  ]);
});

Deno.test("tableRows() reads lines that end in CR alone, if the header does, and no other", async () => {
  deepEqual(await rows('text,label\r"a\rb",0\rc,1\r'), [[2, "a\rb", "0"], [4, "c", "1"]]);
  deepEqual(await rows("\r\rtext,label\ra,0"), [[4, "a", "0"]]);
  deepEqual(await rows("text,label\na\rb,0\n"), [[2, "a\rb", "0"]]);
});

Deno.test("tableRows() takes the delimiter from the header, whatever the file's name", async () => {
  deepEqual(await rows("text\tlabel\na, b; c\t1\n", "x.TXT"), [[2, "a, b; c", "1"]]);
  deepEqual(await rows('text;label;"note, more, and more"\na, b;1;c\n'), [[2, "a, b", "1"]]);
  deepEqual(await rows('"label";"text"\n1;"a; b"\n', "x.tsv"), [[2, "a; b", "1"]]);
});

Deno.test("tableRows() reads UTF-16 of either order by its mark, and says what a text without one is", async () => {
  const text = "text,label\nça va 😀,1\n";
  const little = Uint8Array.from(
    `\ufeff${text}`.split("").flatMap((c) => {
      const code = c.charCodeAt(0);
      return [code & 255, code >> 8];
    }),
  );
  const big = little.map((_, i) => little[i ^ 1]!);
  deepEqual(await rows(little), [[2, "ça va 😀", "1"]]);
  deepEqual(await rows(big), [[2, "ça va 😀", "1"]]);
  await rejects(
    rows(Uint8Array.from("t\0e\0x\0", (c) => c.charCodeAt(0))),
    /line 1: .* got a NUL$/,
  );
  // A lone half of a pair.
  const cut = Uint8Array.of(...little, 0x3d, 0xd8, 0x61, 0);
  await rejects(rows(cut), { name: "SyntaxError", message: /line 3: expected UTF-16/ });
});

Deno.test("tableRows() reads a JSON object a line, and refuses what is none or nested", async () => {
  const lines = '{"Text": "a \\"b\\": c", "label": 1}\r\n\n{"label": true, "text": null, "x": 0}';
  deepEqual(await rows(lines, "x.JSONL"), [[1, 'a "b": c', "1"], [3, "", "true"]]);
  // What is not read may hold anything, columns' names too.
  const nested = '{"text":"a","label":1,"x":{"text":"b","text":[{}]},"y":["{\\"label\\":"]}';
  deepEqual(await rows(nested, "x.jsonl"), [[1, "a", "1"]]);
  const cases: [string, RegExp][] = [
    ['{"text": "a", "label": 1}\n[1]', /x\.ndjson", line 2: expected a JSON object, got "\[1\]"$/],
    [
      '{"text": "a", "label": [1]}',
      /line 1: expected no list or object as "label", got "\[1\]"$/,
    ],
    [
      '{"text": "a", "text": "b", "label": 1}',
      /line 1: expected one column "text", got "text" and "text"$/,
    ],
    ['{"text": "a"}', /line 1: expected a header with "text", "label", got "text"$/],
    ["{}", /line 1: expected a header with "text", "label", got $/],
    ["", /x\.ndjson": expected a header with "text", "label", got nothing$/],
  ];
  for (const [content, message] of cases) await rejects(rows(content, "x.ndjson"), { message });
});

Deno.test("tableRows() refuses a column that is named twice, but for case or by a synonym", async () => {
  await withFolder({ "x.csv": "text,Speaker, VIDEO\na,1,2\n" }, async (folder) => {
    const synonyms = { group: ["speaker", "video"] };
    const read = (optional: string[]) =>
      Array.fromAsync(tableRows(`${folder}/x.csv`, ["text", "group"], { synonyms, optional }));
    await rejects(read([]), {
      name: "RangeError",
      message: /line 1: expected one column "group", got "Speaker" and "VIDEO"$/,
    });
  });
  await rejects(
    rows("text,Label,label\na,0,1\n"),
    /expected one column "label", got "Label" and "label"$/,
  );
  await rejects(rows("text,label,X,x\na,0,1,2\n"), /expected one column "x", got "X" and "x"$/);
  // What a spreadsheet leaves behind has no name.
  deepEqual(await rows("text,label,,\na,0,,\n"), [[2, "a", "0"]]);
});

Deno.test("tableRows() takes a column by another name where its own is not there, and one for all rows", async () => {
  const labels = (content: string, name: string) =>
    withFolder({ [name]: content }, async (folder) => {
      const standIns = { label: ["score", "mood"] };
      const all = tableRows(`${folder}/${name}`, ["text", "label"], { standIns });
      return (await Array.fromAsync(all)).map(({ fields }) => fields.label);
    });
  deepEqual(await labels("text;Score\na;1,5\n", "x.csv"), ["1,5"]);
  deepEqual(await labels("score,text,label,mood\n1,a,joy,2\n", "x.csv"), ["joy"]);
  deepEqual(await labels('{"mood":1,"text":"a"}\n{"text":"b","mood":2}\n', "x.jsonl"), ["1", "2"]);
  const refused: [string, string, RegExp][] = [
    ["text,score,Mood\na,1,2\n", "x.csv", /one column "label", got "score" and "Mood"$/],
    ["text,x\na,1\n", "x.csv", /with "text", "label" or "score" or "mood", got "text", "x"$/],
    [
      '{"text":"a","score":1}\n{"text":"b","label":2}\n',
      "x.jsonl",
      /line 2: expected "score" as on other lines, got "label"$/,
    ],
    ['{"text":"a","score":1}\n{"text":"b","mood":2}\n', "x.jsonl", /line 2: .* "score", got/],
    ['{"text":"a","label":1}\n{"text":"b","mood":2}\n', "x.jsonl", /line 2: .* "label", got/],
  ];
  for (const [content, name, message] of refused) {
    await rejects(labels(content, name), { name: "RangeError", message });
  }
});

Deno.test("tableRows() writes no more than a few names of a header that is a whole file", async () => {
  let names = 0;
  const header = `text,label${",x".repeat(1000).replaceAll("x", () => `${names++}`)}`;
  const error = await rows(header.replace("label", "y".repeat(1e5))).catch((error) => error);
  equal(error.message.length < 1500, true, error.message);
});

Deno.test("tableRows() gives a row's line in every error", async () => {
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

Deno.test("tableRows() gives the line on which a quote opens that is wrong or never closed", async () => {
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

Deno.test("tableRows() refuses bytes that are not UTF-8, by line", async () => {
  // An e with an accent in Latin-1, and the first half of one in UTF-8 at the end of the file.
  for (const content of ['text,label\na,1\n"caf\xe9",0\n', "text,label\na,1\ncaf\xc3"]) {
    const bytes = Uint8Array.from(content, (c) => c.charCodeAt(0));
    await rejects(rows(bytes), { name: "SyntaxError", message: /line 3: expected UTF-8/ });
  }
});

Deno.test("tableRows() keeps characters whole where chunks of the file meet", async () => {
  // Four bytes a character and one before them: a chunk of any even length ends inside one.
  const long = "😀".repeat(60_000);
  equal((await rows(`text,label\n${long},1\n`))[0]![1], long);
});

Deno.test("tableRows() closes its file when the reader stops early", {
  // This is the check: a file left open fails the test.
  sanitizeResources: true,
}, async () => {
  await withFolder({ "x.csv": "text,label\n" + "a,1\n".repeat(1_000_000) }, async (folder) => {
    for await (const { line } of tableRows(`${folder}/x.csv`, ["text"])) if (line === 3) break;
  });
});
