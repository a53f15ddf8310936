import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { createHash } from "node:crypto";
import { downloadHubFile, type HubFile, listHubFiles } from "../../lib/encoders/hub.ts";
import { commit, type FakeHub, type Fault, withHub } from "./fake_hub.ts";

const graph = Uint8Array.from({ length: 100_000 }, (_, i) => i * 31 % 251);
const config = new TextEncoder().encode('{"model_type":"bert"}\n');
const files = { "config.json": config, "onnx/model.onnx": graph, "README.md": config.slice(1) };
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** Runs `body` with the function that downloads a file of the model to `partial`. */
function withDownload(
  fault: (path: string, nth: number) => Fault | undefined,
  body: (context: {
    hub: FakeHub;
    partial: string;
    download: (path: keyof typeof files, options?: { pinned?: string }) => Promise<string>;
  }) => Promise<void>,
): Promise<void> {
  return withHub({ "tiny/bert": files }, async (hub) => {
    const folder = await Deno.makeTempDir();
    const partial = `${folder}/file.partial`;
    const listed = (await listHubFiles({ model: "tiny/bert", revision: "main" }, hub.hub)).files;
    hub.requests.length = 0;
    const download = (path: keyof typeof files, { pinned }: { pinned?: string } = {}) => {
      const file = listed.find((file) => file.path === path)!;
      return downloadHubFile({ model: "tiny/bert", commit, file, partial, pinned }, hub.hub);
    };
    try {
      await body({ hub, partial, download });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }, { fault: (path, nth) => path === "list" ? undefined : fault(path, nth) });
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

Deno.test("listHubFiles() gives the commit of a branch, and all files with what the hub declares", () =>
  withHub({ "tiny/bert": files }, async ({ hub, requests }) => {
    const listing = await listHubFiles({ model: "tiny/bert", revision: "refs/pr/1" }, hub);
    equal(listing.commit, commit);
    deepEqual(listing.files.map(({ path, size }) => [path, size]), [
      ["config.json", config.length],
      ["onnx/model.onnx", graph.length],
      ["README.md", config.length - 1],
    ]);
    // `git hash-object` of the same 22 bytes.
    deepEqual(listing.files[0]!.declared, { blob: "cc8a6b41c02264f7110eed9d6cac93bc973dcf7b" });
    deepEqual(listing.files[1]!.declared, { sha256: sha256(graph) });
    deepEqual(requests, ["list refs/pr/1"]);
    // A commit is what it is: nothing is asked.
    equal((await listHubFiles({ model: "tiny/bert", revision: commit }, hub)).commit, commit);
    deepEqual(requests, ["list refs/pr/1"]);
  }));

Deno.test("a file is downloaded over a redirect, and its digest returned", () =>
  withDownload(() => undefined, async ({ hub, partial, download }) => {
    equal(await download("onnx/model.onnx"), sha256(graph));
    deepEqual(await Deno.readFile(partial), graph);
    deepEqual(hub.requests, ["onnx/model.onnx"]);
    // Whole already: nothing is asked.
    equal(await download("onnx/model.onnx"), sha256(graph));
    deepEqual(hub.requests, ["onnx/model.onnx"]);
  }));

Deno.test("a small file is checked by git's name of it", () =>
  withDownload((_, nth) => nth > 1 ? "wrong byte" : undefined, async ({ partial, download }) => {
    equal(await download("config.json"), sha256(config));
    await Deno.remove(partial);
    await rejects(download("config.json"), {
      name: "RangeError",
      message:
        /^Cannot download config.json of tiny\/bert: expected git blob SHA-1 \w{40}, got \w{40}/,
    });
    equal(await isThere(partial), false);
  }));

Deno.test("a wrong byte is an error with both digests, and leaves nothing", () =>
  withDownload(() => "wrong byte", async ({ hub, partial, download }) => {
    await rejects(download("onnx/model.onnx"), (error: Error) => {
      equal(error.name, "RangeError");
      match(
        error.message,
        new RegExp(`onnx/model.onnx of tiny/bert: expected SHA-256 ${sha256(graph)}, got \\w{64}`),
      );
      return true;
    });
    equal(await isThere(partial), false);
    equal(hub.requests.length, 1);
  }));

Deno.test("a digest that the caller pins counts, whatever the hub declares", () =>
  withDownload(() => undefined, async ({ partial, download }) => {
    await rejects(
      download("onnx/model.onnx", { pinned: "0".repeat(64) }),
      new RegExp(`expected SHA-256 ${"0".repeat(64)}, got ${sha256(graph)}`),
    );
    equal(await isThere(partial), false);
    equal(await download("onnx/model.onnx", { pinned: sha256(graph) }), sha256(graph));
  }));

Deno.test("a download that was cut goes on where it ended", () =>
  withDownload((_, nth) => nth === 1 ? "cut" : undefined, async ({ hub, partial, download }) => {
    equal(await download("onnx/model.onnx"), sha256(graph));
    deepEqual(await Deno.readFile(partial), graph);
    deepEqual(hub.requests, ["onnx/model.onnx", "onnx/model.onnx from 50000"]);
  }));

Deno.test("a download begins again where the server has no ranges", () =>
  withDownload(
    (_, nth) => nth === 1 ? "cut" : "no ranges",
    async ({ hub, partial, download }) => {
      equal(await download("onnx/model.onnx"), sha256(graph));
      deepEqual(await Deno.readFile(partial), graph);
      equal(hub.requests.length, 2);
    },
  ));

Deno.test("what an earlier call left is taken up, and dropped if it is of another file", () =>
  withDownload(() => undefined, async ({ hub, partial, download }) => {
    await Deno.writeFile(partial, graph.subarray(0, 70_000));
    equal(await download("onnx/model.onnx"), sha256(graph));
    await Deno.writeFile(partial, graph.subarray(0, 70_000).map((x) => x + 1));
    equal(await download("onnx/model.onnx"), sha256(graph));
    await Deno.writeFile(partial, new Uint8Array(200_000));
    equal(await download("onnx/model.onnx"), sha256(graph));
    deepEqual(await Deno.readFile(partial), graph);
    const resumed = "onnx/model.onnx from 70000";
    deepEqual(hub.requests, [resumed, resumed, "onnx/model.onnx", "onnx/model.onnx"]);
  }));

Deno.test("a hub that is busy is asked again, up to a limit", async () => {
  for (const status of [429, 500, 503]) {
    await withDownload(
      (_, nth) => nth < 3 ? status : undefined,
      async ({ download }) => equal(await download("onnx/model.onnx"), sha256(graph)),
    );
  }
  await withDownload(() => 503, async ({ hub, download }) => {
    await rejects(download("onnx/model.onnx"), {
      name: "Http",
      message:
        "Cannot download onnx/model.onnx of tiny/bert: expected the file, got 503 from the hub",
    });
    equal(hub.requests.length, 3);
  });
});

Deno.test("more bytes than declared, and a connection that breaks each time, are errors", async () => {
  await withDownload(() => "too long", async ({ download }) => {
    await rejects(download("onnx/model.onnx"), /expected 100000 bytes, got 100001 or more/);
  });
  await withDownload(() => "cut", async ({ partial, download }) => {
    await rejects(
      download("onnx/model.onnx"),
      /onnx\/model.onnx of tiny\/bert: expected a connection/,
    );
    // 1/2, then half of the rest, twice: worth keeping.
    equal((await Deno.stat(partial)).size, 87_500);
  });
});

Deno.test("what the hub lacks, and what is not public, is an error at once", () =>
  withHub({ "tiny/bert": files }, async ({ hub, requests }) => {
    await rejects(listHubFiles({ model: "tiny/bert", revision: "gone" }, hub), {
      name: "NotFound",
      message: "Cannot download the list of files of tiny/bert (gone): " +
        "expected a model, revision and file of the hub, got 404",
    });
    equal(requests.length, 1);
    await rejects(listHubFiles({ model: "tiny/other", revision: "main" }, hub), {
      name: "PermissionDenied",
      message: /expected a public model, got 401: it is private or gated, or there is none/,
    });
    const file: HubFile = { path: "gone.json", size: 3, declared: { blob: "0".repeat(40) } };
    const partial = await Deno.makeTempFile();
    await rejects(downloadHubFile({ model: "tiny/bert", commit, file, partial }, hub), {
      name: "NotFound",
      message: /gone.json of tiny\/bert: .* got 404/,
    });
    await Deno.remove(partial);
  }));

Deno.test("a hub that says nothing is an error after a while", () =>
  withDownload(() => "silence", async ({ hub, download }) => {
    Object.assign(hub.hub, { timeoutSeconds: 0.05, attempts: 2 });
    await rejects(download("config.json"), {
      name: "TimedOut",
      message: "Cannot download config.json of tiny/bert: expected an answer, got none for 0.05 s",
    });
    equal(hub.requests.length, 2);
  }));

Deno.test("a hub that is not there is an error with its cause", async () => {
  // Nobody listens there: the port has just been given back.
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const endpoint = `http://127.0.0.1:${(listener.addr as Deno.NetAddr).port}`;
  listener.close();
  await rejects(
    listHubFiles({ model: "tiny/bert", revision: "main" }, { endpoint, attempts: 1 }),
    /Cannot download the list of files of tiny\/bert \(main\): expected a connection, got fetch failed: .*refused/,
  );
});
