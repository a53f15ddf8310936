/** Pitch by the method of McLeod and Wyvill. @module */

export { PitchDetector } from "npm:pitchy@4.1.0";
