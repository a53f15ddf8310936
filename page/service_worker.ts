/** Keeps the page for when there is no network: what was loaded once is there, what is newer comes first. @module */

/// <reference lib="dom" />

/** What a service worker has of its global scope, which the types of pages do not know. */
interface Scope {
  addEventListener(
    name: "install" | "activate",
    listener: (event: { waitUntil(work: Promise<unknown>): void }) => void,
  ): void;
  addEventListener(
    name: "fetch",
    listener: (event: { request: Request; respondWith(answer: Promise<Response>): void }) => void,
  ): void;
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
  readonly registration: { readonly scope: string };
}

const scope = globalThis as unknown as Scope;
const store = "trivalence";

scope.addEventListener("install", (event) => event.waitUntil(keepAll()));
scope.addEventListener("activate", (event) => event.waitUntil(scope.clients.claim()));
scope.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method === "GET" && request.url.startsWith(scope.registration.scope)) {
    event.respondWith(newestOf(request));
  }
});

/** Keeps the page itself, by its list; its packed files are kept as they are asked for. */
async function keepAll(): Promise<void> {
  const cache = await caches.open(store);
  const list: string[] = await (await fetch("files.json")).json();
  await cache.addAll(list);
  await scope.skipWaiting();
}

/** From the network, where there is one, and kept; or as it was kept. */
async function newestOf(request: Request): Promise<Response> {
  const cache = await caches.open(store);
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(request, response.clone());
    return response;
  } catch (error) {
    const kept = await cache.match(request, { ignoreSearch: true });
    if (kept) return kept;
    throw error;
  }
}
