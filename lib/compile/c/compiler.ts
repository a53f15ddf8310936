/** The system's C compiler: which one, with which arguments, and why there is none. @module */

import { ifThere } from "../../files.ts";
import { NoExecutor } from "./no_executor.ts";
import { assertTrusted } from "./trusted_path.ts";

/** A compiler that works. */
export interface Compiler {
  /** Its path, found once: what comes to be before it on the PATH is not called. */
  readonly command: string;
  /** The first line that it says of itself. */
  readonly version: string;
  /** What it is given for every file. */
  readonly flags: readonly string[];
}

const candidates = ["cc", "gcc", "clang"];

// Where PATH may not be read.
const usualFolders = ["/usr/local/bin", "/usr/bin", "/bin"];

// Nothing here may change a result: no reassociation, no contraction to fused operations, which are
// written out where they are meant. errno and traps are what no one reads.
const strict = [
  "-std=gnu11",
  "-ffp-contract=off",
  "-fno-math-errno",
  "-fno-trapping-math",
  "-fwrapv",
  "-fPIC",
  "-pthread",
  "-w",
  // Where the assembler and the linker are: without an environment there is no PATH to find them by.
  "-B/usr/bin",
];

// Kernels are unrolled; the loops of a graph only vectorised, which is as fast and compiles sooner.
const optimised = {
  object: { gcc: ["-O3"], clang: ["-O3"] },
  library: {
    gcc: ["-O1", "-ftree-vectorize", "-fvect-cost-model=dynamic"],
    clang: ["-O2"],
  },
};

const probed = new Map<string, Promise<Compiler>>();

/**
 * The first compiler that may be run and works, of `cc`, `gcc` and `clang` unless one is named. It is
 * looked for on the PATH, and refused where another user could have put it there.
 *
 * @param user As `assertTrusted` has it.
 * @throws {NoExecutor} There is none; the message says why, in one line.
 */
export async function findCompiler(named?: string, user?: number): Promise<Compiler> {
  if (Deno.build.os === "windows") throw new NoExecutor("C is not compiled on Windows");
  const reasons: string[] = [];
  for (const command of named === undefined ? candidates : [named]) {
    try {
      const path = await pathOf(command);
      await assertTrusted(path, user);
      return await probeOnce(path);
    } catch (error) {
      if (!(error instanceof NoExecutor)) throw error;
      reasons.push(error.message);
    }
  }
  throw new NoExecutor(`no C compiler: ${reasons.join("; ")}`);
}

/** The path of a command that may be run. */
async function pathOf(command: string): Promise<string> {
  const paths = command.startsWith("/")
    ? [command]
    : (await searchedFolders()).map((folder) => `${folder}/${command}`);
  for (const path of paths) {
    const read = await Deno.permissions.query({ name: "read", path });
    if (read.state !== "granted") {
      throw new NoExecutor(`no permission to look for ${path}, which --allow-read gives`);
    }
    const info = await ifThere(Deno.stat(path));
    if (!info?.isFile) continue;
    const { state } = await Deno.permissions.query({ name: "run", command: path });
    if (state === "granted") return path;
    throw new NoExecutor(`no permission to run ${command}, which --allow-run=${command} gives`);
  }
  throw new NoExecutor(`no ${command}${command.startsWith("/") ? "" : " on the PATH"}`);
}

/** Of what PATH has, folders that are named from the root: the others mean another one in each place. */
async function searchedFolders(): Promise<readonly string[]> {
  const { state } = await Deno.permissions.query({ name: "env", variable: "PATH" });
  const path = state === "granted" ? Deno.env.get("PATH") : undefined;
  if (path === undefined) return usualFolders;
  return path.split(":").filter((folder) => folder.startsWith("/"));
}

/** What is found is remembered; what is not may have been installed by the next time. */
function probeOnce(command: string): Promise<Compiler> {
  const known = probed.get(command) ?? probe(command);
  probed.set(command, known);
  known.catch(() => probed.delete(command));
  return known;
}

async function probe(command: string): Promise<Compiler> {
  // Without its tools, what macOS has in the place of a compiler opens a window that offers them.
  if (Deno.build.os === "darwin" && command === "/usr/bin/cc") await assertTools();
  const version = (await call(command, ["--version"], "")).split("\n")[0]!;
  const { arch } = Deno.build;
  if (arch === "aarch64") return { command, version, flags: strict };
  if (arch !== "x86_64") throw new NoExecutor(`no C for processors of ${arch}`);
  const native = await call(command, ["-march=native", "-dM", "-E", "-x", "c", "-"], "");
  const has = (...names: string[]) => names.every((name) => native.includes(` __${name}__ 1`));
  if (!has("AVX2", "FMA")) throw new NoExecutor("the processor has no AVX2");
  // The same sums in the same order on both: wider vectors have more of them side by side.
  const wide = has("AVX512F", "AVX512BW", "AVX512DQ", "AVX512VL");
  const target = wide ? ["-march=x86-64-v4", "-mprefer-vector-width=512"] : ["-march=x86-64-v3"];
  return { command, version, flags: [...strict, ...target] };
}

async function assertTools(): Promise<void> {
  const tools = ["/Library/Developer/CommandLineTools", "/Applications/Xcode.app"];
  const found = await Promise.all(tools.map((path) => ifThere(Deno.stat(path))));
  if (found.some(Boolean)) return;
  throw new NoExecutor("the command line tools are not installed; xcode-select --install does it");
}

/** How a file is compiled: to an object that others are linked with, or to a library. */
export type Product = { readonly kind: "object" } | {
  readonly kind: "library";
  /** Objects that it is linked with. */
  readonly objects: readonly string[];
};

/** The arguments by which `source`, on standard input, becomes the file `to`. */
export function argumentsFor(
  { flags, version }: Pick<Compiler, "flags" | "version">,
  product: Product,
  to: string,
): string[] {
  const family = version.includes("clang") ? "clang" : "gcc";
  const all = [...flags, ...optimised[product.kind][family], "-x", "c", "-"];
  if (product.kind === "object") return [...all, "-c", "-o", to];
  return [...all, "-shared", "-x", "none", ...product.objects, "-o", to, "-lm"];
}

/** Compiles a text. @throws {NoExecutor} The compiler refuses it. */
export async function compileTo(
  compiler: Compiler,
  { source, product, to }: {
    readonly source: string;
    readonly product: Product;
    readonly to: string;
  },
): Promise<void> {
  await call(compiler.command, argumentsFor(compiler, product, to), source);
}

/** Runs the compiler without a shell, and without the environment of this process. */
async function call(command: string, args: readonly string[], input: string): Promise<string> {
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(command, {
      args: [...args],
      clearEnv: true,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    throw new NoExecutor(`${command} can't be run (${(error as Error).message})`);
  }
  const feed = async () => {
    try {
      const writer = child.stdin.getWriter();
      await writer.write(new TextEncoder().encode(input));
      await writer.close();
    } catch {
      // A compiler that ends before it has read all says why on its standard error.
    }
  };
  const [{ success, stdout, stderr }] = await Promise.all([child.output(), feed()]);
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (success) return text(stdout);
  const [first = "nothing said"] = text(stderr).trim().split("\n");
  throw new NoExecutor(`${command} fails: ${first}`);
}
