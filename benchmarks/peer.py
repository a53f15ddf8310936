"""The other side of the benchmark: times the same work in PyTorch, asked over standard input.

Each line in is a request as JSON, each line out its answer. `prepare` says what to time from then
on, `run` repeats it and answers the milliseconds an iteration, of the clock and of the processor,
with a number that tells whether both sides computed the same. The process lives as long as its
case, so no start-up is timed.
"""

import json
import math
import platform
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


def compiled(function, request):
    """By torch.compile on that side of the benchmark, else as it is."""
    return torch.compile(function) if request["side"] == "compiled" else function


def prepare_step(request, arrays):
    """A training step on one batch, its inputs and dropout masks given."""
    model = model_of(request["config"])
    load_weights(model, part(arrays, "parameters"))
    batch = nested(part(arrays, "batch"))
    training = request["training"]
    optimiser = optimiser_of(model, training)
    loss_of = compiled(objective, request)
    return lambda: training_step(model, optimiser, loss_of, batch, training["clipNorm"])[0]


def prepare_inference(request, arrays):
    """Probabilities of the first rows of each table, gathered first."""
    model = model_of(request["config"]).eval()
    load_weights(model, part(arrays, "parameters"))
    tables = nested(part(arrays, "tables"))
    rows = torch.arange(request["what"]["rows"])
    forward = compiled(model, request)

    @torch.inference_mode()
    def run():
        logits = forward(gather(tables, dict.fromkeys(MODALITIES, rows)))
        scores = {head: z.softmax(1)[:, 1].numpy() for head, z in logits.items()}
        return float(scores["unified"].mean())

    return run


def gather(tables, rows):
    return {m: {name: x[rows[m]] for name, x in own.items()} for m, own in tables.items()}


def prepare_epoch(request, arrays):
    """What training pays: an epoch from the given weights, its batches gathered and drawn."""
    model, weights = model_of(request["config"]), part(arrays, "parameters")
    tables, labels = nested(part(arrays, "tables")), nested(part(arrays, "labels"))
    loss_of = compiled(objective, request)

    def run():
        load_weights(model, weights)
        return train(model, loss_of, request, tables, labels)

    return run


def prepare_sweep(request, arrays):
    """Short trainings, one a seed, each from new weights and with draws of its own."""
    tables, labels = nested(part(arrays, "tables")), nested(part(arrays, "labels"))

    def run():
        for seed in request["seeds"]:
            torch.manual_seed(seed)
            loss = train(model_of(request["config"]), objective, request, tables, labels)
        return loss

    return run


def prepare_product(request, arrays):
    a, b = arrays["a"], arrays["b"]

    @torch.inference_mode()
    def run():
        return float((a @ b)[0, 0])

    return run


def train(model, loss_of, request, tables, labels):
    """Trains with warm-up, cosine and averaged weights; the mean loss of the last epoch."""
    what, training = request["what"], request["training"]
    optimiser = optimiser_of(model, training)
    parameters = list(model.parameters())
    average = [p.detach().clone() for p in parameters]
    own = {m: labels[m][: what["samples"]] for m in MODALITIES}
    epoch_steps = math.ceil(what["samples"] / what["batch"])
    losses = []
    for step in range(what["epochs"] * epoch_steps):
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(step, what["epochs"] * epoch_steps, training)
        batch = {"triples": draw_batch(request, tables, own)}
        loss, _ = training_step(model, optimiser, loss_of, batch, training["clipNorm"])
        losses.append(loss)
        decay = min(training["averaging"], 1 - 1 / (step + 1))
        with torch.no_grad():
            torch._foreach_lerp_(average, parameters, 1 - decay)
    return sum(losses[-epoch_steps:]) / epoch_steps


def learning_rate(step, steps, training):
    """Linear warm-up, then half a cosine to 0."""
    rising = max(1, round(training["warmup"] * steps))
    if step < rising:
        return training["learningRate"] * (step + 1) / rising
    progress = (step - rising) / max(1, steps - rising)
    return training["learningRate"] * 0.5 * (1 + math.cos(math.pi * progress))


def draw_batch(request, tables, labels):
    """Triples of one label in two views, as the project's own batches are.

    Rows are gathered from the tables without a DataLoader, and dropout is PyTorch's own: both are
    the fastest that PyTorch has for this.
    """
    size, config = request["what"]["batch"], request["config"]
    whole = torch.arange(size) % 2
    rows = {m: rows_of(labels[m], whole) for m in MODALITIES}
    partial = (torch.rand(size, len(MODALITIES)) >= request["training"]["modalityDropout"]).float()
    partial[partial.sum(1) == 0] = 1.0
    rate = config["dropout"]
    return {
        "inputs": gather(tables, rows),
        "presence": torch.cat([torch.ones_like(partial), partial]),
        "labels": {m: whole for m in MODALITIES},
        "unified": {"labels": whole.repeat(2), "weights": torch.ones(2 * size)},
        "keep": {
            "processing": dict.fromkeys(MODALITIES, rate),
            "fusion": {str(i): rate for i in range(config["fusionLayers"])},
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
    begin, cpu = time.perf_counter(), time.process_time()
    for _ in range(iterations):
        value = run()
    return {
        "milliseconds": 1000 * (time.perf_counter() - begin) / iterations,
        "cpuMilliseconds": 1000 * (time.process_time() - cpu) / iterations,
        "value": value,
    }


PREPARE = {
    "step": prepare_step,
    "epoch": prepare_epoch,
    "inference": prepare_inference,
    "sweep": prepare_sweep,
    "product": prepare_product,
}


def prepare(request):
    torch.set_num_threads(request["threads"])
    has_compiler = any(shutil.which(name) for name in ("g++", "clang++"))
    if request["side"] == "compiled" and not has_compiler:
        return None, {"skipped": "torch.compile needs a C++ compiler, and there is none"}
    torch.manual_seed(1)
    # What torch.compile compiles, it does so in the first run, which is not counted.
    return PREPARE[request["what"]["kind"]](request, load_file(request["file"])), {}


def versions():
    return {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "torch_instructions": torch.backends.cpu.get_cpu_capability(),
        "torch_products": "MKL" if torch.backends.mkl.is_available() else "no MKL",
    }


def main():
    run = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["kind"] == "prepare":
                run, answer = prepare(request)
            elif request["kind"] == "run":
                answer = timed(run, request["iterations"])
            else:
                answer = versions()
        except Exception as error:  # The benchmark reports it; this process goes on.
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
