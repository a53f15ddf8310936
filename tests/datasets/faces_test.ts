import { deepEqual, equal, rejects } from "node:assert/strict";
import { type FacesOptions, readFaces } from "../../lib/datasets/faces.ts";
import { picture } from "./pictures.ts";
import { withFolder } from "./temporary_folder.ts";

/** Bytes that begin as an image does; `mark` makes them differ. */
function image(mark: number, format: "jpg" | "png" | "webp" | "bmp" = "jpg"): Uint8Array {
  const heads = {
    jpg: "\xff\xd8\xff\xe0",
    png: "\x89PNG\r\n\x1a\n",
    webp: "RIFF\x10\0\0\0WEBPVP8 ",
    bmp: "BM\x46\0\0\0\0\0\0\0\x36\0\0\0",
  };
  return Uint8Array.from([...heads[format]].map((c) => c.charCodeAt(0)).concat(mark));
}

/** Reads files of which only the first bytes are an image's. */
const readHeads = (folder: string, options: FacesOptions = {}) =>
  readFaces(folder, { nearDuplicates: false, ...options });

Deno.test("readFaces() reads folders in any case, spelling, depth and format", async () => {
  const files = {
    "Happiness/a.JPG": image(1),
    "train/ANGER/b.png": image(2, "png"),
    "sorrow/c.jpeg": image(3),
    "Surprised/set 1/d.webp": image(4, "webp"),
    "fearful/e.bmp": image(5, "bmp"),
    "disgusted/f.jpg": image(6),
    "neutral/g.jpg": image(7),
    "positive/h.jpg": image(8),
    "negative/i.jpg": image(9),
    "negative/fear/j.jpg": image(10),
  };
  await withFolder(files, async (folder) => {
    const { samples, excluded, modality } = await readHeads(folder);
    equal(modality, "image");
    deepEqual(samples.map(({ id, emotion, label }) => [id, emotion, label]), [
      ["Happiness/a.JPG", "happy", 1],
      ["Surprised/set 1/d.webp", "surprise", 1],
      ["disgusted/f.jpg", "disgust", 0],
      ["fearful/e.bmp", "fear", 0],
      ["negative/fear/j.jpg", "fear", 0],
      ["negative/i.jpg", "negative", 0],
      ["positive/h.jpg", "positive", 1],
      ["sorrow/c.jpeg", "sad", 0],
      ["train/ANGER/b.png", "angry", 0],
    ]);
    deepEqual(excluded, { neutral: 1 });
    deepEqual(samples[0]!.source, { path: `${folder}/Happiness/a.JPG` });
    equal(samples.every(({ group, hash }) => group === hash), true);
    deepEqual(await readHeads(`${folder}/`), await readHeads(folder));
  });
});

Deno.test("readFaces() leaves out and counts copies, conflicts and other files", async () => {
  const files = {
    "happy/a.jpg": image(1),
    "happy/b.jpg": image(1),
    "happy/c.jpg": image(2),
    "sad/d.jpg": image(2),
    "sad/e.jpg": image(3),
    "angry/f.jpg": image(4),
    "sad/g.jpg": image(4),
    "sad/h.pdf": "",
    "sad/.DS_Store": "",
    "__MACOSX/sad/._e.jpg": "",
  };
  await withFolder(files, async (folder) => {
    const { samples, excluded, notes } = await readHeads(folder);
    deepEqual(samples.map(({ id }) => id), ["happy/a.jpg", "sad/e.jpg"]);
    deepEqual(excluded, { conflicting: 4, duplicate: 1, "not an image": 1 });
    deepEqual(notes, ['not read, by the endings of their names: ".pdf" (1): sad/h.pdf']);
  });
});

Deno.test("readFaces() lists every class that the valence map lacks, with counts", async () => {
  const files = {
    "happy/a.jpg": image(1),
    "bored/b.jpg": image(2),
    "Confused/c.jpg": image(3),
    "bored/d.jpg": image(4),
    "e.jpg": image(5),
  };
  await withFolder(files, async (folder) => {
    await rejects(readHeads(folder), {
      name: "RangeError",
      message: /got also "bored" \(2\), "confused" \(1\), "no folder" \(1\)$/,
    });
  });
});

Deno.test("readFaces() takes classes from the valence map it is given", async () => {
  const files = { "Bored/a.jpg": image(1), "happiness/b.jpg": image(2) };
  await withFolder(files, async (folder) => {
    const valence = { bored: "negative", happiness: "positive" } as const;
    const { samples } = await readHeads(folder, { valence });
    deepEqual(samples.map(({ emotion, label }) => [emotion, label]), [
      ["bored", 0],
      ["happiness", 1],
    ]);
  });
});

Deno.test("readFaces() names a file that is no image, or passes it on and counts it", async () => {
  for (
    const [content, got] of [["<html>", "3c 68 74 6d 6c 3e"], ["BMW is a car", "42 4d 57"], [
      "",
      "an empty file",
    ]] as const
  ) {
    await withFolder({ "happy/a.jpg": content, "sad/b.jpg": image(1) }, async (folder) => {
      await rejects(readHeads(folder), (error: Error) => {
        equal(error.name, "RangeError");
        equal(error.message.includes(`"${folder}/happy/a.jpg": expected an image`), true);
        equal(error.message.includes(got), true);
        return true;
      });
      const errors: Error[] = [];
      const { samples, excluded } = await readHeads(folder, {
        onCorrupt: (error) => errors.push(error),
      });
      deepEqual([errors.length, samples.length, excluded], [1, 1, { corrupt: 1 }]);
    });
  }
});

Deno.test("readFaces() reads a table of labels, and only what it lists", async () => {
  const files = {
    "labels.csv": "path,label\nimg/a.jpg,Happy\n./img/b.jpg,anger\n",
    "other.csv": "x\n",
    "img/a.jpg": image(1),
    "img/b.jpg": image(2),
    "img/c.jpg": image(3),
  };
  await withFolder(files, async (folder) => {
    const { samples } = await readHeads(folder);
    deepEqual(samples.map(({ id, emotion }) => [id, emotion]), [
      ["img/a.jpg", "happy"],
      ["img/b.jpg", "angry"],
    ]);
  });
});

Deno.test("readFaces() refuses a table with a path outside, without a file or label, or two tables", async () => {
  const cases: [Record<string, string>, RegExp][] = [
    [
      { "labels.csv": "path,label\n../a.jpg,happy\n" },
      /labels\.csv", line 2: .* got "\.\.\/a\.jpg"/,
    ],
    [{ "labels.csv": "path,label\na.jpg,happy\nb.jpg,sad\n" }, /line 3: .* got "b\.jpg"/],
    [{ "labels.csv": "path,label\na.jpg,\n" }, /line 2: expected a label, got ""/],
    [{ "labels.csv": "path,label\na.jpg,bored\n" }, /got also "bored" \(1\)/],
    [
      { "x.csv": "path,label\n", "y.csv": "" },
      /expected labels\.csv or a single CSV file, got x\.csv, y/,
    ],
    [{ "labels.csv": "path,label\n" }, /expected labelled images, got none/],
  ];
  for (const [tables, message] of cases) {
    await withFolder({ ...tables, "a.jpg": image(1) }, async (folder) => {
      await rejects(readHeads(folder), { name: "RangeError", message });
    });
  }
});

Deno.test("readFaces() takes groups from groups.csv, else the hash", async () => {
  const files = {
    "groups.csv": "path,group\nhappy/a.jpg,person 1\nsad/b.jpg,person 1\n",
    "happy/a.jpg": image(1),
    "sad/b.jpg": image(2),
    "sad/c.jpg": image(3),
  };
  await withFolder(files, async (folder) => {
    const { samples } = await readHeads(folder);
    deepEqual(samples.map(({ group }) => group), ["person 1", "person 1", samples[2]!.hash]);
  });
  const wrong: [string, RegExp][] = [
    ["happy/z.jpg,person 1\n", /groups\.csv", line 2: .* got "happy\/z\.jpg"/],
    ["happy/a.jpg,1\nhappy/a.jpg,2\n", /line 3: expected group "1" for "happy\/a\.jpg".* got "2"/],
  ];
  for (const [rows, message] of wrong) {
    await withFolder({ ...files, "groups.csv": `path,group\n${rows}` }, async (folder) => {
      await rejects(readHeads(folder), { name: "RangeError", message });
    });
  }
});

Deno.test("readFaces() refuses a folder without images, and what is no folder", async () => {
  await withFolder({ "happy/notes.txt": "" }, async (folder) => {
    await rejects(readHeads(folder), { name: "RangeError", message: /labelled images, got none/ });
    await rejects(readHeads(`${folder}/x`), { name: "RangeError", message: /folder, got nothing/ });
    await rejects(readHeads(`${folder}/happy/notes.txt`), { message: /folder, got a file/ });
  });
});

Deno.test("readFaces() knows the usual spellings of classes, numbered and with a last word", async () => {
  const names = ["0_Angry", "1. happiness", "SAD faces", "Fear_Images", "joyful", "afraid", "POS"];
  const files = Object.fromEntries(names.map((name, i) => [`${name}/${i}.jpg`, image(i)]));
  await withFolder(files, async (folder) => {
    const { samples } = await readHeads(folder);
    deepEqual(
      Object.fromEntries(samples.map(({ id, emotion }) => [id.split("/")[0], emotion])),
      {
        "0_Angry": "angry",
        "1. happiness": "happy",
        "SAD faces": "sad",
        "Fear_Images": "fear",
        "joyful": "joy",
        "afraid": "fear",
        "POS": "positive",
      },
    );
  });
});

Deno.test("readFaces() joins the groups of near-duplicates and notes how many there are", async () => {
  const files = {
    "happy/a.png": await picture(1),
    "happy/b.jpg": await picture(1, (image) => image.resize(48, 48).jpeg({ quality: 40 })),
    "happy/c.png": await picture(2),
    "happy/d.png": await picture(3),
    "sad/e.webp": await picture(3, (image) => image.flop().webp()),
    "sad/f.png": await picture(4),
  };
  const groups = "path,group\nhappy/a.png,ann\nhappy/c.png,ann\nhappy/b.jpg,bob\n";
  await withFolder(files, async (folder) => {
    const { samples, notes } = await readFaces(folder);
    const [a, b, c, d, e, f] = samples;
    const [ab] = [a!.hash, b!.hash].sort();
    const [de] = [d!.hash, e!.hash].sort();
    deepEqual(samples.map(({ group }) => group), [ab, ab, c!.hash, de, de, f!.hash]);
    deepEqual(samples.map(({ nearDuplicates }) => nearDuplicates), [
      a!.hash,
      a!.hash,
      undefined,
      d!.hash,
      d!.hash,
      undefined,
    ]);
    deepEqual(notes, [
      "4 images in 2 clusters of near-duplicates (8 of 64 bits or fewer), 1 of them with both polarities",
    ]);

    // Groups that are given are believed, and joined to near-duplicates when that is asked for.
    await Deno.writeTextFile(`${folder}/groups.csv`, groups);
    const given = await readFaces(folder);
    deepEqual(given.samples.map(({ group }) => group).slice(0, 3), ["ann", "bob", "ann"]);
    deepEqual(given.notes, []);
    const joined = await readFaces(folder, { nearDuplicates: 8 });
    deepEqual(joined.samples.map(({ group }) => group).slice(0, 3), ["ann", "ann", "ann"]);
  });
});

Deno.test("readFaces() names an image that ends too early when it looks at pictures", async () => {
  const whole = await picture(1, (image) => image.jpeg());
  const files = {
    "happy/a.jpg": whole.slice(0, whole.length >> 1),
    "sad/b.png": await picture(2),
    "sad/c.bmp": image(3, "bmp"),
  };
  await withFolder(files, async (folder) => {
    await rejects(readFaces(folder), {
      name: "RangeError",
      message: new RegExp(
        `^Cannot read "${folder}/happy/a\\.jpg": expected an image that is whole, got`,
      ),
    });
    const { samples, excluded } = await readFaces(folder, { onCorrupt: () => {} });
    deepEqual([samples.map(({ id }) => id), excluded], [["sad/b.png"], { corrupt: 2 }]);
  });
});

Deno.test("readFaces() reads every format that is decoded, by any usual ending", async () => {
  const bitmap = (name: string) =>
    Deno.readFileSync(new URL(`../fixtures/bitmaps/${name}`, import.meta.url));
  const files = {
    "happy/a.JFIF": await picture(1, (image) => image.jpeg()),
    "happy/b.jpe": await picture(2, (image) => image.jpeg()),
    "happy/c.avif": await picture(3, (image) => image.avif()),
    "happy/d.gif": await picture(4, (image) => image.gif()),
    // What is in a file counts, not its name.
    "sad/e.png": await picture(5, (image) => image.tiff()),
    "sad/f.TIF": bitmap("pages.tif"),
    "sad/g.dib": bitmap("palette8.bmp"),
  };
  await withFolder(files, async (folder) => {
    const { samples, excluded } = await readFaces(folder);
    deepEqual([samples.map(({ id }) => id), excluded], [Object.keys(files), {}]);
    await Deno.writeTextFile(`${folder}/sad/h.heic`, "\0\0\0\x1cftypheic\0\0\0\0mif1heicmiaf");
    await rejects(readFaces(folder), {
      name: "RangeError",
      message:
        /sad\/h\.heic": expected an image \(.+\), got HEIC, which is not read: save it as JPEG/,
    });
  });
});

Deno.test("readFaces() leaves out one by one what it can't use, where it is told to go on", async () => {
  const files = {
    "happy/caf\u00e9.jpg": image(1),
    "sad/b.jpg": image(2),
    "labels.csv":
      "path,label\nhappy/cafe\u0301.jpg,happy\nsad/b.jpg,weary\nsad/none.jpg,sad\nsad\\b.jpg,sad\n",
  };
  await withFolder(files, async (folder) => {
    const told: string[] = [];
    const { samples, excluded } = await readHeads(folder, {
      onCorrupt: ({ message }, { id }) => told.push(`${id}: ${message}`),
    });
    deepEqual(samples.map(({ id, emotion }) => [id, emotion]), [
      ["happy/caf\u00e9.jpg", "happy"],
      ["sad/b.jpg", "sad"],
    ]);
    deepEqual(excluded, { corrupt: 2 });
    const [row, emotion] = told;
    equal(
      row,
      `labels.csv:4: Cannot read "${folder}/labels.csv", line 4: expected the path of a file in ` +
        'the same folder, got "sad/none.jpg"',
    );
    equal(
      emotion,
      `sad/b.jpg: Cannot read "${folder}/sad/b.jpg": expected an emotion of the valence map, got "weary"`,
    );
    await Deno.remove(`${folder}/labels.csv`);
    await Deno.rename(`${folder}/sad`, `${folder}/weary`);
    await Deno.rename(`${folder}/happy`, `${folder}/bored`);
    // Nothing at all is no corpus.
    await rejects(
      readHeads(folder, { onCorrupt: () => {} }),
      /got also "bored" \(1\), "weary" \(1\)/,
    );
  });
});
