/**
 * The colours of every figure: one thing has one colour everywhere.
 *
 * @module
 */

import { grounds } from "./dark.ts";

/**
 * The colour of each modality, and of what joins the three.
 *
 * Blue, vermilion and green of Okabe and Ito (*Color universal design*, 2008)
 * and the wine of Tol (*Colour schemes*, 2021): apart for the eyes that do
 * not tell red from green, too.
 */
export const modalityColours: Readonly<Record<"text" | "image" | "audio" | "unified", string>> = {
  text: "#0072b2",
  image: "#d55e00",
  audio: "#009e73",
  unified: "#882255",
};

/**
 * The colours of modalities for words: of their hues, and dark enough to be read on white.
 */
export const modalityInks: typeof modalityColours = {
  ...modalityColours,
  image: "#b04d00",
  audio: "#007a59",
};

/**
 * The colour of each system of a table: greys for what has learnt nothing, blues for what is simple,
 * ochres and greens for published models, and the wine of the unified classifier for ours.
 *
 * Systems are many, so their names stand beside their marks: no figure asks a reader to tell ten colours apart.
 */
export const systemColours: Readonly<Record<string, string>> = {
  "Majority": "#a3abb4",
  "Shuffled labels": "#7d8791",
  "TF-IDF regression": "#9cc4e4",
  "MFCC regression": "#7fb2d6",
  "Linear probe": "#4a90c2",
  "Best single modality": "#3578b0",
  "Late fusion": "#1f5f99",
  "Learnt late fusion": "#174a7c",
  "Concatenation MLP": "#5b6fb5",
  "MISA": "#d9a21b",
  "MSFNet (adaptation)": "#a87400",
  "CLIP zero-shot": "#97c793",
  "CLIP": "#5fa55a",
  "CLIP+BERT": "#2f7d4f",
  "Late fusion of Proposed": "#b76a92",
  "Proposed": modalityColours.unified,
};

// For systems that the palette does not name; none is the colour of a named one.
const spareColours = ["#8c6bb1", "#3d9a9a", "#b5654a", "#5a6b8c", "#8f8a3c", "#c27ba0"] as const;

/**
 * One colour a system, in the order given: its own, or for a system without one the next spare colour.
 *
 * Spare colours come round again after the sixth such system.
 */
export function coloursOf(systems: readonly string[]): string[] {
  let spares = 0;
  return systems.map((system) =>
    Object.hasOwn(systemColours, system)
      ? systemColours[system]!
      : spareColours[spares++ % spareColours.length]!
  );
}

/** Ink, from the strongest to the faintest: text, secondary text, axes, grid lines; and the ground. */
export const inks = {
  text: "#1f2328",
  muted: "#59636e",
  axis: "#9aa3ad",
  grid: "#e8ebee",
  ground: grounds.light,
} as const;
