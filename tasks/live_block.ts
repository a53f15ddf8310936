/** A few lines at the foot of a terminal that are rewritten together. @module */

/** Lines that are rewritten until they end. */
export interface LiveBlock {
  /** Puts these lines in place of the last ones; one that is too long for the terminal is cut. */
  draw(lines: readonly string[]): void;
  /** Leaves the lines as they are, and goes on below. */
  end(): void;
}

/** A block of a terminal so many columns wide. */
export function liveBlock(
  { write, columns }: { readonly write: (text: string) => void; readonly columns: () => number },
): LiveBlock {
  let height = 0;
  return {
    draw(lines) {
      const up = height > 1 ? `\x1b[${height - 1}A` : "";
      // A line that the terminal breaks in two would be rewritten by half.
      const width = columns() - 1;
      // ESC [ K clears what a longer line has left behind, ESC [ J the lines below.
      const drawn = lines.map((line) => `${cut(line, width)}\x1b[K`).join("\n");
      write(`\r${up}${drawn}${lines.length < height ? "\x1b[J" : ""}`);
      height = lines.length;
    },
    end() {
      if (height > 0) write("\n");
      height = 0;
    },
  };
}

function cut(line: string, width: number): string {
  const letters = [...line];
  return letters.length <= width ? line : `${letters.slice(0, Math.max(0, width - 1)).join("")}…`;
}

/** The columns of the terminal at hand; 80 where it does not say. */
export function terminalColumns(): number {
  try {
    return Deno.consoleSize().columns || 80;
  } catch {
    return 80;
  }
}
