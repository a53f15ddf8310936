/** Why C can't be compiled, or what is compiled can't be loaded, on this machine as it is. @module */

/** Its message says in one line why. */
export class NoExecutor extends Error {
  override readonly name = "NoExecutor";
}
