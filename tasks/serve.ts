/**
 * Serves a page that judges what one writes, shows and says, by a saved model, in the browser.
 *
 *     deno task serve [--model DIR] [--port N] [--export DIR]
 *
 * @module
 */

import { dirname } from "node:path";
import { kindOf, replaceFolder } from "../lib/files.ts";
import { printNumber } from "../lib/numbers.ts";
import { runCommand } from "./command.ts";
import { folder, option, preset, type Values } from "./option.ts";
import { studyOptions } from "./options.ts";
import { answerer } from "./serve/answer.ts";
import { bundleFolder, type PageContents, pageContents } from "./serve/page_contents.ts";

const usualModel = "out/model";

const options = {
  model: preset(folder("a folder that deno task train has made"), usualModel),
  port: preset(option("N", "the port of 127.0.0.1; 0 takes a free one", parsePort), 8765),
  export: folder("writes the page to this folder, for any web server, and serves nothing"),
  cache: { ...studyOptions.cache, help: "where encoders are kept" },
};

type Asked = Values<typeof options>;

/** Runs the task and returns its exit code: 0 done, 1 failed, 2 not understood. */
export function main(args: string[]): Promise<number> {
  return runCommand(args, {
    name: "serve",
    does:
      "Serves a page that judges text, pictures and sound by a saved model, in the browser alone.",
    options,
    read: (values) => values,
    writes: (request) => [
      ...request.export === undefined ? [] : [dirname(request.export)],
      request.cache,
    ],
    run,
  });
}

async function run({ model, cache, port, export: to }: Asked): Promise<void> {
  // Before the page is made, which takes seconds.
  if (to !== undefined) await assertPlace(to);
  else assertFree(port);
  if (model === usualModel && await kindOf(model) === "nothing") {
    throw new RangeError(
      `Cannot serve: expected --model and a folder, got none, and there is no ${usualModel}; deno task ` +
        "train makes it",
    );
  }
  const contents = await pageContents({ model, cache, bundle: bundleFolder });
  if (to === undefined) return await serve(contents, port);
  await replaceFolder(to, contents.entries());
  console.log(`The page, ${megabytes(contents)} MB to load: ${to}`);
}

/** Until it is interrupted. */
async function serve(contents: PageContents, wanted: number): Promise<void> {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: wanted, onListen: () => {} },
    (request): Response => answerer(contents, { port: server.addr.port })(request),
  );
  console.log(
    `http://127.0.0.1:${server.addr.port}/ (${megabytes(contents)} MB to load; Ctrl-C ends it)`,
  );
  Deno.addSignalListener("SIGINT", () => void server.shutdown());
  await server.finished;
}

/** @throws {RangeError} Another program listens there. */
function assertFree(port: number): void {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    throw new RangeError(
      `Cannot serve: expected a free port, got ${port}, where another program listens; --port 0 takes ` +
        "a free one",
    );
  }
}

/** @throws {RangeError} Something that is no page of ours is in the way. */
async function assertPlace(to: string): Promise<void> {
  const kind = await kindOf(to);
  if (kind === "nothing") return;
  const isPage = kind === "folder" && await kindOf(`${to}/files/page.json.packed`) === "file";
  const isEmpty = kind === "folder" && (await Array.fromAsync(Deno.readDir(to))).length === 0;
  if (isPage || isEmpty) return;
  throw new RangeError(
    `Cannot write the page to "${to}": expected a page or nothing, got ` +
      (kind === "file" ? "a file" : "a folder with something else"),
  );
}

function megabytes(contents: PageContents): string {
  const bytes = contents.values().reduce((sum, { length }) => sum + length, 0);
  return printNumber(bytes / 1e6, 1);
}

function parsePort(text: string, name: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (port <= 65_535) return port;
  throw new RangeError(`Cannot use ${name}: expected a port from 0 to 65535, got "${text}"`);
}

if (import.meta.main) Deno.exit(await main(Deno.args));
