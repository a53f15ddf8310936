/** Protocol buffers: the wire format of ONNX files and of TensorBoard events. @module */

export { PbfReader, PbfWriter } from "npm:pbf@5.1.2";
