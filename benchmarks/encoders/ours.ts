/** Our side of the encoders' benchmark: a process of its own, so that its memory can be told. @module */

import { join } from "node:path";
import type { Encoder } from "../../lib/encoders/encoder.ts";
import { loadImageEncoder } from "../../lib/encoders/image_encoder.ts";
import { loadSpeechEncoder } from "../../lib/encoders/speech_encoder.ts";
import { loadTextEncoder } from "../../lib/encoders/text_encoder.ts";
import { decodeWav } from "../../lib/signal/decode_wav.ts";
import { type Answer, lines, type Preparation, type Request } from "./protocol.ts";

const loaders = { text: loadTextEncoder, image: loadImageEncoder, speech: loadSpeechEncoder };

type Run = () => Promise<unknown>;

async function prepare(request: Preparation): Promise<{ run: Run; count: number }> {
  const { root, model, threads, precision } = request;
  const load = loaders[request.encoder] as (options: object) => Promise<Encoder<unknown>>;
  const encoder = await load({ root, model, threads, precision });
  for (const [kind, output] of Object.entries(request.features)) {
    const features = await encoder.encode(await readInputs(join(root, "inputs"), kind));
    await Deno.writeFile(output, joined(features.map(({ states }) => states!)));
  }
  const inputs = await readInputs(join(root, "inputs"), request.timed);
  return { run: () => encoder.encode(inputs), count: inputs.length };
}

async function readInputs(folder: string, kind: string): Promise<unknown[]> {
  if (kind === "texts") return JSON.parse(await Deno.readTextFile(join(folder, "texts.json")));
  const beginning = kind === "clips" ? "clip-" : `${kind}-`;
  const names = (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name))
    .filter((name) => name.startsWith(beginning)).sort();
  return await Promise.all(names.map(async (name) => {
    const path = join(folder, name);
    const bytes = await Deno.readFile(path);
    return kind === "clips" ? { path, ...decodeWav(bytes, { path }) } : { path, bytes };
  }));
}

function joined(parts: readonly Float32Array[]): Uint8Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return new Uint8Array(whole.buffer);
}

async function timed(run: Run, iterations: number): Promise<number> {
  const begin = performance.now();
  for (let i = 0; i < iterations; i++) await run();
  return (performance.now() - begin) / iterations;
}

async function answerAll(): Promise<void> {
  let run: Run = () => Promise.reject(new Error("Cannot time: expected a preparation first"));
  for await (const line of lines(Deno.stdin.readable)) {
    const request: Request = JSON.parse(line);
    let answer: Answer;
    try {
      if ("prepare" in request) {
        const ready = await prepare(request.prepare);
        run = ready.run;
        answer = { count: ready.count };
      } else answer = { milliseconds: await timed(run, request.run) };
    } catch (error) {
      answer = { error: String(error) };
    }
    console.log(JSON.stringify(answer));
  }
}

if (import.meta.main) await answerAll();
