/** Hands on what a microphone hears, block by block. @module */

declare class AudioWorkletProcessor {
  readonly port: { postMessage(block: Float32Array): void };
}
declare function registerProcessor(name: string, processor: typeof AudioWorkletProcessor): void;

class Microphone extends AudioWorkletProcessor {
  /** The mean of the channels of a block; more are to come. */
  process([channels = []]: readonly (readonly Float32Array[])[]): true {
    const [first] = channels;
    if (first === undefined) return true;
    const block = first.map((_, i) =>
      channels.reduce((sum, channel) => sum + channel[i]!, 0) / channels.length
    );
    this.port.postMessage(block);
    return true;
  }
}

registerProcessor("microphone", Microphone);
