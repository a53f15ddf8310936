/** Systems that a table compares with. @module */

export * from "./logistic_regression.ts";
export * from "./majority.ts";
export * from "./systems.ts";
