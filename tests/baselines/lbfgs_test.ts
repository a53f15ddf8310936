import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { minimise, type Objective } from "../../lib/baselines/lbfgs.ts";

// Rosenbrock's valley, (1 - x)² + 100 (y - x²)², lowest at (1, 1).
const valley: Objective = (point, gradient) => {
  const [x, y] = [point[0]!, point[1]!];
  gradient[0] = -2 * (1 - x) - 400 * x * (y - x * x);
  gradient[1] = 200 * (y - x * x);
  return (1 - x) ** 2 + 100 * (y - x * x) ** 2;
};

// ½ Σ a_i (x_i - i)² with curvatures a from 1 to 1,000.
const bowl: Objective = (point, gradient) =>
  point.reduce((value, x, i) => {
    const curvature = 10 ** (3 * i / (point.length - 1));
    gradient[i] = curvature * (x - i);
    return value + curvature * (x - i) ** 2 / 2;
  }, 0);

function near(got: Float64Array, wanted: readonly number[], tolerance: number) {
  equal(got.length, wanted.length);
  wanted.forEach((w, i) => ok(Math.abs(got[i]! - w) < tolerance, `${[...got]}, not ${wanted}`));
}

Deno.test("minimise() finds the end of a curved valley as directly as SciPy does", () => {
  const { point, iterations, evaluations, converged } = minimise(valley, Float64Array.of(-1.2, 1), {
    tolerance: 1e-9,
  });
  ok(converged);
  near(point, [1, 1], 1e-8);
  // SciPy's L-BFGS-B: 38 iterations, 46 evaluations.
  ok(iterations <= 40 && evaluations <= 48, `${iterations}, ${evaluations}`);
});

Deno.test("minimise() finds the bottom of a bowl 1,000 times steeper one way than another", () => {
  const start = new Float64Array(30);
  const { point, iterations, evaluations, converged } = minimise(bowl, start);
  ok(converged);
  near(point, Array.from(start, (_, i) => i), 1e-5);
  // SciPy's L-BFGS-B: 229 iterations, 248 evaluations.
  ok(iterations <= 240 && evaluations <= 260, `${iterations}, ${evaluations}`);
  deepEqual([...start], new Array(30).fill(0));
});

Deno.test("minimise() reaches far when the first step is far too short", () => {
  const { point, evaluations, converged } = minimise((x, gradient) => {
    gradient[0] = 2e-3 * (x[0]! - 1e6);
    return 1e-3 * (x[0]! - 1e6) ** 2;
  }, Float64Array.of(0));
  ok(converged);
  near(point, [1e6], 1e-3);
  // The step doubles from 1 to about 1e5, and the next is exact.
  ok(evaluations <= 20, `${evaluations}`);
});

Deno.test("minimise() steps back from where the function is not finite", () => {
  // x - ln x / 100, lowest at 0.01 and NaN below 0, where the first step leads.
  const { point, converged } = minimise((x, gradient) => {
    gradient[0] = 1 - 0.01 / x[0]!;
    return x[0]! - 0.01 * Math.log(x[0]!);
  }, Float64Array.of(0.5));
  ok(converged);
  near(point, [0.01], 1e-5);
});

Deno.test("minimise() says when it stopped before the tolerance", () => {
  const { iterations, converged } = minimise(valley, Float64Array.of(-1.2, 1), {
    maxIterations: 3,
  });
  deepEqual([iterations, converged], [3, false]);
});

Deno.test("minimise() takes the same way each time", () => {
  const run = () => minimise(valley, Float64Array.of(-1.2, 1));
  deepEqual(run(), run());
});

Deno.test("minimise() stays at a minimum", () => {
  const { iterations, evaluations } = minimise(valley, Float64Array.of(1, 1));
  deepEqual([iterations, evaluations], [0, 1]);
});

Deno.test("minimise() refuses a start without a value", () => {
  throws(
    () => minimise(() => NaN, Float64Array.of(0)),
    /RangeError: Cannot minimise: expected a finite value at the start, got NaN/,
  );
});
