/**
 * The records of TensorBoard's event files: protocol buffers in the frames of TFRecord files.
 *
 * No npm package that is kept writes them without TensorFlow's own library. The frame is documented at
 * https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details, the messages in
 * `event.proto`, `summary.proto` and `tensor.proto` of https://github.com/tensorflow/tensorboard.
 *
 * @module
 */

import { crc32c } from "./crc32c.ts";
import { PbfWriter } from "../deps/pbf.ts";

/** What one record of an event file says. */
export type TrainingEvent =
  /** The first of a file. */
  | { readonly kind: "version" }
  /** A run goes on in this file: what an earlier file has from this step on is forgotten. */
  | { readonly kind: "start" }
  /** Numbers by their tags. */
  | { readonly kind: "scalars"; readonly scalars: Readonly<Record<string, number>> }
  /** Markdown. */
  | { readonly kind: "text"; readonly tag: string; readonly text: string };

/** Where an event belongs. */
export interface EventPlace {
  /** Steps done. */
  readonly step: number;
  /** Since 1970. */
  readonly seconds: number;
}

/** A record of an event file. */
export function eventRecord(
  event: TrainingEvent,
  { step, seconds }: EventPlace,
): Uint8Array<ArrayBuffer> {
  const writer = new PbfWriter();
  // Event: wall_time = 1, step = 2, file_version = 3, summary = 5, session_log = 7.
  writer.writeDoubleField(1, seconds);
  writer.writeVarintField(2, step);
  if (event.kind === "version") writer.writeStringField(3, "brain.Event:2");
  // SessionLog: status = 1, of which START is 1.
  else if (event.kind === "start") {
    writer.writeMessage(7, (_, w) => w.writeVarintField(1, 1), undefined);
  } else writer.writeMessage(5, writeSummary, event);
  return framed(writer.finish());
}

type Summarised = Extract<TrainingEvent, { kind: "scalars" | "text" }>;

// Summary: value = 1. Its Value: tag = 1, simple_value = 2, tensor = 8, metadata = 9.
function writeSummary(event: Summarised, writer: PbfWriter): void {
  if (event.kind === "scalars") {
    for (const [tag, value] of Object.entries(event.scalars)) {
      writer.writeMessage(1, (_, w) => {
        w.writeStringField(1, tag);
        w.writeFloatField(2, value);
      }, undefined);
    }
    return;
  }
  const { tag, text } = event;
  writer.writeMessage(1, (_, w) => {
    w.writeStringField(1, tag);
    // TensorProto: dtype = 1, of which a string is 7, tensor_shape = 2 (none), string_val = 8.
    w.writeMessage(8, (_, tensor) => {
      tensor.writeVarintField(1, 7);
      tensor.writeMessage(2, () => {}, undefined);
      tensor.writeStringField(8, text);
    }, undefined);
    // SummaryMetadata: plugin_data = 1, which has plugin_name = 1.
    w.writeMessage(
      9,
      (_, metadata) =>
        metadata.writeMessage(1, (_, plugin) => plugin.writeStringField(1, "text"), undefined),
      undefined,
    );
  }, undefined);
}

/**
 * A record in the frame of a TFRecord file: its length as 8 bytes, little-endian, their masked checksum,
 * the bytes, their masked checksum.
 */
function framed(data: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(data.length + 16);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, masked(crc32c(bytes.subarray(0, 8))), true);
  bytes.set(data, 12);
  view.setUint32(12 + data.length, masked(crc32c(data)), true);
  return bytes;
}

// TFRecord files rotate a checksum and add a constant, since one of data that hold checksums says little.
function masked(checksum: number): number {
  return (((checksum >>> 15) | (checksum << 17)) + 0xa282ead8) >>> 0;
}
