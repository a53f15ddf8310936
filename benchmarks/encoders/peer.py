"""The other side of the encoders' benchmark: Transformers on PyTorch, or Python's ONNX Runtime.

Each line in is a request as JSON, each line out its answer. `prepare` loads a model and its inputs
and writes their features, `run` encodes all inputs so many times. What is timed begins with a
string, the bytes of an image file or a waveform and ends with the means of segments. Messages run
in batches of 32 sorted by length or, if asked for, in those of the project.
"""

import io
import json
import sys
import time
import wave
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from PIL import Image
from transformers import (
    AutoImageProcessor,
    AutoTokenizer,
    BertModel,
    ResNetModel,
    Wav2Vec2FeatureExtractor,
    Wav2Vec2Model,
)

TEXT_BATCH, IMAGE_BATCH, MAX_TOKENS, MAX_SAMPLES = 32, 16, 128, 96_000
MODELS = {"text": BertModel, "image": ResNetModel, "speech": Wav2Vec2Model}


def torch_network(folder, encoder, request):
    torch.set_num_threads(request["threads"])
    extra = {"add_pooling_layer": False} if encoder == "text" else {}
    model = MODELS[encoder].from_pretrained(folder, **extra).eval()

    @torch.inference_mode()
    def run(inputs):
        tensors = {name: torch.from_numpy(x) for name, x in inputs.items()}
        return model(**tensors).last_hidden_state.numpy()

    return run


def onnx_network(folder, encoder, request):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = request["threads"]
    name = "model_quantized.onnx" if request["precision"] == "int8" else "model.onnx"
    session = onnxruntime.InferenceSession(
        folder / "onnx" / name, options, providers=["CPUExecutionProvider"]
    )
    return lambda inputs: session.run(["last_hidden_state"], inputs)[0]


def segment_means(states, segments):
    """Means of contiguous parts; of fewer rows than segments each row is one, and the rest are 0."""
    used = min(len(states), segments)
    edges = [s * len(states) // used for s in range(used + 1)]
    means = [states[a:b].mean(0) for a, b in zip(edges, edges[1:])]
    return np.concatenate([means, np.zeros((segments - used, states.shape[1]))])


def alike_batches(lengths):
    """As lib/encoders/alike_batches.ts has them: of one length, so that nothing is padding."""
    places = {}
    for i, length in enumerate(lengths):
        places.setdefault(length, []).append(i)
    alike = [places[length] for length in sorted(places)]
    return [all[first : first + TEXT_BATCH] for all in alike for first in range(0, len(all), TEXT_BATCH)]


def padded_batches(lengths):
    order = sorted(range(len(lengths)), key=lambda i: lengths[i])
    return [order[first : first + TEXT_BATCH] for first in range(0, len(order), TEXT_BATCH)]


def text_encoder(folder, network, request):
    tokenizer = AutoTokenizer.from_pretrained(folder)

    def encode(texts):
        rows = tokenizer(texts, truncation=True, max_length=MAX_TOKENS)["input_ids"]
        lengths = [len(row) for row in rows]
        batches = alike_batches(lengths) if request["ourBatches"] else padded_batches(lengths)
        features = [None] * len(rows)
        for batch in batches:
            padded = tokenizer.pad({"input_ids": [rows[i] for i in batch]}, return_tensors="np")
            inputs = {
                "input_ids": padded["input_ids"].astype(np.int64),
                "attention_mask": padded["attention_mask"].astype(np.int64),
                "token_type_ids": np.zeros_like(padded["input_ids"], dtype=np.int64),
            }
            for i, states in zip(batch, network(inputs)):
                features[i] = segment_means(states[1 : len(rows[i]) - 1], 8)
        return features

    return encode


def image_encoder(folder, network, _):
    processor = AutoImageProcessor.from_pretrained(folder)

    def encode(files):
        features = []
        for first in range(0, len(files), IMAGE_BATCH):
            batch = files[first : first + IMAGE_BATCH]
            images = [Image.open(io.BytesIO(bytes)).convert("RGB") for bytes in batch]
            pixels = processor(images, return_tensors="np")["pixel_values"]
            for map in network({"pixel_values": pixels.astype(np.float32)}):
                features.append(grid_means(map))
        return features

    return encode


def grid_means(map):
    """Means of two by two cells, which share the middle row and column of an odd map."""
    height, width = map.shape[1:]
    rows = [slice(0, (height + 1) // 2), slice(height // 2, height)]
    columns = [slice(0, (width + 1) // 2), slice(width // 2, width)]
    return np.stack([map[:, r, c].mean((1, 2)) for r in rows for c in columns])


def speech_encoder(folder, network, _):
    extractor = Wav2Vec2FeatureExtractor.from_pretrained(folder)

    def encode(clips):
        features = []
        for clip in clips:
            values = extractor(clip[:MAX_SAMPLES], sampling_rate=16_000, return_tensors="np")
            states = network({"input_values": values["input_values"].astype(np.float32)})
            features.append(segment_means(states[0], 8))
        return features

    return encode


def read_clip(path):
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768


def read_inputs(folder, kind):
    if kind == "texts":
        return json.loads((folder / "texts.json").read_text())
    if kind == "clips":
        return [read_clip(path) for path in sorted(folder.glob("clip-*.wav"))]
    return [path.read_bytes() for path in sorted(folder.glob(f"{kind}-*"))]


ENCODERS = {"text": text_encoder, "image": image_encoder, "speech": speech_encoder}
NETWORKS = {"transformers": torch_network, "onnxruntime": onnx_network}


def prepare(request):
    root, encoder = Path(request["root"]), request["encoder"]
    folder = root / request["model"]
    network = NETWORKS[request["side"]](folder, encoder, request)
    encode = ENCODERS[encoder](folder, network, request)
    for kind, output in request["features"].items():
        features = encode(read_inputs(root / "inputs", kind))
        np.stack(features).astype("<f4").tofile(output)
    inputs = read_inputs(root / "inputs", request["timed"])
    return lambda: encode(inputs), {"count": len(inputs)}


def timed(run, iterations):
    begin = time.perf_counter()
    for _ in range(iterations):
        run()
    return {"milliseconds": 1000 * (time.perf_counter() - begin) / iterations}


def main():
    run = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if "prepare" in request:
                run, answer = prepare(request["prepare"])
            else:
                answer = timed(run, request["run"])
        except Exception as error:  # The benchmark reports it; this process goes on.
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
