/** A headless Chromium for tests, spoken to over the DevTools protocol. */

const names = ["chromium", "chromium-browser", "google-chrome"];

/** The path of a browser on this machine, if it has one. */
export function findBrowser(): string | undefined {
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  for (const path of folders.flatMap((folder) => names.map((name) => `${folder}/${name}`))) {
    try {
      if (Deno.statSync(path).isFile) return path;
    } catch {
      // Not there.
    }
  }
}

/** A page that is open. */
export interface Page {
  /** The value of an expression of JavaScript, as JSON has it. */
  evaluate(expression: string): Promise<unknown>;
  /** Presses a key where the focus is. */
  press(key: string): Promise<void>;
  /** Points at a place. */
  point(x: number, y: number): Promise<void>;
  /** Sets the size of the window. */
  resize(width: number, height: number): Promise<void>;
  /** Chooses files where a page asks for such. */
  choose(selector: string, paths: readonly string[]): Promise<void>;
  /** Waits until an expression holds; what was thrown ends it too. */
  until(expression: string): Promise<void>;
  /** Loads the page anew. */
  reload(): Promise<void>;
  /** The theme that the user is said to prefer. */
  prefer(theme: "light" | "dark"): Promise<void>;
  /** The whole page as a PNG. */
  picture(): Promise<Uint8Array>;
  /** Addresses that were asked for, and what was thrown or logged as an error. */
  readonly requests: string[];
  readonly errors: string[];
}

/** A camera and a microphone that make something up, and are not asked for. */
export const fakeDevices: readonly string[] = [
  "--use-fake-ui-for-media-stream",
  "--use-fake-device-for-media-stream",
];

/** Opens `address`, runs, and ends the browser. */
export async function withPage(
  address: string,
  run: (page: Page) => Promise<void>,
  { flags = [] }: { readonly flags?: readonly string[] } = {},
): Promise<void> {
  const profile = await Deno.makeTempDir();
  const process = new Deno.Command(findBrowser()!, {
    args: [
      ...["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0"],
      // As on a phone: else a page is laid out anew for its picture, which has no bars, and is cut.
      "--hide-scrollbars",
      ...[`--user-data-dir=${profile}`, ...flags, "about:blank"],
    ],
    stderr: "piped",
    stdout: "null",
  }).spawn();
  const stderr = process.stderr.pipeThrough(new TextDecoderStream()).getReader();
  try {
    let said = "";
    let found: RegExpExecArray | null = null;
    while (found === null) {
      const { value, done } = await stderr.read();
      if (done) throw new Error(`Cannot start the browser: ${said}`);
      said += value;
      found = /listening on (ws:\S+)/.exec(said);
    }
    const drained = (async () => {
      while (!(await stderr.read()).done);
    })();
    const socket = new WebSocket(found[1]!);
    await new Promise((resolve) => socket.onopen = resolve);
    try {
      await run(await openPage(socket, address));
    } finally {
      const closed = new Promise((resolve) => socket.onclose = resolve);
      socket.send(JSON.stringify({ id: 0, method: "Browser.close" }));
      await closed;
      await process.status;
      await drained;
    }
  } finally {
    await Deno.remove(profile, { recursive: true });
  }
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  // deno-lint-ignore no-explicit-any -- whatever the protocol says.
  readonly result?: any;
  // deno-lint-ignore no-explicit-any -- whatever the protocol says.
  readonly params?: any;
  readonly error?: { readonly message: string };
}

async function openPage(socket: WebSocket, address: string): Promise<Page> {
  const requests: string[] = [], errors: string[] = [];
  const waiting = new Map<number, (message: Message) => void>();
  let loaded = Promise.withResolvers<void>();
  const session: { sessionId?: string } = {};
  let sent = 0;
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data) as Message;
    const { id, method, params } = message;
    if (id !== undefined) waiting.get(id)?.(message);
    if (method === "Network.requestWillBeSent") requests.push(params.request.url);
    if (method === "Runtime.exceptionThrown") errors.push(params.exceptionDetails.text);
    if (method === "Log.entryAdded" && params.entry.level === "error") {
      errors.push(params.entry.text);
    }
    if (method === "Page.loadEventFired") loaded.resolve();
  };
  // deno-lint-ignore no-explicit-any -- whatever the protocol answers.
  const send = (method: string, params: object = {}): Promise<any> =>
    new Promise((resolve, reject) => {
      const id = ++sent;
      waiting.set(
        id,
        ({ result, error }) => error ? reject(new Error(error.message)) : resolve(result),
      );
      socket.send(JSON.stringify({ id, method, params, ...session }));
    });
  const { targetId } = await send("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
  session.sessionId = sessionId;
  for (const domain of ["Page", "Network", "Runtime", "Log"]) await send(`${domain}.enable`);
  await send("Page.navigate", { url: address });
  await loaded.promise;
  const evaluate = async (expression: string) => {
    const { result, exceptionDetails } = await send("Runtime.evaluate", {
      expression,
      returnByValue: true,
      awaitPromise: true,
      // Sound begins only where somebody has pressed something.
      userGesture: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description);
    return result.value;
  };
  return {
    requests,
    errors,
    evaluate,
    async until(expression) {
      while (!await evaluate(`Boolean(${expression})`)) {
        if (errors.length > 0) throw new Error(errors.join("; "));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    async choose(selector, files) {
      const { root: { nodeId } } = await send("DOM.getDocument");
      const found = await send("DOM.querySelector", { nodeId, selector });
      await send("DOM.setFileInputFiles", { files, nodeId: found.nodeId });
    },
    async reload() {
      loaded = Promise.withResolvers();
      await send("Page.reload");
      await loaded.promise;
    },
    async prefer(theme) {
      const features = [{ name: "prefers-color-scheme", value: theme }];
      await send("Emulation.setEmulatedMedia", { features });
    },
    async picture() {
      const { data } = await send("Page.captureScreenshot", { captureBeyondViewport: true });
      return Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
    },
    async press(key) {
      const code = { ArrowRight: 39, ArrowLeft: 37, Enter: 13, Escape: 27, Tab: 9 }[key];
      const event = { key, code: key, windowsVirtualKeyCode: code };
      // Without its text, Enter presses no button.
      const text = key === "Enter" ? { text: "\r" } : {};
      await send("Input.dispatchKeyEvent", { type: "keyDown", ...event, ...text });
      await send("Input.dispatchKeyEvent", { type: "keyUp", ...event });
    },
    async point(x, y) {
      await send("Input.dispatchMouseEvent", { type: "mouseMoved", x, y });
    },
    async resize(width, height) {
      const metrics = { width, height, deviceScaleFactor: 1, mobile: false };
      await send("Emulation.setDeviceMetricsOverride", metrics);
    },
  };
}
