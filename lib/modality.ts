/** The vocabulary that every part shares: three modalities and two polarities. @module */

/** The three modalities, in the paper's order. They are record keys everywhere, never positions. */
export const modalities = ["text", "image", "audio"] as const;

/** One of {@linkcode modalities}. */
export type Modality = (typeof modalities)[number];

/** Sentiment polarity: 1 positive, 0 negative. */
export type Polarity = 0 | 1;

/** A record with `valueOf(m)` for each modality m. */
export function byModality<Value>(valueOf: (m: Modality) => Value): Record<Modality, Value> {
  return { text: valueOf("text"), image: valueOf("image"), audio: valueOf("audio") };
}
