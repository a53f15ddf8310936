/**
 * A hub on loopback that speaks as the Hugging Face hub does, and fails when it is told to.
 *
 * @module
 */

import { createHash } from "node:crypto";

/** The files of a model, by path. */
export type HubFiles = Readonly<Record<string, Uint8Array>>;

/** How a request for a file goes wrong: a status, or what happens to the bytes. */
export type Fault = number | "cut" | "wrong byte" | "too long" | "silence" | "no ranges";

/** A hub that runs. */
export interface FakeHub {
  readonly endpoint: string;
  /** The commit that every branch is at. */
  readonly commit: string;
  /** `list <revision>` and `<path>` or `<path> from <byte>`, in the order of the requests. */
  readonly requests: string[];
  /** No waiting, few attempts. */
  readonly hub: { endpoint: string; attempts: number; waitSeconds: number; timeoutSeconds: number };
}

/** A commit that is as good as any. */
export const commit = "0123456789abcdef0123456789abcdef01234567";

/** Runs `body` with a hub of these models; `fault` is asked at the nth request for a path, from 1. */
export async function withHub(
  models: Readonly<Record<string, HubFiles>>,
  body: (hub: FakeHub) => Promise<void>,
  { fault = () => undefined }: { fault?: (path: string, nth: number) => Fault | undefined } = {},
): Promise<void> {
  const requests: string[] = [];
  const counts = new Map<string, number>();
  const next = (path: string) => {
    counts.set(path, (counts.get(path) ?? 0) + 1);
    return fault(path, counts.get(path)!);
  };
  const { promise: over, resolve: end } = Promise.withResolvers<void>();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { pathname } = new URL(request.url);
      const [, model] = pathname.match(/^(?:\/api\/models|\/cdn)?\/([\w-]+\/[\w-]+)\//) ?? [];
      const files = models[model ?? ""];
      if (files === undefined) return new Response("no such model", { status: 401 });
      const rest = decodeURIComponent(pathname.slice(pathname.indexOf(model!) + model!.length + 1));
      if (pathname.startsWith("/api/")) {
        if (rest.startsWith("revision/")) {
          requests.push(`list ${rest.slice("revision/".length)}`);
          const wrong = next("list");
          if (typeof wrong === "number") return new Response("", { status: wrong });
          if (rest.endsWith("/gone")) return new Response("{}", { status: 404 });
          return Response.json({ id: model, sha: commit });
        }
        return tree(files, new URL(request.url));
      }
      if (pathname.startsWith("/cdn/")) {
        return await send(rest, files[rest]!, request, { requests, wrong: next(rest), over });
      }
      const path = rest.replace(/^resolve\/[0-9a-f]{40}\//, "");
      const bytes = files[path];
      if (bytes === undefined) return new Response("Entry not found", { status: 404 });
      // As the hub does it: large files come from elsewhere.
      if (!isLarge(path)) {
        return await send(path, bytes, request, { requests, wrong: next(path), over });
      }
      return new Response(null, {
        status: 302,
        headers: {
          location: `/cdn/${model}/${path}`,
          "x-repo-commit": commit,
          "x-linked-size": String(bytes.length),
          "x-linked-etag": `"${sha256(bytes)}"`,
        },
      });
    },
  );
  const endpoint = `http://127.0.0.1:${server.addr.port}`;
  const hub = { endpoint, attempts: 3, waitSeconds: 0, timeoutSeconds: 20 };
  try {
    await body({ endpoint, commit, requests, hub });
  } finally {
    end();
    await server.shutdown();
  }
}

const isLarge = (path: string) => path.includes(".onnx");
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** Two entries a page, so that there are several. */
function tree(files: HubFiles, url: URL): Response {
  const first = Number(url.searchParams.get("cursor") ?? 0);
  const entries = Object.entries(files).map(([path, bytes]) => {
    const blob = createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
    // Of a large file git knows a pointer only.
    return isLarge(path)
      ? {
        type: "file",
        oid: "f".repeat(40),
        size: bytes.length,
        lfs: { oid: sha256(bytes), size: bytes.length, pointerSize: 134 },
        path,
      }
      : { type: "file", oid: blob, size: bytes.length, path };
  });
  const all = [{ type: "directory", oid: "a".repeat(40), size: 0, path: "onnx" }, ...entries];
  url.searchParams.set("cursor", String(first + 2));
  const link = first + 2 < all.length ? { link: `<${url.href}>; rel="next"` } : undefined;
  return Response.json(all.slice(first, first + 2), link ? { headers: link } : {});
}

async function send(
  path: string,
  bytes: Uint8Array,
  request: Request,
  { requests, wrong, over }: {
    requests: string[];
    wrong: Fault | undefined;
    over: Promise<void>;
  },
): Promise<Response> {
  const from = Number(request.headers.get("range")?.match(/^bytes=(\d+)-$/)?.[1] ?? 0);
  requests.push(from > 0 ? `${path} from ${from}` : path);
  if (wrong === "silence") await over;
  if (typeof wrong === "number") {
    return new Response("", { status: wrong, headers: { "retry-after": "0" } });
  }
  const start = wrong === "no ranges" ? 0 : from;
  const status = start > 0 ? 206 : 200;
  const content = bytes.slice(start);
  if (wrong === "too long") return new Response(new Uint8Array([...content, 0]), { status });
  if (wrong === "wrong byte") content[content.length - 1]! ^= 1;
  if (wrong !== "cut") return new Response(content, { status });
  // The stream ends before the length that was promised, and with it the connection.
  const half = content.slice(0, content.length / 2);
  const body = new Blob([half]).stream();
  return new Response(body, { status, headers: { "content-length": String(content.length) } });
}
