import { deepEqual, equal, match, rejects, throws } from "node:assert/strict";
import { Buffer } from "node:buffer";
import {
  audio,
  figure,
  image,
  images,
  jupyterDisplay,
  markdown,
  page,
  type Shown,
  table,
} from "../../lib/notebook/mod.ts";
import { decodeWav } from "../../lib/signal/mod.ts";

const bundle = (shown: Shown) => shown[jupyterDisplay]();
const text = async (shown: Shown, type: string) => String((await bundle(shown))[type]);

const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 1, 2, 3);

Deno.test("the method is the one that Jupyter's kernels call", () => {
  equal(jupyterDisplay, Symbol.for("Jupyter.display"));
});

Deno.test("a figure is its specification, a picture of it, and its title", async () => {
  const spec = {
    title: { text: "Two bars" },
    data: { values: [{ a: 1, b: 2 }] },
    mark: "bar",
    encoding: { x: { field: "a", type: "quantitative" } },
  } as const;
  const shown = await bundle(figure(spec));
  equal(shown["application/vnd.vegalite.v5+json"], spec);
  match(String(shown["image/svg+xml"]), /^<svg[^]*Two bars[^]*<\/svg>$/);
  equal(shown["text/plain"], "Figure: Two bars");
  equal(
    await text(figure({ ...spec, title: ["Two", "lines"] }), "text/plain"),
    "Figure: Two lines",
  );
  await rejects(bundle(figure({ ...spec, data: { url: "rows.csv" } })), /rows\.csv/);
});

Deno.test("a table is HTML and Markdown, with numbers at the right and blanks for what is missing", async () => {
  const shown = table([{ name: "a|b", share: -0.25, count: 3 }, {
    name: "<i>",
    share: 1,
    other: true,
  }]);
  equal(
    await text(shown, "text/markdown"),
    [
      "| name | share | count | other |",
      "| --- | ---: | ---: | --- |",
      "| a\\|b | −0.250 | 3 |  |",
      "| <i> | 1.000 |  | true |",
    ].join("\n"),
  );
  const html = await text(shown, "text/html");
  match(html, /<td style="text-align: right">−0\.250<\/td>/);
  match(html, /<td style="text-align: left">&lt;i&gt;<\/td>/);
  equal(
    await text(table([{ x: 1 / 3 }], { digits: 1 }), "text/plain"),
    "x\n0.3",
  );
  throws(() => table([]), /RangeError: Cannot show a table: expected at least one row, got none/);
});

Deno.test("a sound is a player of a WAV file that holds the samples", async () => {
  const samples = Float32Array.of(0, 0.5, -0.5, 0.25);
  const shown = audio(samples, { sampleRateHz: 8000, caption: "a <click>" });
  const html = await text(shown, "text/html");
  const [, base64] = /src="data:audio\/wav;base64,([^"]+)"/.exec(html)!;
  const decoded = decodeWav(Buffer.from(base64!, "base64"), { path: "here" });
  deepEqual(decoded, { samples, sampleRateHz: 8000 });
  match(html, /<figcaption>a &lt;click&gt;<\/figcaption>/);
  equal(await text(shown, "text/plain"), "Sound: a <click> (0.0 s at 8000 Hz)");
  await rejects(bundle(audio(Float32Array.of(NaN), { sampleRateHz: 8000 })), RangeError);
});

Deno.test("a picture is its bytes under the type that they have", async () => {
  deepEqual(await bundle(image(png)), {
    "image/png": Buffer.from(png).toString("base64"),
    "text/plain": "Picture (png)",
  });
  const webp = new TextEncoder().encode("RIFF....WEBPVP8 ");
  equal(await text(image(webp), "text/plain"), "Picture (webp)");
  await rejects(
    bundle(image(new Uint8Array())),
    /Cannot show a picture: expected PNG, JPEG, GIF or WebP, got no bytes/,
  );
  await rejects(bundle(images([{ bytes: Uint8Array.of(1, 2) }])), /got other bytes/);
});

Deno.test("pictures stand side by side over their captions", async () => {
  const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0);
  const shown = images([{ bytes: png, caption: "one" }, { bytes: jpeg }], { widthPixels: 50 });
  const html = await text(shown, "text/html");
  deepEqual(html.match(/data:image\/\w+/g), ["data:image/png", "data:image/jpeg"]);
  equal(html.match(/width="50"/g)?.length, 2);
  equal(html.match(/<figcaption>/g)?.length, 1);
  equal(await text(shown, "text/plain"), "Pictures: one, untitled");
});

Deno.test("Markdown is shown as such, and a page in a frame that its quotes do not leave", async () => {
  deepEqual(await bundle(markdown("**a**")), { "text/markdown": "**a**", "text/plain": "**a**" });
  const html = await text(page('<p class="a">&amp;</p>', { caption: "Page" }), "text/html");
  match(html, /srcdoc="&lt;p class=&quot;a&quot;&gt;&amp;amp;&lt;\/p&gt;"/);
});
