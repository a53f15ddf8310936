import { deepEqual, equal, throws } from "node:assert/strict";
import { meanStates } from "../../lib/baselines/mean_states.ts";
import { neighboursOf, type RowOrder } from "../../lib/datasets/mod.ts";
import { withContext } from "../../lib/systems/context.ts";

const rowsOf = (...of: [group: string, segment: string][]): RowOrder[] =>
  of.map(([group, segment], i) => ({ group, segment, place: i + 2 }));
// Video a out of order, of which 10 comes after 9; b has one utterance.
const order = rowsOf(["a", "10"], ["a", "1"], ["b", "1"], ["a", "9"]);
const pairs = [{ text: 0, audio: 0 }, { text: 1 }, { text: 2, audio: 1 }, { text: 3, audio: 2 }];

Deno.test("neighbours are of the same group, in the order of their numbers", () => {
  deepEqual(neighboursOf({ pairs, order }, 2), [
    [1, 3, undefined, undefined],
    [undefined, undefined, 3, 0],
    [undefined, undefined, undefined, undefined],
    [undefined, 1, 0, undefined],
  ]);
  const words = rowsOf(["a", "10"], ["a", "1"], ["a", "9"], ["b", "x"]);
  deepEqual(neighboursOf({ pairs, order: words }, 1)[2], [0, undefined]);
});

Deno.test("rows that nothing orders, or whose group is in two parts, have no context", () => {
  const cases: [Parameters<typeof neighboursOf>[0], RegExp][] = [
    [{ pairs }, /± 3 neighbours as context: expected rows with a column "segment", got none/],
    [{ pairs, order: rowsOf(["a", "1"], ["a", ""]) }, /a segment of every row, got none at line 3/],
    [
      { pairs: pairs.slice(0, 2), order: rowsOf(["a", "1"], ["a", "01"]) },
      /expected segments of "a" that differ, got "01" at line 2 and line 3/,
    ],
    [
      { pairs, order, given: ["train", "train", "test", "test"] },
      /expected groups that are whole in a part, got "a" in train and test/,
    ],
  ];
  for (const [rows, message] of cases) throws(() => neighboursOf(rows, 3), message);
});

Deno.test("a row has the mean state of each neighbour behind its own segments, and target tells them apart", () => {
  const table = (shape: number[], ...data: number[]) => ({ shape, data: Float32Array.from(data) });
  const text = {
    labels: [0, 1, 0, 1],
    tables: {
      states: table([4, 2, 1], 1, 3, 5, 0, 7, 7, 9, 11),
      mask: table([4, 2], 1, 1, 1, 0, 1, 1, 1, 1),
    },
  };
  const audio = {
    labels: [0, 0, 1],
    tables: {
      states: table([3, 1, 2], 1, 2, 3, 4, 5, 6),
      mask: table([3, 1], 1, 1, 1),
      logMel: table([3, 1, 1], 0, 0, 0),
    },
  };
  const neighbours = neighboursOf({ pairs, order }, 1);
  const { text: read, audio: heard } = withContext({ text, audio }, { pairs, neighbours });
  deepEqual(read.tables, {
    states: table([4, 4, 1], ...[1, 3, 10, 0], ...[5, 0, 0, 10], ...[7, 7, 0, 0], 9, 11, 5, 2),
    mask: table([4, 4], ...[1, 1, 1, 0], ...[1, 0, 0, 1], ...[1, 1, 0, 0], 1, 1, 1, 1),
    target: table([4, 4], ...[1, 1, 0, 0], ...[1, 0, 0, 0], ...[1, 1, 0, 0], 1, 1, 0, 0),
  });
  // The utterance before the last has no clip: its neighbours' segments are masked there.
  deepEqual(heard.tables, {
    states: table([3, 3, 2], ...[1, 2, 5, 6, 0, 0], ...[3, 4, 0, 0, 0, 0], 5, 6, 0, 0, 1, 2),
    mask: table([3, 3], ...[1, 1, 0], ...[1, 0, 0], 1, 0, 1),
    target: table([3, 3], ...[1, 0, 0], ...[1, 0, 0], 1, 0, 0),
  });
  equal(text.tables.states.shape[1], 2);

  // The linear probe reads the row's own mean and that of its neighbours, which is its own of one alone.
  deepEqual(meanStates(read), {
    width: 2,
    rows: Float32Array.from([2, 10, 5, 10, 7, 7, 10, 3.5]),
  });
});
