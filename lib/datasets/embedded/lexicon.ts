/**
 * The words and phrases that the embedded corpus makes its sentences of.
 *
 * All are written for this purpose: lower case, letters and spaces only, as in
 * the Kaggle *Emotions* data. Lists run from common to rare where order counts.
 *
 * @module
 */

import words from "./lexicon.json" with { type: "json" };

/** The labels 0 to 5 of the Kaggle *Emotions* data, in order. */
export const textEmotions = ["sadness", "joy", "love", "anger", "fear", "surprise"] as const;

/** One of {@linkcode textEmotions}. */
export type TextEmotion = (typeof textEmotions)[number];

/** What one can feel: completes "i feel …". Common words first. */
export const feelings: Readonly<Record<TextEmotion, readonly string[]>> = words.feelings;

/** What happened, without naming the emotion: completes "i …" and takes a topic. */
export const episodes: Readonly<Record<TextEmotion, readonly string[]>> = words.episodes;

/** Topics that say nothing of the emotion. */
export const topics: readonly string[] = words.topics;

/** Topics that lean to one side; {@linkcode pleasant} ones mostly go with pleasant emotions. */
export const pleasant: readonly string[] = words.pleasant;

/** The other side of {@linkcode pleasant}. */
export const unpleasant: readonly string[] = words.unpleasant;

/** Who feels, and when. */
export const subjects: readonly string[] = words.subjects;

/** Verbs that join subject and feeling. */
export const verbs: readonly string[] = words.verbs;

/** Refusals of a feeling: the emotion is another than the word names. */
export const denials: readonly string[] = words.denials;

/** How much; most often nothing is said. */
export const degrees: readonly string[] = words.degrees;

/** Between a feeling and its topic. */
export const links: readonly string[] = words.links;

/** How a sentence ends; often it just stops. */
export const endings: readonly string[] = words.endings;
