/**
 * Compiled files, kept by the digest of what they were made of. They are code that is run, so they
 * are in a folder that only its owner may write to, and are read again and compared with their
 * digest before they are loaded.
 *
 * Workers and processes share a folder. Each compiles to a name of its own and renames it, so that a
 * file is whole; who wants what another one compiles waits for it, and where that fails, makes the
 * same file twice.
 *
 * @module
 */

import { resolve } from "node:path";
import { ifThere, sha256 } from "../../files.ts";
import { argumentsFor, type Compiler, compileTo, type Product } from "./compiler.ts";
import { NoExecutor } from "./no_executor.ts";
import { assertTrusted } from "./trusted_path.ts";

/** Where compiled files are kept by default, from the folder in which the process runs. */
export const defaultCache = ".cache/c";

/** A folder of compiled files. */
export interface ObjectCache {
  /** The number of the user whose it is, who this process is. */
  readonly user: number;
  /** The path of what `source` compiles to, compiled unless it is there. */
  get(compiler: Compiler, source: string, product: Product): Promise<string>;
}

/**
 * Refuses a folder in which compiled files may not be kept. It need not be there.
 *
 * @returns The number of the user, where the folder is there to tell it.
 * @throws {NoExecutor} It is no folder of this user's, or others may enter it or exchange it, or it may
 * not be read and written.
 */
export async function assertUsable(folder: string): Promise<number | undefined> {
  for (const name of ["read", "write"] as const) {
    const { state } = await Deno.permissions.query({ name, path: folder });
    if (state !== "granted") {
      throw new NoExecutor(`no permission to ${name} ${folder}, which --allow-${name} gives`);
    }
  }
  if (await ifThere(Deno.lstat(folder)) !== undefined) return await assertPrivate(folder);
}

/** Opens a folder, made if it is not there. @throws {NoExecutor} As {@linkcode assertUsable}. */
export async function openCache(folder: string): Promise<ObjectCache> {
  await assertUsable(folder);
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  const user = await assertPrivate(folder);
  // A path for dlopen, which searches for names that have no slash.
  const root = await Deno.realPath(folder);
  return { user, get: (compiler, source, product) => get(root, compiler, source, product) };
}

async function assertPrivate(folder: string): Promise<number> {
  const { isDirectory, mode, uid } = await Deno.lstat(folder);
  if (!isDirectory) throw new NoExecutor(`${folder} is no folder`);
  if (((mode ?? 0) & 0o077) !== 0) {
    const octal = (mode! & 0o777).toString(8);
    throw new NoExecutor(`others may enter ${folder} (mode ${octal}); chmod 700 mends it`);
  }
  // Who this is, a file that it makes tells; asking the system takes another permission.
  const own = await Deno.makeTempFile({ dir: folder, prefix: "." });
  const { uid: user } = await Deno.stat(own);
  await Deno.remove(own);
  if (uid !== user) throw new NoExecutor(`${folder} belongs to another user`);
  // Nobody else can exchange the folder between a look at a file in it and its loading.
  await assertTrusted(resolve(folder), user!);
  return user!;
}

async function get(
  root: string,
  compiler: Compiler,
  source: string,
  product: Product,
): Promise<string> {
  const { version, command } = compiler;
  // A linked object is named after what it has.
  const key = sha256(
    JSON.stringify([source, command, version, argumentsFor(compiler, product, "")]),
  );
  const record = `${root}/${key}.json`;
  const find = async () => {
    const known = await ifThere(Deno.readTextFile(record));
    return known === undefined ? undefined : await checked(root, record, JSON.parse(known));
  };
  const kept = await find();
  if (kept !== undefined) return kept;

  const release = await lock(`${root}/.${key}.lock`);
  const temporary = `${root}/.${crypto.randomUUID()}`;
  try {
    // Another worker may have compiled it while this one waited.
    const made = await find();
    if (made !== undefined) return made;
    await compileTo(compiler, { source, product, to: temporary });
    const digest = sha256(await Deno.readFile(temporary));
    // Named after what it has as well, so that a record never tells of another process's file.
    const file = `${key.slice(0, 32)}-${digest.slice(0, 32)}`;
    await Deno.rename(temporary, `${root}/${file}`);
    await Deno.writeTextFile(temporary, JSON.stringify({ file, sha256: digest, version }));
    await Deno.rename(temporary, record);
    return `${root}/${file}`;
  } finally {
    await ifThere(Deno.remove(temporary));
    await release();
  }
}

/**
 * Waits for its turn. Who comes when the file has just been removed has another one, and compiles
 * the same at the same time.
 */
async function lock(path: string): Promise<() => Promise<void>> {
  const file = await Deno.open(path, { create: true, write: true });
  // Not every file system has locks: without, workers compile side by side.
  await file.lock(true).catch(() => {});
  return async () => {
    await ifThere(Deno.remove(path));
    file.close();
  };
}

/** The path of a compiled file, unless it was removed. */
async function checked(
  root: string,
  record: string,
  { file, sha256: wanted }: { readonly file: string; readonly sha256: string },
): Promise<string | undefined> {
  if (!/^[0-9a-f]+-[0-9a-f]+$/.test(file)) {
    throw new NoExecutor(`${record} names no compiled file; delete it`);
  }
  const path = `${root}/${file}`;
  const bytes = await ifThere(Deno.readFile(path));
  if (bytes === undefined) return undefined;
  const got = sha256(bytes);
  if (got === wanted) return path;
  throw new NoExecutor(
    `${path} is not what was compiled: expected SHA-256 ${wanted}, got ${got}; delete ${root}`,
  );
}
