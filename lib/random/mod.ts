/**
 * Random numbers without hidden state: keys, and what is drawn by them.
 *
 * @module
 */

export * from "../tensor/random.ts";
