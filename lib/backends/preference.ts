/** An ordered preference: names are tried one by one, and each that can't start says why. @module */

/** Names in order of preference, and how each is started. */
export interface Preference<Name extends string> {
  /** For messages: `execution provider`. */
  readonly kind: string;
  /** What the user asked for, best first. */
  readonly wanted: readonly string[];
  /** Every name there is. */
  readonly known: readonly Name[];
  /** Starts one, or throws the reason why that can't be. */
  readonly start: (name: Name) => Promise<void>;
}

/** What was started, and what came before it in the preference. */
export interface Started<Name extends string> {
  readonly name: Name;
  readonly skipped: readonly { readonly name: Name; readonly reason: string }[];
}

/**
 * Starts the first of the names wanted that can be. Nothing is started that was not named.
 *
 * @throws {RangeError} A name is unknown, or there is none; before anything is started.
 * @throws {Error} None could be started: one message with every reason.
 */
export async function startFirst<Name extends string>(
  { kind, wanted, known, start }: Preference<Name>,
): Promise<Started<Name>> {
  const names = parseNames({ kind, wanted, known });
  const skipped: { name: Name; reason: string }[] = [];
  for (const name of names) {
    const reason = await reasonAgainst(() => start(name));
    if (reason === undefined) return { name, skipped };
    skipped.push({ name, reason });
  }
  const reasons = skipped.map(({ name, reason }) => `\n- ${name}: ${reason}`).join("");
  throw new Error(
    `Cannot start ${names.join(" or ")}: expected one ${kind} to work, got${reasons}`,
  );
}

/** Starts something: undefined where that works, else the reason against it on one line. */
export async function reasonAgainst(start: () => Promise<void>): Promise<string | undefined> {
  try {
    await start();
  } catch (error) {
    return asReason(error);
  }
}

function parseNames<Name extends string>(
  { kind, wanted, known }: Omit<Preference<Name>, "start">,
): Name[] {
  const choices = `choose from ${known.join(", ")}`;
  if (wanted.length === 0) throw new RangeError(`Cannot start no ${kind}: ${choices}`);
  const unknown = wanted.filter((name) => !(known as readonly string[]).includes(name));
  if (unknown.length > 0) {
    throw new RangeError(`Cannot start the ${kind} "${unknown.join('", "')}": ${choices}`);
  }
  return [...new Set(wanted as readonly Name[])];
}

function asReason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text
    // Where in its own sources ONNX Runtime gave up, ahead of what it has to say.
    .replace(/^\/onnxruntime_src\S* .* was (?:true|false)\. /s, "")
    .replace(/\s+/g, " ")
    // tfjs-node's advice to rebuild it in a folder of npm's, which Deno has not.
    .replace(/ Please run command 'npm rebuild .*/, "")
    .trim();
}
