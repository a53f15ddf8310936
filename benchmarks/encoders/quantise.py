"""Writes `onnx/model_quantized.onnx` beside `onnx/model.onnx`: `python quantise.py FOLDER [--images DIR]`.

FOLDER is a model in the Hugging Face layout. Texts and sound: the weights of products in 8 bits, and
what they are multiplied with brought to 8 bits as it comes (dynamic). Images, which need a few pictures
like those to come (`--images`, 16 to 100 of them): activations by ranges that are measured once on those
pictures (static), since the dynamic kind of convolution is slower than float. The weights of each output
have a scale of their own.
"""

import argparse
import tempfile
from pathlib import Path

import onnx
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_dynamic,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process
from PIL import Image
from transformers import AutoImageProcessor


class Pictures(CalibrationDataReader):
    """The files of a folder as the network takes them, one after another."""

    def __init__(self, folder, images):
        processor = AutoImageProcessor.from_pretrained(folder)
        self.inputs = (
            {"pixel_values": processor(Image.open(path).convert("RGB"), return_tensors="np")["pixel_values"]}
            for path in images
        )

    def get_next(self):
        return next(self.inputs, None)


def inputs_of(path):
    return [value.name for value in onnx.load(path, load_external_data=False).graph.input]


def quantise(folder, images):
    """Quantises the graph of a folder; `images` are read where it takes images."""
    folder = Path(folder)
    source = folder / "onnx" / "model.onnx"
    target = folder / "onnx" / "model_quantized.onnx"
    names = inputs_of(source)
    with tempfile.TemporaryDirectory() as scratch:
        ready = Path(scratch) / "model.onnx"
        # Shapes of attention depend on the input, which symbolic inference can't follow.
        quant_pre_process(source, ready, skip_symbolic_shape=True)
        if "pixel_values" not in names:
            # Convolutions of sound stay as they are.
            types = None if "input_ids" in names else ["MatMul"]
            quantize_dynamic(
                ready,
                target,
                weight_type=QuantType.QInt8,
                per_channel=True,
                op_types_to_quantize=types,
            )
            return
        quantize_static(
            ready,
            target,
            Pictures(folder, images),
            quant_format=QuantFormat.QDQ,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            per_channel=True,
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--images", type=Path, help="pictures that activations are measured on")
    arguments = parser.parse_args()
    reads_images = "pixel_values" in inputs_of(arguments.folder / "onnx" / "model.onnx")
    if reads_images and not arguments.images:
        parser.error("expected --images DIR for a network of images")
    quantise(arguments.folder, sorted(arguments.images.iterdir()) if arguments.images else ())


if __name__ == "__main__":
    main()
