/** Fits that several rows of a table have in common: each is made once. @module */

import type { CorpusFeatures } from "../systems/features.ts";
import type { Fitted, Problem, System } from "../systems/system.ts";

/** A system that remembers its fits on one modality; others it makes anew. */
export type ShareFits = (system: System) => System;

/**
 * Remembers the last `most` fits. For systems without randomness alone, since two problems
 * that differ in nothing but their key are taken for one. A fit that is shared is not disposed
 * of by those who share it.
 */
export function sharedFits(most = 6): ShareFits {
  const fits = new Map<string, Promise<Fitted>>();
  const identities = new WeakMap<System | CorpusFeatures, number>();
  let met = 0;
  const identity = (of: System | CorpusFeatures) => {
    if (!identities.has(of)) identities.set(of, met++);
    return identities.get(of)!;
  };
  const nameOf = (system: System, problem: Problem) => {
    const { features, train, validation, noisy, present } = problem;
    const m = present[0]!;
    const copies = noisy?.[m]?.map(({ row, of }) => `${row} of ${of}`);
    return [identity(system), identity(features), m, train[m], validation[m], copies].join(";");
  };
  const fit = async (system: System, problem: Problem) => {
    if (problem.protocol !== "single" || problem.present.length !== 1) {
      return await system.fit(problem);
    }
    const name = nameOf(system, problem);
    const fitted = fits.get(name) ?? system.fit(problem);
    // The one used last is the last to be forgotten; a fit that failed is not kept.
    fits.delete(name);
    fits.set(name, fitted);
    fitted.catch(() => fits.delete(name));
    if (fits.size > most) fits.delete(fits.keys().next().value!);
    return { ...await fitted, dispose: () => Promise.resolve() };
  };
  return (system) => ({ name: system.name, fit: (problem) => fit(system, problem) });
}
