/** What noise does to one modality, as curves. @module */

import { type BandRow, curvesWithBands, type Form } from "../../lib/figures/mod.ts";
import { accuracyInterval } from "../../lib/metrics/mod.ts";
import type { Modality } from "../../lib/modality.ts";
import { band, type Score } from "../tables.ts";
import type { NoiseRow } from "./rows.ts";

/** The curves of one modality: a panel a kind of noise. */
export function noiseFigure(
  rows: readonly NoiseRow[],
  modality: Modality,
  { subtitle, tests, narrow = false }: Form & {
    readonly subtitle: string;
    /** Triples that each point of a run judges. */
    readonly tests: number;
  },
) {
  const own = rows.filter((row) => row.modality === modality);
  const of = (system: string) => own.filter((row) => row.system === system);
  const panel = ({ corruption, isTrained }: NoiseRow) =>
    isTrained ? `${corruption}, trained on` : `${corruption}, held out`;
  const curve = (series: string, from: readonly NoiseRow[], of: (row: NoiseRow) => Score) =>
    from.map((row): BandRow => ({
      corruption: panel(row),
      series,
      level: row.level,
      ...of(row).seeds.length > 1 ? band(of(row)) : bandOfOne(of(row), tests),
    }));
  const trained = (system: string) => of(`${system}, trained on noise`);
  const ours = trained("Residual fusion (ours)");
  const inTriple = (row: NoiseRow) => row.inTriple;
  const bands = [
    ...curve("Proposed", of("Proposed"), inTriple),
    ...curve("Proposed +", trained("Proposed"), inTriple),
    ...curve("Late fusion +", trained("Late fusion"), inTriple),
    ...curve("Ours +", ours, inTriple),
    ...curve(`Ours +, no ${modality}`, ours, ({ without }) => without),
  ];
  return curvesWithBands(bands, {
    title: `Noisy ${modality}`,
    subtitle: `${subtitle}; ${tests.toLocaleString("en-US")} test triples a point and seed, ` +
      "of which the two other samples are clean. " +
      "+: trained on noise, too. Ours: residual fusion.",
    ...{ measure: "accuracy", from: "data", narrow },
    levels: Object.fromEntries(own.map((row) => [panel(row), row.unit])),
    ...own.every(({ inTriple }) => inTriple.seeds.length === 1) &&
      { band: "Band: 95 % interval of one run (Wilson)." },
  });
}

// One seed has no deviation; its share of tests has an interval.
function bandOfOne({ mean }: Score, tests: number): Pick<BandRow, "mean" | "low" | "high"> {
  const { low, high } = accuracyInterval({ accuracy: mean, count: tests });
  return { mean, low, high };
}
