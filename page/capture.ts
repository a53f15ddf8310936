/** A camera and a microphone. @module */

/// <reference lib="dom" />

/** What was heard last. */
export interface Microphone {
  readonly sampleRateHz: number;
  /** The last seconds, or all there is. */
  last(seconds: number): Float32Array;
  stop(): void;
}

// Over http from another machine browsers have none.
function mediaDevices(): MediaDevices {
  const { mediaDevices } = navigator as { mediaDevices?: MediaDevices };
  if (mediaDevices) return mediaDevices;
  throw new RangeError("the browser gives it to pages over https or of this machine alone");
}

// What is heard is judged: nothing is to be taken out of it.
const asItIs = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };

/**
 * Opens the microphone, and keeps the last `seconds` of it.
 *
 * @throws {Error} There is none, or it may not be used.
 */
export async function openMicrophone(seconds: number): Promise<Microphone> {
  const stream = await mediaDevices().getUserMedia({ audio: asItIs });
  const context = new AudioContext();
  await context.audioWorklet.addModule("microphone_worklet.js");
  const worklet = new AudioWorkletNode(context, "microphone");
  const { sampleRate } = context;
  const kept = new Float32Array(Math.ceil(seconds * sampleRate));
  let count = 0;
  worklet.port.onmessage = ({ data }: MessageEvent<Float32Array>) => {
    const free = kept.length - count;
    if (data.length > free) {
      kept.copyWithin(0, data.length - free, count);
      count -= data.length - free;
    }
    kept.set(data, count);
    count += data.length;
  };
  context.createMediaStreamSource(stream).connect(worklet);
  return {
    sampleRateHz: sampleRate,
    last: (wanted) => kept.slice(Math.max(0, count - Math.round(wanted * sampleRate)), count),
    stop() {
      for (const track of stream.getTracks()) track.stop();
      void context.close();
    },
  };
}

/** A camera that shows in a video element. */
export interface Camera {
  /** The picture of the moment. */
  frame(): Promise<ImageBitmap>;
  stop(): void;
}

/**
 * Opens the camera.
 *
 * @throws {Error} There is none, or it may not be used.
 */
export async function openCamera(video: HTMLVideoElement): Promise<Camera> {
  const stream = await mediaDevices().getUserMedia({
    video: { width: { ideal: 640 }, height: { ideal: 480 } },
  });
  video.srcObject = stream;
  await video.play();
  return {
    frame: () => createImageBitmap(video),
    stop() {
      for (const track of stream.getTracks()) track.stop();
      video.srcObject = null;
    },
  };
}

/** The picture of the moment as a file without loss. */
export async function pictureOf(camera: Camera): Promise<Blob> {
  const frame = await camera.frame();
  const canvas = new OffscreenCanvas(frame.width, frame.height);
  canvas.getContext("2d")!.drawImage(frame, 0, 0);
  frame.close();
  return await canvas.convertToBlob({ type: "image/png" });
}

/** Why a camera or a microphone could not be opened, for whoever has to change it. */
export function whyNoDevice(error: unknown): string {
  const { name, message } = error as Error;
  const known: Readonly<Record<string, string>> = {
    NotAllowedError: "the browser was told not to; its address bar has where to allow it",
    NotFoundError: "there is none",
    NotReadableError: "another program has it",
  };
  return known[name] ?? message;
}

/** Sound that the browser decodes: the mean of its channels. */
export async function decodeByBrowser(
  bytes: ArrayBuffer,
): Promise<{ samples: Float32Array; sampleRateHz: number }> {
  const context = new AudioContext();
  try {
    const sound = await context.decodeAudioData(bytes);
    const channels = Array.from(
      { length: sound.numberOfChannels },
      (_, channel) => sound.getChannelData(channel),
    );
    const samples = channels[0]!.map((_, i) =>
      channels.reduce((sum, channel) => sum + channel[i]!, 0) / channels.length
    );
    return { samples, sampleRateHz: sound.sampleRate };
  } finally {
    await context.close();
  }
}
