"""Writes the models and inputs that the encoders' benchmark runs: `python export.py FOLDER`.

The architectures are those of BERT-base, ResNet-50 and wav2vec 2.0 base at their true size; the
weights are random, which costs as much time as learnt ones. Each model is written twice from the
same weights, as safetensors for Transformers and as ONNX for ONNX Runtime, and the graph once more in
8 bits by quantise.py. The folder takes 2.1 GB.
"""

import json
import sys
import wave
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from tokenizers import BertWordPieceTokenizer
from transformers import (
    BertConfig,
    BertModel,
    ResNetConfig,
    ResNetModel,
    Wav2Vec2Config,
    Wav2Vec2FeatureExtractor,
    Wav2Vec2Model,
)
from transformers.models.resnet.modeling_resnet import ResNetBottleNeckLayer

from quantise import quantise

TEXTS, IMAGES, CLIPS = 32, 16, 4
RATE_HZ = 16_000
ONSETS = "b d f g h k l m n p r s t v z br cl dr fl gr pl sh st th tr".split()
NUCLEI = "a e i o u ai ea ie oa ou".split()


def words(count):
    """Made-up words of one to three syllables, in a fixed order."""
    syllables = [onset + nucleus for onset in ONSETS for nucleus in NUCLEI]
    random = np.random.default_rng(1)
    made = {}
    while len(made) < count:
        made["".join(random.choice(syllables, random.integers(1, 4)))] = None
    return list(made)


def write_tokenizer(folder, size):
    """A WordPiece tokenizer of as many entries as BERT's; returns its whole words."""
    letters = [chr(c) for c in range(ord("a"), ord("z") + 1)]
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ".", ",", "!", *letters]
    pieces += [f"##{letter}" for letter in letters]
    whole = [word for word in words(size) if word not in pieces][: size - len(pieces)]
    vocabulary = {piece: i for i, piece in enumerate([*pieces, *whole])}
    BertWordPieceTokenizer(vocabulary, lowercase=True).save(str(folder / "tokenizer.json"))
    config = {"tokenizer_class": "BertTokenizer", "do_lower_case": True, "model_max_length": 512}
    names = {"pad": "[PAD]", "unk": "[UNK]", "cls": "[CLS]", "sep": "[SEP]", "mask": "[MASK]"}
    config |= {f"{name}_token": token for name, token in names.items()}
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    return whole


def export(model, inputs, folder, axes):
    """The model as ONNX, its inputs and its first output with the named axes left open."""
    (folder / "onnx").mkdir(parents=True, exist_ok=True)
    model.eval().save_pretrained(folder)
    torch.onnx.export(
        FirstOutput(model, list(inputs)),
        tuple(inputs.values()),
        str(folder / "onnx" / "model.onnx"),
        input_names=list(inputs),
        output_names=["last_hidden_state"],
        dynamic_axes={name: axes[0] for name in inputs} | {"last_hidden_state": axes[1]},
        opset_version=17,
        dynamo=False,
    )


class FirstOutput(torch.nn.Module):
    """A model that takes its inputs in a fixed order and returns its last hidden state alone."""

    def __init__(self, model, names):
        super().__init__()
        self.model, self.names = model, names

    def forward(self, *values):
        return self.model(**dict(zip(self.names, values)))[0]


def write_bert(root):
    folder = root / "bert-base"
    folder.mkdir(parents=True)
    config = BertConfig(attn_implementation="eager")
    whole = write_tokenizer(folder, config.vocab_size)
    ids = torch.full((2, 9), 7)
    inputs = {"input_ids": ids, "attention_mask": ids * 0 + 1, "token_type_ids": ids * 0}
    axes = {0: "batch", 1: "tokens"}
    export(BertModel(config, add_pooling_layer=False), inputs, folder, (axes, axes))
    return whole


def settle(model, images):
    """Sets what random weights leave open, so that features are as large as those of learnt ones."""
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = None  # Its statistics become the mean of all batches.
        if isinstance(module, ResNetBottleNeckLayer):
            torch.nn.init.constant_(module.layer[-1].normalization.weight, 0.25)
    model.train()
    with torch.no_grad():
        model(images)


def write_resnet(root):
    folder = root / "resnet-50"
    model = ResNetModel(ResNetConfig())
    settle(model, torch.randn(8, 3, 224, 224))
    inputs = {"pixel_values": torch.randn(2, 3, 224, 224)}
    axes = ({0: "batch"}, {0: "batch", 2: "rows", 3: "columns"})
    export(model, inputs, folder, axes)
    write_image_processor(folder)


def write_image_processor(folder):
    """The settings of the published checkpoint: bicubic to 256, the middle 224."""
    path = folder / "preprocessor_config.json"
    settings = {
        "image_processor_type": "ConvNextImageProcessor",
        "do_resize": True,
        "do_rescale": True,
        "rescale_factor": 1 / 255,
        "do_normalize": True,
        "image_mean": [0.485, 0.456, 0.406],
        "image_std": [0.229, 0.224, 0.225],
        "crop_pct": 0.875,
        "resample": 3,
        "size": {"shortest_edge": 224},
    }
    path.write_text(json.dumps(settings))


def write_wav2vec2(root):
    folder = root / "wav2vec2-base"
    model = Wav2Vec2Model(Wav2Vec2Config(attn_implementation="eager"))
    inputs = {"input_values": torch.randn(1, RATE_HZ)}
    axes = ({0: "batch", 1: "samples"}, {0: "batch", 1: "frames"})
    export(model, inputs, folder, axes)
    Wav2Vec2FeatureExtractor(do_normalize=True, return_attention_mask=False).save_pretrained(folder)


def write_texts(folder, whole):
    """Messages of 5 to 40 words, as lengths of posts go."""
    random = np.random.default_rng(2)
    texts = [" ".join(random.choice(whole, random.integers(5, 41))) + "." for _ in range(TEXTS)]
    (folder / "texts.json").write_text(json.dumps(texts))


def write_images(folder):
    """Photograph-like pictures: smooth colours, edges, some noise. Squares need no resizing."""
    random = np.random.default_rng(3)
    for i in range(IMAGES):
        for kind, (width, height) in {"photo": (640, 480), "square": (256, 256)}.items():
            coarse = random.integers(0, 256, (8, 8, 3), dtype=np.uint8)
            picture = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
            noise = random.normal(0, 6, (height, width, 3))
            pixels = np.clip(np.asarray(picture) + noise, 0, 255).astype(np.uint8)
            picture = Image.fromarray(pixels)
            if kind == "photo":
                picture.save(folder / f"photo-{i:02}.jpg", quality=90)
            else:
                picture.save(folder / f"square-{i:02}.png")


def write_clips(folder):
    """Clips of 3 to 5 s: a gliding voice-like tone with harmonics under noise."""
    random = np.random.default_rng(4)
    for i in range(CLIPS):
        time = np.arange(int(RATE_HZ * random.uniform(3, 5))) / RATE_HZ
        pitch = 2 * np.pi * np.cumsum(120 + 60 * np.sin(2 * np.pi * time)) / RATE_HZ
        voice = sum(np.sin(k * pitch) / k for k in range(1, 20)) * np.sin(9 * time) ** 2
        samples = 0.1 * voice + 0.01 * random.normal(size=len(time))
        with wave.open(str(folder / f"clip-{i}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE_HZ)
            file.writeframes(np.clip(32768 * samples, -32768, 32767).astype("<i2").tobytes())


def main():
    if len(sys.argv) != 2:
        sys.exit("Usage: python export.py FOLDER")
    root = Path(sys.argv[1])
    if root.exists() and any(root.iterdir()):
        sys.exit(f"Cannot export: expected an empty folder, got {root} with files in it")
    torch.manual_seed(1)
    inputs = root / "inputs"
    inputs.mkdir(parents=True)
    write_texts(inputs, write_bert(root))
    write_images(inputs)
    write_clips(inputs)
    write_resnet(root)
    write_wav2vec2(root)
    for name in ("bert-base", "resnet-50", "wav2vec2-base"):
        quantise(root / name, sorted(inputs.glob("photo-*")))


if __name__ == "__main__":
    main()
