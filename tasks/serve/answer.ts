/** Answers requests for the files of the page, and nothing else. @module */

import type { PageContents } from "./page_contents.ts";

const types: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  json: "application/json",
  svg: "image/svg+xml",
  wasm: "application/wasm",
};

/** Nothing but the page's own files is loaded, asked for or run; nobody frames it. */
const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; " +
  "img-src 'self' blob:; media-src 'self' blob:; connect-src 'self'; worker-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const headers = {
  "content-security-policy": policy,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(self), microphone=(self), geolocation=()",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cache-control": "no-cache",
};

/** A function of a request that answers with a file of the page; `port` is where it is served. */
export function answerer(
  contents: PageContents,
  { port }: { readonly port: number },
): (request: Request) => Response {
  // A page elsewhere may have a name of its own point to this machine.
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  return ({ method, url, headers: asked }) => {
    const refuse = (status: number) => new Response(null, { status, headers });
    if (!hosts.includes(asked.get("host") ?? "")) return refuse(421);
    if (method !== "GET" && method !== "HEAD") return refuse(405);
    const { pathname } = new URL(url);
    const name = pathname === "/" ? "index.html" : pathname.slice(1);
    const bytes = contents.get(name);
    if (bytes === undefined) return refuse(404);
    const type = types[name.split(".").at(-1)!] ?? "application/octet-stream";
    const own = { ...headers, "content-type": type, "content-length": String(bytes.length) };
    return new Response(method === "HEAD" ? null : bytes, { headers: own });
  };
}
