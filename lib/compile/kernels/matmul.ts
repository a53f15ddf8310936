/** Translation of the matrix product. @module */

import * as tf from "../../deps/tf.ts";
import { translate } from "../trace.ts";

translate("BatchMatMul", ({ inputs: { a, b }, attrs: { transposeA, transposeB }, trace }) => {
  const rank = a.shape.length;
  const swapped = a.shape.map((_: number, i: number) => i).toSpliced(
    rank - 2,
    2,
    rank - 1,
    rank - 2,
  );
  // ONNX Runtime fuses a transposition of the last two axes into the product.
  const left = transposeA ? trace.transpose(trace.name(a), swapped) : trace.name(a);
  const right = transposeB ? trace.transpose(trace.name(b), swapped) : trace.name(b);
  const rows = a.shape[transposeA ? rank - 1 : rank - 2];
  const columns = b.shape[transposeB ? rank - 2 : rank - 1];
  const batch = tf.broadcast_util.assertAndGetBroadcastShape(
    a.shape.slice(0, -2),
    b.shape.slice(0, -2),
  );
  return trace.info(trace.graph.node("MatMul", [left, right]), [...batch, rows, columns], a.dtype);
});
