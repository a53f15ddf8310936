import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { sharp } from "../../lib/deps/sharp.ts";
import { loadExportedModel } from "../../lib/inference/exported_model.ts";
import { openInputEncoders, type SampleInput } from "../../lib/inference/input_encoders.ts";
import { judge } from "../../lib/inference/judge.ts";
import { modelFromSafetensors, openModelFolder } from "../../lib/inference/model_folder.ts";
import { type Reliability, reliabilityFromBytes } from "../../lib/inference/reliability.ts";
import { main } from "../../tasks/serve.ts";
import { answerer } from "../../tasks/serve/answer.ts";
import { type PageContents, pageContents } from "../../tasks/serve/page_contents.ts";
import { fakeDevices, findBrowser, type Page, withPage } from "../browser.ts";
import { withFolder } from "../datasets/temporary_folder.ts";
import { withTinyFolder } from "../inference/tiny_folder.ts";
import { captured } from "./captured.ts";

const project = fileURLToPath(new URL("../../", import.meta.url));
const code = ["main", "worker", "service_worker", "microphone_worklet"];

/** Bundles the page's code, as the task does, and the library's part of it by itself. */
async function bundlePage(folder: string): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["bundle", "--quiet", "--platform=browser", `--outdir=${folder}`],
      ...[...code.map((name) => `page/${name}.ts`), "lib/browser/mod.ts"],
    ],
    cwd: project,
  }).output();
  ok(success, new TextDecoder().decode(stderr));
}

/** Serves a page on a free port. */
function served(contents: PageContents): { address: string; end: () => Promise<void> } {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request): Response => answerer(contents, { port: server.addr.port })(request),
  );
  return { address: `http://127.0.0.1:${server.addr.port}/`, end: () => server.shutdown() };
}

// Of some of what is shown alone.
const reliability: Reliability = {
  checks: {},
  certainties: {},
  temperatures: {
    text: { temperature: 1.7, fitted: 40 },
    audio: { fitted: 12 },
    "text+image+audio": { temperature: 0.6, fitted: 31 },
  },
};

/** What `predict` says of samples: the probability of the second class, and the calibrated one. */
async function predicted(
  folder: string,
  { cache, samples }: { readonly cache: string; readonly samples: readonly SampleInput[] },
): Promise<(number | undefined)[][]> {
  const { description: { model: config, encoders: records }, ...opened } = await openModelFolder(
    folder,
  );
  const exported = await loadExportedModel(opened.onnx);
  const trained = modelFromSafetensors(opened.safetensors, { path: folder, config });
  const encoders = openInputEncoders(records, { cache, folder });
  const known = reliabilityFromBytes(opened.reliability!, { path: folder });
  const said: (number | undefined)[][] = [];
  for (const sample of samples) {
    const read = await encoders.readOne(sample);
    const { verdict } = await judge(exported, read, trained, { reliability: known });
    said.push([verdict.probability, verdict.calibrated]);
  }
  await Promise.all([encoders.dispose(), exported.dispose()]);
  return said;
}

/** Writes a message as a user does, and waits for another verdict than the last. */
async function say(page: Page, text: string): Promise<void> {
  await another(page, () =>
    page.evaluate(`{
      const message = document.getElementById("message");
      message.value = ${JSON.stringify(text)};
      message.dispatchEvent(new Event("input"));
    }`));
}

const shown = `(({ probability, calibrated }) => [probability, calibrated])(` +
  `document.getElementById("verdict").dataset)`;

// What there is to be seen beyond the right edge of the screen, which no scroll bar need tell of.
const tooWide = `[...document.body.querySelectorAll("*")].filter((element) =>
  element.checkVisibility() && element.getBoundingClientRect().right >
    document.documentElement.clientWidth + 0.5
).length`;

/** Whether the page shows what `predict` says. */
function assertSaid(got: unknown, wanted: readonly (number | undefined)[]): void {
  (got as string[]).forEach((said, i) => {
    if (wanted[i] === undefined) equal(said, "");
    else ok(Math.abs(Number(said) - wanted[i]) < 1e-3, `${got} ${wanted}`);
  });
}

/** Waits for another verdict than the last. */
async function another(page: Page, act: () => Promise<unknown>): Promise<void> {
  const before = JSON.stringify(await page.evaluate(shown));
  await act();
  await page.until(`JSON.stringify(${shown}) !== ${JSON.stringify(before)}`);
}

async function writePhoto(path: string): Promise<void> {
  const [width, height] = [37, 29];
  const pixels = Uint8Array.from(
    { length: 3 * width * height },
    (_, i) => 128 + 100 * Math.sin(i / 7) * Math.cos(i / (40 + i % 3)),
  );
  const image = (await sharp())(pixels, { raw: { width, height, channels: 3 } });
  await Deno.writeFile(path, await image.jpeg({ quality: 80 }).toBuffer());
}

Deno.test({
  name:
    "the page judges text, picture and sound as predict does, hears and sees live, and needs no network again",
  // Only where there is a Chromium.
  ignore: findBrowser() === undefined,
  // The browser's pipes end with it.
  sanitizeResources: false,
  sanitizeOps: false,
  fn: () =>
    withTinyFolder(async ({ root }) => {
      const cache = `${root}/cache`, model = `${root}/model`, bundle = `${root}/bundle`;
      await bundlePage(bundle);
      await writePhoto(`${root}/photo.jpg`);
      const contents = await pageContents({ model, cache, bundle: await flat(bundle) });
      const text = "very good film", image = `${root}/photo.jpg`, audio = `${root}/clip.wav`;
      const mp3 = `${project}tests/fixtures/sound/mpeg25.mp3`;
      const expected = await predicted(model, {
        cache,
        samples: [
          ...[{ text }, { text, image }, { text, image, audio }, { image, audio }, { audio }],
          { audio: mp3 },
        ],
      });
      const { address, end } = served(contents);
      await withPage(address, async (page) => {
        const ready = `document.documentElement.dataset.ready`;
        await page.until(ready);
        const got: unknown[] = [];
        const note = async () => got.push(await page.evaluate(shown));
        await say(page, text);
        await note();
        await another(page, () => page.choose("#image-file", [image]));
        await note();
        await another(page, () => page.choose("#audio-file", [audio]));
        await note();
        await say(page, "");
        await note();
        await another(page, () => page.evaluate(`document.getElementById("image-clear").click()`));
        await note();
        await another(page, () => page.choose("#audio-file", [mp3]));
        await note();
        got.forEach((said, i) => assertSaid(said, expected[i]!));
        equal(got.length, expected.length);

        // A phone is as wide as all that there is to see.
        await page.resize(390, 800);
        equal(await page.evaluate(tooWide), 0);
        await page.resize(1280, 800);

        await page.evaluate(`document.getElementById("live-button").click()`);
        await page.until(`Number(document.getElementById("live-status").dataset.verdicts) > 1`);
        await page.until(`/ms old/.test(document.getElementById("live-status").textContent)`);
        await page.evaluate(`document.getElementById("live-button").click()`);

        await page.evaluate(`navigator.serviceWorker.ready.then(() => true)`);
        await end();
        await page.reload();
        await page.until(ready);
        await say(page, text);
        assertSaid(await page.evaluate(shown), expected[0]!);
        deepEqual(page.errors, []);
        // The browser's own controls have pictures within themselves.
        const own = (url: string) =>
          [address, `blob:${address}`, "data:"].some((start) => url.startsWith(start));
        deepEqual(page.requests.filter((url) => !own(url)), []);
      }, { flags: fakeDevices });
    }, { reliability }),
});

/** A bundle of files in several folders keeps these; the page's is one of them. */
async function flat(bundle: string): Promise<string> {
  const names = await Array.fromAsync(Deno.readDir(bundle));
  return names.some(({ name }) => name === "page") ? `${bundle}/page` : bundle;
}

Deno.test("what the library has for browsers is bundled without Deno and without modules of Node", () =>
  withFolder({}, async (folder) => {
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: ["bundle", "--quiet", "--platform=browser", "-o", `${folder}/entry.js`].concat(
        "lib/browser/mod.ts",
      ),
      cwd: project,
    }).output();
    ok(success);
    const script = await Deno.readTextFile(`${folder}/entry.js`);
    deepEqual(script.match(/^import .*/m), null);
    // Each module after its name. A package asks which runtime it is in before it takes another's module.
    const ours = script.split(/^\/\/ (?=\S+\.\w+$)/m).filter((part) => part.startsWith("lib/"));
    match(ours.join("\n"), /function openPageJudge/);
    deepEqual(ours.join("\n").match(/.*(\bDeno\b|\bnode:).*/g), null);
  }));

Deno.test("a page's files are answered for its own address alone, under a strict policy", async () => {
  const contents = new Map([["index.html", new TextEncoder().encode("hello")]]);
  const answer = answerer(contents, { port: 9 });
  const ask = (path: string, { host = "127.0.0.1:9", method = "GET" } = {}) =>
    answer(new Request(`http://127.0.0.1:9${path}`, { method, headers: { host } }));
  const found = ask("/");
  deepEqual([found.status, await found.text()], [200, "hello"]);
  match(found.headers.get("content-security-policy")!, /^default-src 'none'; script-src 'self'/);
  equal(ask("/", { method: "HEAD" }).body, null);
  const refused = [
    ask("/", { host: "elsewhere.example:9" }),
    ask("/", { method: "POST" }),
    ask("/../deno.json"),
  ];
  deepEqual(refused.map(({ status }) => status), [421, 405, 404]);
});

Deno.test("the serve task refuses what can't be served, and to write over what is no page", () =>
  withTinyFolder(async ({ root }) => {
    const place = ["--model", `${root}/model`, "--cache", `${root}/cache`];
    const run = (...args: string[]) => captured(main, [...place, ...args]);
    const port = await run("--port", "70000");
    deepEqual([port.code, port.err], [
      2,
      'RangeError: Cannot use --port: expected a port from 0 to 65535, got "70000"',
    ]);
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port: taken } = listener.addr;
    const busy = await run("--port", String(taken));
    listener.close();
    deepEqual([busy.code, busy.err], [
      1,
      `RangeError: Cannot serve: expected a free port, got ${taken}, where another program listens; ` +
      "--port 0 takes a free one",
    ]);
    await Deno.writeTextFile(`${root}/cache/mine.txt`, "mine");
    const there = await run("--export", `${root}/cache`);
    deepEqual([there.code, there.err], [
      1,
      `RangeError: Cannot write the page to "${root}/cache": expected a page or nothing, got a ` +
      "folder with something else",
    ]);
    await rejects(
      pageContents({ model: `${root}/model`, cache: `${root}/cache`, bundle: `${root}/none` }),
      { message: /^Cannot make the page: expected its code in ".*none", got none of main\.js/ },
    );
  }));
