/** The null distribution: what cheap systems say after labels that say nothing, many times over. @module */

import { byModality } from "../modality.ts";
import type { Fitted, Head, Problem, Rows, System } from "../systems/system.ts";
import { fold } from "../tensor/random.ts";
import { lateFusion } from "./late_fusion.ts";
import { linearProbe } from "./linear_probe.ts";
import { shuffledLabels } from "./shuffled_labels.ts";

/** How often labels are shuffled. */
export const shuffles = 20;

// What is learnt of noise is the same at any strength, so that one of the grid's is enough, and a
// direction is found long before the minimum.
const quickly = { strengths: [0.01], maxIterations: 30 };

/**
 * Linear probes, under `label` late fusion of three, each fitted on labels that were shuffled anew
 * (`shuffledLabels`): what true test labels score by chance alone, on these samples and under this
 * split. A verdict is `shuffles` probabilities of positive, one of each fit.
 *
 * One shuffle says nothing: on a few hundred samples, labels without meaning can score far from one
 * half either way. Twenty have an interval, which holds chance unless something leaks.
 *
 * The fit throws a RangeError under other protocols than `single` and `label`.
 */
export function shuffledProbes(): System {
  const name = "Shuffled probes";
  const probe = linearProbe(quickly);
  const fusion = lateFusion(byModality(() => probe));
  const fit = async (problem: Problem): Promise<Fitted> => {
    const { protocol, key } = problem;
    if (protocol !== "single" && protocol !== "label") {
      throw new RangeError(
        `Cannot fit ${name}: expected protocol single or label, got ${protocol}`,
      );
    }
    const system = shuffledLabels(protocol === "label" ? fusion : probe);
    const fits: Fitted[] = [];
    for (let i = 0; i < shuffles; i++) {
      fits.push(await system.fit({ ...problem, key: fold(key, "shuffle", i) }));
    }
    return {
      async predict(rows, features) {
        const verdicts: Awaited<ReturnType<Fitted["predict"]>>[] = [];
        for (const fitted of fits) verdicts.push(await fitted.predict(rows, features));
        const heads = Object.keys(verdicts[0]!) as Head[];
        return Object.fromEntries(
          heads.map((head) => [head, sideBySide(verdicts.map((own) => own[head]!), rows)]),
        );
      },
      record: { shuffles, ...quickly },
      dispose: () => Promise.resolve(),
    };
  };
  return { name, fit };
}

// [N, shuffles] from a probability a sample of each.
function sideBySide(each: readonly ArrayLike<number>[], rows: Rows): Float64Array {
  const count = Object.values(rows)[0]!.length;
  return Float64Array.from(
    { length: count * each.length },
    (_, i) => each[i % each.length]![Math.floor(i / each.length)]!,
  );
}
