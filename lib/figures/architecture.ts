/** The model as boxes and arrows, each with its file, shape and parameters (paper, Fig. 3). @module */

import { flow } from "./flow.ts";
import {
  colourOfModality,
  type FigureOptions,
  grouped,
  narrowWidth,
  requireCount,
} from "./house_style.ts";
import type { Figure } from "./render.ts";

/** One stage of the model. */
export interface ArchitectureBox {
  /** What edges call it; no two boxes share one. */
  readonly id: string;
  /** What the stage is called. */
  readonly label: string;
  /** Where it is written, or what computes it. */
  readonly file: string;
  /** The shape of what comes out, such as `[B, 8, 64]`. */
  readonly shape: string;
  /** Trainable numbers; 0 for a stage that has none. */
  readonly parameters: number;
  /** Encoders are not trained here. */
  readonly frozen?: boolean;
  /** Colours the box; `unified` for what joins the three. */
  readonly modality: string;
  /** As in `FlowBox`. */
  readonly column: number;
  /** Counted from 0 at the top. */
  readonly row: number;
  /** In columns; 1 by default. */
  readonly span?: number;
}

/** What goes from one stage to another. */
export interface ArchitectureEdge {
  /** The `id` of the box that it leaves. */
  readonly from: string;
  /** The `id` of the box that it enters. */
  readonly to: string;
  /** What arrives, where it is not what the stage puts out: a mean of it, say. */
  readonly label?: string;
}

/** A whole model. */
export interface Architecture {
  /** Every stage once. */
  readonly boxes: readonly ArchitectureBox[];
  /** What flows between them, downwards. */
  readonly edges: readonly ArchitectureEdge[];
}

/**
 * Draws the stages from the encoders at the top to the classifier at the foot,
 * each with its file, the shape of what it hands on and its parameters. Frozen
 * encoders have a dashed outline.
 *
 * @throws {RangeError} As `flow`, and a number of parameters that is no count.
 */
export function architectureFigure(
  { boxes, edges }: Architecture,
  options: FigureOptions,
): Figure {
  const total = boxes.reduce((sum, { parameters }) => sum + parameters, 0);
  return flow({ boxes: boxes.map(toFlowBox), edges }, {
    ...options,
    key: `${grouped(total)} trainable parameters. Dashed: frozen. ` +
      "In a box: its file, the shape of what it hands on, and how many numbers it learns. B: batch.",
    ...options.narrow
      // Four columns.
      ? { columnWidth: narrowWidth / 4, columnGap: 5, rowGap: 26 }
      : { columnWidth: 202, rowGap: 32 },
  });
}

function toFlowBox(box: ArchitectureBox) {
  const { id, label, file, shape, parameters, frozen = false, modality, column, row, span = 1 } =
    box;
  requireCount(parameters, `"${label}"`, "number of parameters");
  const size = frozen
    ? "frozen"
    : parameters === 0
    ? "no parameters"
    : `${grouped(parameters)} parameters`;
  return {
    id,
    label,
    details: [file, `${shape} · ${size}`],
    column,
    row,
    span,
    color: colourOfModality(modality),
    kind: frozen ? "frozen" : "step",
  } as const;
}
