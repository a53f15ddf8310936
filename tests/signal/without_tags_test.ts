import { deepEqual } from "node:assert/strict";
import { withoutTags } from "../../lib/signal/without_tags.ts";

function joined(...parts: (string | number[])[]): Uint8Array {
  const bytes = parts.map((part) =>
    typeof part === "string" ? [...new TextEncoder().encode(part)] : part
  );
  return Uint8Array.from(bytes.flat());
}

const filled = (count: number) => new Array<number>(count).fill(7);
const sound = [0xff, 0xfb, 1, 2, 3, 0];

// A size is a number to the base 128: 130 is 1, 2.
const id3 = (name: string, flags: number) => joined(name, [4, 0, flags, 0, 0, 1, 2]);
const id3v2 = joined([...id3("ID3", 0)], filled(130));
const id3v2WithFooter = joined([...id3("ID3", 0x10)], filled(130), [...id3("3DI", 0x10)]);
const id3v1 = joined("TAG", filled(125));
const enhanced = joined("TAG+", filled(223), [...id3v1]);
/** The header or footer of an APE tag whose one item has 9 bytes. */
const ape = (flags: number) =>
  joined("APETAGEX", [0xd0, 7, 0, 0, 32 + 9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, flags], [
    ...new Uint8Array(8),
  ]);
const apeWithHeader = joined([...ape(0xa0)], filled(9), [...ape(0x80)]);
const apeWithFooter = joined(filled(9), [...ape(0)]);
const lyrics1 = joined("LYRICSBEGIN", filled(40), "LYRICSEND");
const lyrics2 = joined("LYRICSBEGIN", filled(40), "000051", "LYRICS200");

const before = { id3v2, id3v2WithFooter, apeWithHeader, zeros: new Uint8Array(5) };
const behind = {
  id3v1,
  enhanced,
  apeWithHeader,
  apeWithFooter,
  lyrics1,
  lyrics2,
  id3v2WithFooter,
};

for (const [name, tag] of Object.entries(before)) {
  Deno.test(`withoutTags() leaves out ${name} before the sound`, () => {
    deepEqual([...withoutTags(joined([...tag], sound))], sound);
  });
}

for (const [name, tag] of Object.entries(behind)) {
  Deno.test(`withoutTags() leaves out ${name} behind the sound, and others around it`, () => {
    deepEqual([...withoutTags(joined(sound, [...tag]))], sound);
    for (const other of Object.values(behind)) {
      deepEqual([...withoutTags(joined([...id3v2], sound, [...other], [...tag]))], sound);
    }
  });
}

Deno.test("withoutTags() keeps what is no tag, and ends at tags longer than the file", () => {
  for (const bytes of [[], [0xff], sound, [...joined(sound, "TAG")], [...joined("ID3")]]) {
    deepEqual([...withoutTags(Uint8Array.from(bytes))], bytes);
  }
  deepEqual(withoutTags(id3v2.subarray(0, 40)).length, 0);
  deepEqual(withoutTags(joined([1], "999999LYRICS200")).length, 0);
  deepEqual(withoutTags(joined([1], filled(31), [...ape(0).fill(255, 12, 16)])).length, 0);
});
