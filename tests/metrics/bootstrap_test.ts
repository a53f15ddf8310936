import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { bootstrapInterval, pairedBootstrap, type RowStatistic } from "../../lib/metrics/mod.ts";
import { aucRoc } from "../../lib/metrics/roc.ts";
import { fold, type Key, key, normals, uniforms } from "../../lib/tensor/random.ts";

function meanOf(values: ArrayLike<number>): RowStatistic {
  return (rows) => rows.reduce((sum, n) => sum + values[n]!, 0) / rows.length;
}

function normalNumbers(k: Key, count: number): Float64Array {
  return new Float64Array(count).map(normals(k));
}

Deno.test("bootstrapInterval() of a mean has the standard error and width that theory gives", () => {
  const values = normalNumbers(key(3), 400);
  const { estimate, standardError, low, high, resamples } = bootstrapInterval({
    count: 400,
    statistic: meanOf(values),
    key: key(4),
    resamples: 2000,
  });
  // The bootstrap's own variance of a mean is Σ (x − mean)² / n².
  const theory = Math.sqrt(values.reduce((sum, x) => sum + (x - estimate) ** 2, 0)) / 400;
  ok(Math.abs(standardError / theory - 1) < 0.06, `${standardError}, not ${theory}`);
  ok(Math.abs((high - low) / (2 * 1.96 * theory) - 1) < 0.1, `${low} to ${high}`);
  ok(Math.abs((low + high) / 2 - estimate) < 0.2 * theory);
  equal(resamples, 2000);
});

Deno.test("bootstrapInterval() interpolates between the resamples", () => {
  const seen: number[] = [];
  const { low, high, estimate } = bootstrapInterval({
    count: 9,
    statistic: (rows) => {
      const value = meanOf([1, 2, 4, 8, 16, 32, 64, 128, 256])(rows);
      seen.push(value);
      return value;
    },
    key: key(5),
    resamples: 6,
    level: 0.5,
  });
  equal(estimate, seen[0]);
  const sorted = seen.slice(1).sort((a, b) => a - b);
  equal(sorted.length, 6);
  // The quarter of six values lies a quarter of the way from the second to the third.
  equal(low, sorted[1]! + 0.25 * (sorted[2]! - sorted[1]!));
  equal(high, sorted[3]! + 0.75 * (sorted[4]! - sorted[3]!));
});

Deno.test("bootstrapInterval() repeats by its key, and more resamples keep the first", () => {
  const drawn = (k: Key, resamples: number) => {
    const seen: string[] = [];
    const statistic = (rows: Uint32Array) => {
      seen.push(rows.join());
      return rows[0]!;
    };
    bootstrapInterval({ count: 8, statistic, key: k, resamples });
    return seen;
  };
  deepEqual(drawn(key(1), 50).slice(0, 11), drawn(key(1), 10));
  ok(drawn(key(2), 10).join() !== drawn(key(1), 10).join());
  equal(new Set(drawn(key(1), 50)).size, 51);
});

Deno.test("bootstrapInterval() draws rows evenly, with replacement", () => {
  const times = new Uint32Array(10);
  let repeated = 0;
  const statistic = (rows: Uint32Array) => {
    for (const n of rows) times[n]!++;
    if (new Set(rows).size < rows.length) repeated++;
    return 0;
  };
  bootstrapInterval({ count: 10, statistic, key: key(6) });
  // 1000 expected of each beside the one of the test set, standard deviation 30.
  ok(times.every((n) => Math.abs(n - 1001) < 130), times.join());
  ok(repeated > 990);
});

Deno.test("bootstrapInterval() draws clusters whole", () => {
  const clusters = ["b", "a", "b", "c", "a", "b"];
  const sizes = new Set<number>();
  const statistic = (rows: Uint32Array) => {
    const times = clusters.map((_, n) => rows.filter((row) => row === n).length);
    equal(times[0], times[2]);
    equal(times[0], times[5]);
    equal(times[1], times[4]);
    equal(times[0]! + times[1]! + times[3]!, 3);
    sizes.add(rows.length);
    return 0;
  };
  bootstrapInterval({ count: 6, clusters, statistic, key: key(7), resamples: 200 });
  // Three clusters of three, two and one: every size from 3 to 9 but for chance.
  deepEqual([...sizes].sort(), [3, 4, 5, 6, 7, 8, 9]);
});

Deno.test("bootstrapInterval() with a cluster a row is the plain one", () => {
  const values = normalNumbers(key(8), 30);
  const plain = { count: 30, statistic: meanOf(values), key: key(9), resamples: 50 };
  const clusters = Array.from(values, (_, n) => `row ${n}`);
  deepEqual(bootstrapInterval({ ...plain, clusters }), bootstrapInterval(plain));
});

Deno.test("clusters keep an interval honest where rows alone make it too short", () => {
  const simulations = 150;
  const clusters = Array.from({ length: 100 }, (_, n) => Math.floor(n / 5));
  let [byCluster, byRow] = [0, 0];
  for (let s = 0; s < simulations; s++) {
    const effects = normalNumbers(fold(key(10), s, "speaker"), 20);
    const noise = normalNumbers(fold(key(10), s, "clip"), 100);
    const statistic = meanOf(noise.map((x, n) => x + effects[clusters[n]!]!));
    const options = { count: 100, statistic, key: fold(key(11), s), resamples: 200 };
    const clustered = bootstrapInterval({ ...options, clusters });
    const plain = bootstrapInterval(options);
    if (clustered.low <= 0 && 0 <= clustered.high) byCluster++;
    if (plain.low <= 0 && 0 <= plain.high) byRow++;
  }
  // 95 percent are wanted. Rows alone see a third of the variance: Φ(1.96 / √3) is 0.87, 74 percent.
  const [clustered, plain] = [byCluster / simulations, byRow / simulations];
  ok(clustered > 0.87 && clustered < 0.99, `${clustered}`);
  ok(plain > 0.6 && plain < 0.85, `${plain}`);
});

Deno.test("bootstrapInterval() leaves out and counts resamples without a value", () => {
  const actual = [1, 0, 0, 0, 0, 0, 0, 1, 1];
  const scores = [0.9, 0.1, 0.4, 0.3, 0.2, 0.6, 0.5, 0.7, 0.55];
  const statistic = (rows: Uint32Array) =>
    aucRoc({ actual: [...rows].map((n) => actual[n]!), scores: [...rows].map((n) => scores[n]!) });
  const { resamples, undefinedResamples, low, high } = bootstrapInterval({
    count: 9,
    statistic,
    key: key(12),
  });
  equal(resamples + undefinedResamples, 1000);
  // Only negatives: (2 / 3)⁹ = 26 of 1000; only positives: (1 / 3)⁹, none.
  ok(undefinedResamples > 8 && undefinedResamples < 50, `${undefinedResamples}`);
  ok(low > 0 && high === 1);
  throws(
    () =>
      bootstrapInterval({
        count: 2,
        statistic: (rows) => rows[0] === rows[1] ? NaN : 1,
        key: key(1),
        resamples: 100,
      }),
    /RangeError: Cannot resample: expected a finite statistic on nine resamples of ten/,
  );
});

Deno.test("pairedBootstrap() scores both systems on the same rows", () => {
  const noise = normalNumbers(key(13), 200);
  const first = meanOf(noise.map((x) => x + 0.5));
  const second = meanOf(noise);
  const { estimate, standardError, p } = pairedBootstrap({
    count: 200,
    first,
    second,
    key: key(14),
  });
  ok(Math.abs(estimate - 0.5) < 1e-12 && standardError < 1e-12);
  equal(p, 2 / 1001);
});

Deno.test("pairedBootstrap() counts the resamples on the other side of 0, twice", () => {
  const differences = [3, -1, 2, -2, 1, 2];
  const seen: number[] = [];
  const first = (rows: Uint32Array) => {
    seen.push(meanOf(differences)(rows));
    return seen.at(-1)!;
  };
  const { p, estimate } = pairedBootstrap({
    count: 6,
    first,
    second: () => 0,
    key: key(15),
    resamples: 300,
  });
  const notAbove = seen.slice(1).filter((d) => d <= 0).length;
  ok(notAbove > 10);
  equal(p, 2 * (notAbove + 1) / 301);
  equal(estimate, 5 / 6);
});

Deno.test("pairedBootstrap() of a system with itself sees no difference", () => {
  const statistic = meanOf(normalNumbers(key(16), 20));
  const same = pairedBootstrap({ count: 20, first: statistic, second: statistic, key: key(17) });
  deepEqual([same.estimate, same.low, same.high, same.p], [0, 0, 0, 1]);
});

Deno.test("pairedBootstrap() cries wolf about one time in twenty", () => {
  const simulations = 200;
  let alarms = 0;
  for (let s = 0; s < simulations; s++) {
    const next = uniforms(fold(key(18), s));
    const right = () => Float64Array.from({ length: 60 }, () => next() < 0.7 ? 1 : 0);
    const [first, second] = [meanOf(right()), meanOf(right())];
    const { p } = pairedBootstrap({ count: 60, first, second, key: key(s), resamples: 199 });
    if (p <= 0.05) alarms++;
  }
  // 10 expected; the standard deviation is 3.
  ok(alarms >= 2 && alarms <= 20, `${alarms} of ${simulations}`);
});

Deno.test("bootstrapInterval() refuses what it cannot resample", () => {
  const sound = { count: 4, statistic: () => 1, key: key(1) };
  const refuses = (change: object, message: string) =>
    throws(() => bootstrapInterval({ ...sound, ...change }), { name: "RangeError", message });
  refuses({ count: 0 }, "Cannot resample: expected at least one sample, got 0");
  refuses({ resamples: 1 }, "Cannot resample: expected at least two resamples, got 1");
  refuses({ level: 95 }, "Cannot resample: expected a level between 0 and 1, got 95");
  refuses(
    { clusters: [1, 2, 3] },
    "Cannot resample: expected the cluster of 4 samples, got 3",
  );
  refuses(
    { clusters: [1, 1, 1, 1] },
    "Cannot resample: expected at least two clusters, got 1",
  );
  refuses(
    { statistic: () => NaN },
    "Cannot resample: expected a finite statistic of the test set, got NaN",
  );
});
