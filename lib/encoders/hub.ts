/** The Hugging Face hub: which files a model has, and each of them on disk once its digest is right. @module */

import { createHash } from "node:crypto";

/** How the hub is asked. */
export interface HubOptions {
  /** Its address; `https://huggingface.co` by default. */
  readonly endpoint?: string;
  /** How often a request is made before it counts as failed; 4 by default. */
  readonly attempts?: number;
  /** Seconds before the second attempt, twice as many before each further one; 1 by default. */
  readonly waitSeconds?: number;
  /** Seconds of silence after which a connection counts as cut; 60 by default. */
  readonly timeoutSeconds?: number;
  /** Called when a file begins, and after every 32 MB of it. */
  readonly onProgress?: ((message: string) => void) | undefined;
}

/** Where models are by default. */
export const defaultEndpoint = "https://huggingface.co";

/** A file of a model on the hub. */
export interface HubFile {
  /** Within the model. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /**
   * What the hub declares, in hexadecimal: of a large file (LFS) the SHA-256; of another one git's
   * name of it, the SHA-1 of `blob <size>\0` and the content.
   */
  readonly declared: { readonly sha256: string } | { readonly blob: string };
}

/** The files of a model at a commit. */
export interface HubListing {
  /** 40 hexadecimal digits, whatever branch or tag was asked for. */
  readonly commit: string;
  /** All of them, folders left out. */
  readonly files: readonly HubFile[];
}

/** Whether a revision is a whole commit, which never means anything else. */
function isCommit(revision: string): boolean {
  return /^[0-9a-f]{40}$/.test(revision);
}

/**
 * Asks the hub what commit a revision is now, and what files it has.
 *
 * @throws {Deno.errors.NotFound} The hub has no such model or revision.
 * @throws {Deno.errors.PermissionDenied} The model is not public, or there is none.
 * @throws {Deno.errors.Http | Deno.errors.TimedOut} No answer after all attempts.
 * @throws {RangeError} An answer that is no listing.
 */
export async function listHubFiles(
  { model, revision }: { readonly model: string; readonly revision: string },
  hub: HubOptions = {},
): Promise<HubListing> {
  const { endpoint = defaultEndpoint } = hub;
  const what = `the list of files of ${model} (${revision})`;
  const api = `${endpoint}/api/models/${model}`;
  let commit = revision;
  if (!isCommit(revision)) {
    const { answer } = await askJson(`${api}/revision/${encodeURIComponent(revision)}`, what, hub);
    commit = String((answer as { sha?: unknown } | null)?.sha);
    if (!isCommit(commit)) throw unexpected(what, "the commit of the revision", answer);
  }
  const files: HubFile[] = [];
  let page: string | undefined = `${api}/tree/${commit}?recursive=true`;
  while (page !== undefined) {
    const { answer, next } = await askJson(page, what, hub);
    if (!Array.isArray(answer)) throw unexpected(what, "an array", answer);
    for (const entry of answer) if (entry?.type === "file") files.push(hubFile(entry, what));
    page = next === undefined ? undefined : new URL(next, page).href;
  }
  return { commit, files };
}

function hubFile(entry: Record<string, unknown>, what: string): HubFile {
  const { path, size, oid, lfs } = entry as
    & { lfs?: { oid?: unknown; size?: unknown } }
    & typeof entry;
  const digest = String(lfs === undefined ? oid : lfs.oid);
  const bytes = lfs?.size ?? size;
  const known = digest.length === (lfs === undefined ? 40 : 64) && /^[0-9a-f]+$/.test(digest);
  if (typeof path !== "string" || !Number.isSafeInteger(bytes) || !known) {
    throw unexpected(what, "path, size and digest of each file", entry);
  }
  return {
    path,
    size: bytes as number,
    declared: lfs === undefined ? { blob: digest } : { sha256: digest },
  };
}

function unexpected(what: string, wanted: string, got: unknown): RangeError {
  const text = JSON.stringify(got)?.slice(0, 100);
  return new RangeError(`Cannot download ${what}: expected ${wanted}, got ${text}`);
}

function askJson(
  url: string,
  what: string,
  hub: HubOptions,
): Promise<{ answer: unknown; next: string | undefined }> {
  return withAttempts(what, hub, async (line) => {
    const response = await ask(url, { line, headers: {} });
    const text = await received(line, () => response.text());
    const next = response.headers.get("link")?.match(/<([^>]+)>;\s*rel="next"/)?.[1];
    try {
      return { answer: JSON.parse(text), next };
    } catch {
      throw unexpected(what, "JSON", text);
    }
  });
}

/** Which file, and where its bytes go. */
export interface HubDownload {
  readonly model: string;
  readonly commit: string;
  readonly file: HubFile;
  /** The file to write, in a folder that exists. What it holds is taken as the beginning. */
  readonly partial: string;
  /** The SHA-256 that the caller knows, which counts beside the one that the hub declares. */
  readonly pinned?: string | undefined;
}

/**
 * Downloads a file to `partial` and returns its SHA-256, once its size and all digests that are
 * known are right. A download that was cut goes on where it ended, in this call or in a later one.
 *
 * @throws {RangeError} A digest is wrong; `partial` is removed.
 * @throws {Deno.errors.NotFound | Deno.errors.PermissionDenied | Deno.errors.Http | Deno.errors.TimedOut}
 * As {@linkcode listHubFiles}; what has come so far stays in `partial`.
 */
export function downloadHubFile(download: HubDownload, hub: HubOptions = {}): Promise<string> {
  const { model, commit, file, partial } = download;
  const { endpoint = defaultEndpoint } = hub;
  const url = `${endpoint}/${model}/resolve/${commit}/${
    file.path.split("/").map(encodeURIComponent).join("/")
  }`;
  const what = `${file.path} of ${model}`;
  return withAttempts(what, hub, async (line) => {
    using target = await Deno.open(partial, { read: true, write: true, create: true });
    // Another process may be at it: this one waits, and finds the whole file.
    await target.lock(true);
    const sums = digestsOf(file);
    const kept = await takeUp(target, { sums, size: file.size });
    if (kept < file.size) {
      const headers = { "accept-encoding": "identity", ...kept > 0 && { range: `bytes=${kept}-` } };
      const response = await ask(url, { line, headers });
      if (kept > 0 && response.status !== 206) await startAgain(target, sums);
      await receive(response, { target, sums, line, file, model, hub });
    }
    const problem = wrongDigest(download, sums);
    if (problem === undefined) return sums.sha256();
    await Deno.remove(partial);
    // What an earlier call left may be what is wrong.
    throw kept > 0 ? new Passing(problem) : problem;
  });
}

type Digests = ReturnType<typeof digestsOf>;

function digestsOf({ size }: HubFile) {
  const begin = () => ({
    sha256: createHash("sha256"),
    blob: createHash("sha1").update(`blob ${size}\0`),
  });
  let hashes = begin();
  return {
    update(bytes: Uint8Array) {
      hashes.sha256.update(bytes);
      hashes.blob.update(bytes);
    },
    reset: () => void (hashes = begin()),
    sha256: () => hashes.sha256.copy().digest("hex"),
    // Git's name of the content.
    blob: () => hashes.blob.copy().digest("hex"),
  };
}

/** Reads what the file holds already and returns its size; of too much nothing is kept. */
async function takeUp(
  target: Deno.FsFile,
  { sums, size }: { sums: Digests; size: number },
): Promise<number> {
  const { size: kept } = await target.stat();
  if (kept > size) {
    await target.truncate(0);
    return 0;
  }
  const buffer = new Uint8Array(1 << 20);
  for (let count = await target.read(buffer); count !== null; count = await target.read(buffer)) {
    sums.update(buffer.subarray(0, count));
  }
  return kept;
}

async function startAgain(target: Deno.FsFile, sums: Digests): Promise<void> {
  await target.truncate(0);
  await target.seek(0, Deno.SeekMode.Start);
  sums.reset();
}

const progressBytes = 32e6;

async function receive(
  response: Response,
  { target, sums, line, file: { path, size }, model, hub: { onProgress = () => {} } }: {
    target: Deno.FsFile;
    sums: Digests;
    line: Line;
    file: HubFile;
    model: string;
    hub: HubOptions;
  },
): Promise<void> {
  const report = (bytes: number) =>
    onProgress(`Downloading ${model}, ${path}: ${megabytes(bytes)} of ${megabytes(size)} MB`);
  let bytes = await target.seek(0, Deno.SeekMode.Current);
  let reported = bytes;
  report(bytes);
  const reader = response.body?.getReader();
  while (reader !== undefined) {
    const chunk = await received(line, () => reader.read());
    if (chunk.done) break;
    bytes += chunk.value.length;
    if (bytes > size) {
      await reader.cancel();
      throw wrongSize({ path, model, size }, `${bytes} or more`);
    }
    sums.update(chunk.value);
    for (let at = 0; at < chunk.value.length;) at += await target.write(chunk.value.subarray(at));
    if (bytes - reported >= progressBytes) report(reported = bytes);
  }
  if (bytes !== size) throw wrongSize({ path, model, size }, String(bytes));
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 1e6 ? 3 : 0);
}

function wrongSize(
  { path, model, size }: { path: string; model: string; size: number },
  got: string,
): Passing {
  return new Passing(
    new Deno.errors.Http(`Cannot download ${path} of ${model}: expected ${size} bytes, got ${got}`),
  );
}

function wrongDigest({ model, file, pinned }: HubDownload, sums: Digests): Error | undefined {
  const { path, declared } = file;
  const checks = [
    ["SHA-256", pinned, sums.sha256()],
    "sha256" in declared
      ? ["SHA-256", declared.sha256, sums.sha256()]
      : ["git blob SHA-1", declared.blob, sums.blob()],
  ] as const;
  const wrong = checks.find(([, wanted, got]) => wanted !== undefined && wanted !== got);
  if (wrong === undefined) return undefined;
  const [name, wanted, got] = wrong;
  return new RangeError(
    `Cannot download ${path} of ${model}: expected ${name} ${wanted}, got ${got}; nothing was kept`,
  );
}

/** Thrown for what may pass by itself: another attempt is worth while. */
class Passing {
  constructor(
    readonly error: Error,
    /** How long the hub asked to wait. */
    readonly waitSeconds: number = 0,
  ) {}
}

/** A connection that counts as cut when nothing comes for a while. */
interface Line {
  /** What comes over it. */
  readonly what: string;
  readonly signal: AbortSignal;
  /** Something came. */
  alive(): void;
}

// Longer than a hub under load asks for, and shorter than anybody would wait without a word.
const longestWaitSeconds = 60;

async function withAttempts<T>(
  what: string,
  { attempts = 4, waitSeconds = 1, timeoutSeconds = 60 }: HubOptions,
  attempt: (line: Line) => Promise<T>,
): Promise<T> {
  for (let n = 1;; n++) {
    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const alive = () => {
      clearTimeout(timer);
      timer = setTimeout(
        () => controller.abort(silence(what, timeoutSeconds)),
        1e3 * timeoutSeconds,
      );
    };
    try {
      return await attempt({ what, signal: controller.signal, alive });
    } catch (problem) {
      if (!(problem instanceof Passing)) throw problem;
      if (n >= attempts) throw problem.error;
      clearTimeout(timer);
      const wait = Math.max(waitSeconds * 2 ** (n - 1), problem.waitSeconds);
      await new Promise((done) => setTimeout(done, 1e3 * Math.min(wait, longestWaitSeconds)));
    } finally {
      clearTimeout(timer);
    }
  }
}

function silence(what: string, seconds: number): Error {
  return new Deno.errors.TimedOut(
    `Cannot download ${what}: expected an answer, got none for ${seconds} s`,
  );
}

async function ask(
  url: string,
  { line, headers }: { line: Line; headers: Record<string, string> },
): Promise<Response> {
  line.alive();
  const response = await received(line, () => fetch(url, { headers, signal: line.signal }));
  if (response.ok) return response;
  await response.body?.cancel().catch(() => {});
  throw refused(response, line.what);
}

function refused({ status, headers }: Response, what: string): Error | Passing {
  const action = `Cannot download ${what}`;
  if (status === 404) {
    return new Deno.errors.NotFound(
      `${action}: expected a model, revision and file of the hub, got 404`,
    );
  }
  if (status === 401 || status === 403) {
    return new Deno.errors.PermissionDenied(
      `${action}: expected a public model, got ${status}: it is private or gated, or there is none`,
    );
  }
  const error = new Deno.errors.Http(`${action}: expected the file, got ${status} from the hub`);
  if (status < 500 && ![408, 429].includes(status)) return error;
  const seconds = Number(headers.get("retry-after") ?? Number.NaN);
  return new Passing(error, seconds >= 0 ? seconds : 0);
}

/** Awaits the network: a failure there may pass, but for a permission that is not given. */
async function received<T>(line: Line, wait: () => Promise<T>): Promise<T> {
  try {
    const result = await wait();
    line.alive();
    return result;
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    if (line.signal.aborted) throw new Passing(line.signal.reason);
    const message = `expected a connection, got ${messageOf(cause)}`;
    throw new Passing(new Deno.errors.Http(`Cannot download ${line.what}: ${message}`, { cause }));
  }
}

// `fetch` has the reason in a cause.
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${messageOf(error.cause)}`;
}
