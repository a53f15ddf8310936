import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { shapleyValues } from "../../lib/inference/shapley.ts";
import { fold, key, normals } from "../../lib/tensor/random.ts";

/** A game by the worth of each subset, as `"ab"`. */
const game = (worth: Record<string, number>) => (subset: readonly string[]) =>
  Promise.resolve(worth[subset.join("")]!);

const players = ["a", "b", "c"] as const;

/** Any game at all, always the same. */
function arbitrary(name: string): Record<string, number> {
  const next = normals(fold(key(1), name));
  const subsets = ["", "a", "b", "ab", "c", "ac", "bc", "abc"];
  return Object.fromEntries(subsets.map((subset) => [subset, next()]));
}

Deno.test("shapleyValues() divides the glove game as worked by hand", async () => {
  // a has a left glove, b and c a right one each; a pair is worth 1. Of the six orders of arrival a
  // completes a pair in four (all but those that a opens), b and c in one each.
  const worth = { "": 0, a: 0, b: 0, c: 0, ab: 1, ac: 1, bc: 0, abc: 1 };
  const { values, whole, empty } = await shapleyValues(players, game(worth));
  ok(Math.abs(values.a - 4 / 6) < 1e-12);
  ok(Math.abs(values.b - 1 / 6) < 1e-12);
  ok(Math.abs(values.c - 1 / 6) < 1e-12);
  deepEqual([whole, empty], [1, 0]);
});

Deno.test("Shapley values are mean contributions over all orders, and add up", async () => {
  const orders = ["abc", "acb", "bac", "bca", "cab", "cba"];
  for (const name of ["one", "two", "three"]) {
    const worth = arbitrary(name);
    const { values } = await shapleyValues(players, game(worth));
    for (const player of players) {
      let sum = 0;
      for (const order of orders) {
        const before = [...order.slice(0, order.indexOf(player))].sort();
        sum += worth[[...before, player].sort().join("")]! - worth[before.join("")]!;
      }
      ok(Math.abs(values[player] - sum / 6) < 1e-12);
    }
    const total = values.a + values.b + values.c;
    ok(Math.abs(total - (worth.abc! - worth[""]!)) < 1e-12);
  }
});

Deno.test("who changes the same gets the same, and who changes nothing gets 0", async () => {
  // b and c are exchangeable.
  const alike = { ...arbitrary("alike"), b: 2, c: 2, ab: 5, ac: 5 };
  const { values } = await shapleyValues(players, game(alike));
  ok(Math.abs(values.b - values.c) < 1e-12);
  const without = { "": 1, a: 3, b: 7, ab: 2 };
  const idle = { ...without, c: 1, ac: 3, bc: 7, abc: 2 };
  ok(Math.abs((await shapleyValues(players, game(idle))).values.c) < 1e-12);
});

Deno.test("one player gets the difference, and each subset is asked for once", async () => {
  const asked: string[] = [];
  const { values } = await shapleyValues(["a"], (subset) => {
    asked.push(subset.join(""));
    return Promise.resolve(subset.length === 0 ? -2 : 3);
  });
  equal(values.a, 5);
  deepEqual(asked, ["", "a"]);
});

Deno.test("shapleyValues() refuses no player, a player twice, and a worth that is no number", async () => {
  const wrong = (given: string[]) => rejects(shapleyValues(given, game({})), RangeError);
  await wrong([]);
  await wrong(["a", "a"]);
  await wrong(Array.from({ length: 11 }, (_, i) => String(i)));
  await rejects(
    shapleyValues(players, game({ ...arbitrary("one"), ab: NaN })),
    /^Error: Cannot divide: expected contributions that add up to/,
  );
});
