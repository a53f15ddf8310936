/** A camera and a microphone. @module */

/// <reference lib="dom" />

/** What was heard last. */
export interface Microphone {
  readonly sampleRateHz: number;
  /** The last seconds, or all there is. */
  last(seconds: number): Float32Array;
  stop(): void;
}

// What is heard is judged: nothing is to be taken out of it.
const asItIs = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };

/**
 * Opens the microphone, and keeps the last `seconds` of it.
 *
 * @throws {Error} There is none, or it may not be used.
 */
export async function openMicrophone(seconds: number): Promise<Microphone> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: asItIs });
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
  const stream = await navigator.mediaDevices.getUserMedia({
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
