/** Settings checked at run time, where nothing has checked their types: in a notebook, from a file. @module */

/** Throws where a value is not what it has to be; `name` says which value it is. */
export type Check = (value: unknown, name: string) => void;

/** How a value is shown in an error. */
export function shown(value: unknown): string {
  if (typeof value === "function") return "a function";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function refuse(name: string, wanted: string, value: unknown): never {
  const got = value === undefined ? "nothing" : shown(value);
  throw new RangeError(`Cannot use ${name}: expected ${wanted}, got ${got}`);
}

/** A whole number from `least`. */
export function whole(least: number): Check {
  return (value, name) => {
    if (Number.isSafeInteger(value) && value as number >= least) return;
    refuse(name, `a whole number from ${least}`, value);
  };
}

/** A finite number above or from a bound, and below or up to another. */
export function between(low: number, high: number, { open = false } = {}): Check {
  const wanted = high === Infinity
    ? open ? `a number above ${low}` : `a number from ${low}`
    : `a number from ${low} ${open ? `and below ${high}` : `to ${high}`}`;
  return (value, name) => {
    const x = value as number;
    const above = high === Infinity && open ? x > low : x >= low;
    if (Number.isFinite(x) && above && (open ? x < high : x <= high)) return;
    refuse(name, wanted, value);
  };
}

/** True or false. */
export const flag: Check = (value, name) => {
  if (typeof value !== "boolean") refuse(name, "true or false", value);
};

/** A text with a letter in it. */
export const text: Check = (value, name) => {
  if (typeof value !== "string" || value === "") refuse(name, "a text", value);
};

/** A function. */
export const callable: Check = (value, name) => {
  if (typeof value !== "function") refuse(name, "a function", value);
};

/** What is not looked into. */
export const anything: Check = () => {};

/** One of these names; what is near to one is asked after. */
export function choice(names: readonly string[], also = ""): Check {
  return (value, name) => {
    if (names.includes(value as string)) return;
    const near = typeof value === "string" ? asked(nearest(value, names)) : "";
    const list = names.map((one) => `"${one}"`).join(", ");
    const got = value === undefined ? "nothing" : shown(value);
    throw new RangeError(`Cannot use ${name}: expected one of ${list}${also}, got ${got}${near}`);
  };
}

/** A list of at least one, each of which is checked. */
export function list(each: Check): Check {
  return (value, name) => {
    if (!Array.isArray(value) || value.length === 0) refuse(name, "a list of one or more", value);
    (value as unknown[]).forEach((one, i) => each(one, `${name}[${i}]`));
  };
}

/** A stage that somebody brings along: `methods` are its functions. */
export function stage(...methods: readonly string[]): Check {
  return record({ name: text, ...Object.fromEntries(methods.map((method) => [method, callable])) });
}

/** The second check where the value is an object, else the first. */
export function orObject(check: Check, object: Check): Check {
  return (value, name) => (typeof value === "object" ? object : check)(value, name);
}

/**
 * An object with these entries and no others. Those of `optional` may be missing or undefined.
 *
 * The checks throw a RangeError that names the entry: one that is not among them, with the name
 * that was probably meant; one that is missing; one with a wrong value.
 */
export function record(
  checks: Readonly<Record<string, Check>>,
  { optional = [] }: { readonly optional?: readonly string[] | "all" } = {},
): Check {
  const names = Object.keys(checks);
  return (value, name) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      refuse(name, "an object", value);
    }
    for (const key of Object.keys(value)) {
      if (names.includes(key)) continue;
      const near = nearest(key, names);
      throw new RangeError(
        `Cannot use ${name}: expected ${
          near === undefined ? `one of ${names.join(", ")}` : near
        }, ` +
          `got an entry "${key}"${asked(near)}`,
      );
    }
    for (const [key, check] of Object.entries(checks)) {
      const entry = (value as Record<string, unknown>)[key];
      if (entry === undefined && (optional === "all" || optional.includes(key))) continue;
      check(entry, `${name}, ${key}`);
    }
  };
}

function asked(near: string | undefined): string {
  return near === undefined ? "" : `; did you mean "${near}"?`;
}

/** The name that takes the fewest changes to get from `word`, at most a third of its letters. */
export function nearest(word: string, names: Iterable<string>): string | undefined {
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, "");
  const ranked = [...names].map((name) => ({ name, far: distance(plain(word), plain(name)) }))
    .sort((a, b) => a.far - b.far);
  const [first] = ranked;
  return first && first.far <= Math.max(1, first.name.length / 3) ? first.name : undefined;
}

// Levenshtein's distance, with a swap of neighbours as one change.
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      row[j] = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        row[j] = Math.min(row[j]!, beforeLast[j - 2]! + 1);
      }
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length]!;
}
