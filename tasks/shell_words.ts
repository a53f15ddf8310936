/** Words as a shell takes them. @module */

/** A word as a POSIX shell takes it. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Words of one command. */
export function quoteAll(words: readonly string[]): string {
  return words.map(quote).join(" ");
}
