"""The other side of the benchmark: times the same work in PyTorch, asked over standard input.

Each line in is a request as JSON, each line out its answer. `prepare` says what to time from then
on, `run` repeats it and answers the milliseconds an iteration, with a number that tells whether
both sides computed the same. The process lives as long as the benchmark, so no start-up is timed.
"""

import json
import shutil
import sys
import time

import torch
from model import MODALITIES, Model, adam_w, load_weights, nested, objective, training_step
from safetensors.torch import load_file
from torch.nn import functional as F


def part(arrays, name):
    prefix = f"{name}/"
    return {path[len(prefix) :]: x for path, x in arrays.items() if path.startswith(prefix)}


def model_of(config):
    # The layout in which PyTorch's convolutions are fastest here, by a quarter of the whole step.
    return Model(config).to(memory_format=torch.channels_last)


def optimiser_of(model, training):
    # The fused kernel is the fastest AdamW that PyTorch has for a CPU.
    return adam_w(model, training["learningRate"], training["weightDecay"], fused=True)


def prepare_step(request, arrays, compiled):
    """A training step on one batch, its inputs and dropout masks given."""
    model = model_of(request["config"])
    load_weights(model, part(arrays, "parameters"))
    batch = nested(part(arrays, "batch"))
    training = request["training"]
    optimiser = optimiser_of(model, training)
    loss_of = torch.compile(objective) if compiled else objective
    return lambda: training_step(model, optimiser, loss_of, batch, training["clipNorm"])[0]


def prepare_inference(request, arrays, compiled):
    """Probabilities of the first rows of each table, gathered first."""
    model = model_of(request["config"]).eval()
    load_weights(model, part(arrays, "parameters"))
    tables = nested(part(arrays, "tables"))
    rows = torch.arange(request["rows"])
    forward = torch.compile(model) if compiled else model

    @torch.inference_mode()
    def run():
        logits = forward(gather(tables, rows))
        scores = {head: z.softmax(1)[:, 1].numpy() for head, z in logits.items()}
        return float(scores["unified"].mean())

    return run


def gather(tables, rows):
    return {m: {name: x[rows] for name, x in own.items()} for m, own in tables.items()}


def prepare_sweep(request, arrays, compiled):
    """Short trainings, one a seed, each from new weights and with draws of its own."""
    tables, labels = nested(part(arrays, "tables")), nested(part(arrays, "labels"))
    return lambda: [train(request, tables, labels, seed) for seed in request["seeds"]][-1]


def train(request, tables, labels, seed):
    torch.manual_seed(seed)
    model = model_of(request["config"])
    optimiser = optimiser_of(model, request["training"])
    for _ in range(request["steps"]):
        batch = {"triples": draw_batch(request, tables, labels)}
        loss, _ = training_step(
            model, optimiser, objective, batch, request["training"]["clipNorm"]
        )
    return loss


def draw_batch(request, tables, labels):
    """Triples of one label in two views, as the project's own batches are."""
    size, config = request["batch"], request["config"]
    whole = torch.arange(size) % 2
    rows = {m: rows_of(labels[m], whole) for m in MODALITIES}
    inputs = {m: {name: x[rows[m]] for name, x in tables[m].items()} for m in MODALITIES}
    partial = (torch.rand(size, len(MODALITIES)) >= request["training"]["modalityDropout"]).float()
    partial[partial.sum(1) == 0] = 1.0
    drop = lambda *shape: F.dropout(torch.ones(shape), config["dropout"])
    return {
        "inputs": inputs,
        "presence": torch.cat([torch.ones_like(partial), partial]),
        "labels": {m: whole for m in MODALITIES},
        "unified": {"labels": whole.repeat(2), "weights": torch.ones(2 * size)},
        "keep": {
            "processing": {
                m: drop(size, config["inputs"][m]["segments"], config["width"]) for m in MODALITIES
            },
            "fusion": {
                str(i): drop(2 * size, config["width"]) for i in range(config["fusionLayers"])
            },
        },
    }


def rows_of(labels, wanted):
    """For each label in `wanted` a random sample that has it."""
    rows = torch.empty_like(wanted)
    for label in (0, 1):
        pool, places = (labels == label).nonzero()[:, 0], (wanted == label).nonzero()[:, 0]
        rows[places] = pool[torch.randperm(len(pool))[: len(places)]]
    return rows


def timed(run, iterations):
    begin = time.perf_counter()
    for _ in range(iterations):
        value = run()
    return {"milliseconds": 1000 * (time.perf_counter() - begin) / iterations, "value": value}


PREPARE = {"step": prepare_step, "inference": prepare_inference, "sweep": prepare_sweep}


def prepare(request):
    torch.set_num_threads(request["threads"])
    if request["compiled"] and not any(shutil.which(name) for name in ("g++", "clang++")):
        return None, {"skipped": "torch.compile needs a C++ compiler, and there is none"}
    torch.manual_seed(1)
    made = PREPARE[request["kind"]](request, load_file(request["file"]), request["compiled"])
    return made, {"torch": torch.__version__}


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
