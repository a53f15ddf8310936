"""The model of lib/model in PyTorch: one module a box, the loss, and weights by our names.

Written from the equations in lib/model's documentation, as a PyTorch user would write it, and an
independent check of them. Where a sample is seen in several views, what is the same in all of them
is computed once, as there. `config` is a ModelConfig as JSON. It covers what the benchmark and the
trajectory need: all levels of the hierarchy, residual attention, and the gates "per feature" and
"contextual only". Shapes are as there: B batch, n segments, d width.
"""

import math

import torch
from torch import nn
from torch.nn import functional as F

MODALITIES = ("text", "image", "audio")


class SpectralBranch(nn.Module):
    """A CNN over the log-mel spectrogram [B, T, F], then n equal spans of each clip, and prosody."""

    def __init__(self, channels, prosody, width, frame_pooling):
        super().__init__()
        self.frame_pooling = frame_pooling
        pairs = zip((1, *channels), channels)
        self.convolutions = nn.ModuleList(nn.Conv2d(a, b, 3, stride=2) for a, b in pairs)
        self.output = nn.Linear(channels[-1] + prosody, width)

    def forward(self, log_mel, frames, prosody):
        steps = log_mel.shape[1]
        h = log_mel.unflatten(1, (-1, self.frame_pooling)).mean(2).unsqueeze(1)
        for convolution in self.convolutions:
            h = F.relu(convolution(pad_same(h)))
        over_time = h.mean(3).transpose(1, 2)
        spans = segment_average(
            frames * over_time.shape[1] / steps, over_time.shape[1], prosody.shape[1]
        )
        return F.relu(self.output(torch.cat([spans @ over_time, prosody], 2)))


def pad_same(x):
    """Padding for a 3 x 3 window of stride 2; where one row or column is needed it goes last."""
    height, width = (1 - size % 2 for size in x.shape[2:])
    return F.pad(x, (1 - width, 1, 1 - height, 1))


def segment_average(lengths, steps, segments):
    """Weights [B, n, T] that average the first `lengths` of T steps into n equal spans."""
    span = torch.where(lengths > 0, lengths, 1.0)[:, None, None] / segments
    start = torch.arange(segments, device=lengths.device)[:, None] * span
    step = torch.arange(steps, device=lengths.device)
    overlap = torch.minimum(start + span, step + 1) - torch.maximum(start, step)
    return overlap.clamp(min=0) / span


class CrossModalAttention(nn.Module):
    """Multi-head self-attention with a residual sum, in V views.

    x is [B, N, d]; `mask` [B, V, N] is 1 for the keys that exist in a view; y is [B, V, N, d].
    Queries, keys, values and scores do not depend on the view, and are computed once: the rows of
    all views are rows of one matrix of weights, each row under the mask of its view.
    """

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, width, bias=False)
        self.key = nn.Linear(width, width, bias=False)
        self.value = nn.Linear(width, width, bias=False)
        self.output = nn.Linear(width, width, bias=False)
        self.norm = nn.LayerNorm(width)

    def forward(self, x, mask):
        views, count = mask.shape[1:]
        query, key, value = (
            layer(x).unflatten(2, (self.heads, -1)).transpose(1, 2)
            for layer in (self.query, self.key, self.value)
        )
        scores = (query / math.sqrt(query.shape[3])) @ key.transpose(2, 3)  # [B, H, N, N]
        keep = mask.repeat_interleave(count, 1).unsqueeze(1)  # [B, 1, V N, N]
        weights = masked_softmax(scores.repeat(1, 1, views, 1), keep)
        z = (weights @ value).transpose(1, 2).flatten(2)  # [B, V N, d]
        y = self.norm(x.repeat(1, views, 1) + self.output(z))
        return y.unflatten(1, (views, count))


def masked_softmax(scores, keep):
    """Exactly 0 where `keep` is, and in all of a row that keeps nothing."""
    return torch.softmax(scores + 50 * (keep - 1), 3) * keep


class Hierarchy(nn.Module):
    """Attention within each modality, across all segments, and among the summaries.

    Segments are [B, n, d] a modality, and so are their masks without the last axis; `presence`
    [B, V, 3] shows each sample in V views. The summaries are [B, V, 3, d].
    """

    def __init__(self, width, heads):
        super().__init__()
        attention = lambda: CrossModalAttention(width, heads)
        self.within = nn.ModuleDict({m: attention() for m in MODALITIES})
        self.across = nn.ModuleDict({"attention": attention()})
        self.summaries = nn.ModuleDict({"attention": attention()})

    def forward(self, segments, masks, presence):
        there = [m for m in MODALITIES if m in segments]
        # What a view hides is hidden from all other levels, so that this one need not know of it.
        parts = [self.within[m](segments[m], masks[m].unsqueeze(1)).squeeze(1) for m in there]
        shown = dict(zip(MODALITIES, presence.split(1, 2)))
        every = [masks[m].unsqueeze(1) * shown[m] for m in there]  # [B, V, n]
        x = self.across["attention"](torch.cat(parts, 1), torch.cat(every, 2))
        spans = x.split([part.shape[1] for part in parts], 2)
        means = torch.stack([masked_mean(*pair) for pair in zip(spans, every)], 2)  # [B, V, M, d]
        present = torch.stack([mask.amax(2) for mask in every], 2)  # [B, V, M]
        known = self.summaries["attention"](means.flatten(0, 1), present.flatten(0, 1).unsqueeze(1))
        known = known.view_as(means) * present.unsqueeze(3)
        absent = torch.zeros_like(known[:, :, 0])
        return torch.stack(
            [known[:, :, there.index(m)] if m in there else absent for m in MODALITIES], 2
        )


def masked_mean(x, mask):
    """[B, V, d] of [B, V, n, d]."""
    return (x * mask.unsqueeze(3)).sum(2) / mask.sum(2, keepdim=True).clamp(min=1)


class Model(nn.Module):
    """From what the encoders deliver to the logits of the three heads and the whole."""

    def __init__(self, config):
        super().__init__()
        if config["gate"] not in ("per feature", "contextual only"):
            raise ValueError(f'Cannot build the gate "{config["gate"]}": only two are written here')
        width, heads, inputs = config["width"], config["heads"], config["inputs"]
        audio = inputs["audio"]
        self.gated = config["gate"] == "per feature"
        if self.gated:
            self.spectral = SpectralBranch(
                config["channels"], audio["prosody"], width, config["framePooling"]
            )
            self.gate = nn.Linear(2 * width, width)
        self.contextual = nn.Linear(audio["width"], width)
        sizes = {"text": inputs["text"]["width"], "image": inputs["image"]["width"], "audio": width}
        self.processing = nn.ModuleDict({m: nn.Linear(sizes[m], width) for m in MODALITIES})
        self.hierarchy = Hierarchy(width, heads)
        self.fusion = nn.ModuleList(
            nn.Linear(3 * width if i == 0 else width, width) for i in range(config["fusionLayers"])
        )
        self.heads = nn.ModuleDict({m: nn.Linear(width, 2) for m in MODALITIES})
        self.unified = nn.Linear(2 * len(MODALITIES), 2)

    def forward(self, inputs, presence=None, keep=None):
        """Logits [V B, 2] by head. `presence` [V B, 3] shows each sample in V views."""
        keep = keep or {"processing": {}, "fusion": {}}
        segments = {
            m: dropout(F.relu(self.processing[m](x)), keep["processing"].get(m))
            for m, x in self.branches(inputs).items()
        }
        masks = {m: own["mask"] for m, own in inputs.items()}
        batch = next(iter(masks.values())).shape[0]
        if presence is None:
            presence = torch.ones(batch, len(MODALITIES))
        views = presence.unflatten(0, (-1, batch)).transpose(0, 1)  # [B, V, 3]
        summaries = self.hierarchy(segments, masks, views)
        fused = summaries.transpose(0, 1).flatten(0, 1).flatten(1)  # [V B, 3 d]
        for i, layer in enumerate(self.fusion):
            fused = dropout(F.relu(layer(fused)), keep["fusion"].get(str(i)))
        logits = {m: head(fused) for m, head in self.heads.items()}
        return {**logits, "unified": self.unified(torch.cat(list(logits.values()), 1))}

    def branches(self, inputs):
        """The encoders' states [B, n, …], those of the two audio paths joined by the gate."""
        states = {m: own["states"] for m, own in inputs.items()}
        if "audio" not in inputs:
            return states
        audio = inputs["audio"]
        contextual = F.relu(self.contextual(audio["states"]))
        if not self.gated:
            return {**states, "audio": contextual}
        spectral = self.spectral(audio["logMel"], audio["frames"], audio["prosody"])
        g = torch.sigmoid(self.gate(torch.cat([spectral, contextual], 2)))
        return {**states, "audio": g * spectral + (1 - g) * contextual}


def dropout(x, keep):
    """`keep` is a mask, so that both implementations drop the same numbers, or PyTorch's own rate."""
    if keep is None:
        return x
    return F.dropout(x, keep) if isinstance(keep, float) else x * keep


def objective(model, batch, head_weight=1.0):
    """The sum over groups of the whole's cross-entropy and the weighted heads'."""
    total = 0.0
    for group in batch.values():
        logits = model(group["inputs"], group["presence"], group["keep"])
        unified = group["unified"]
        total = total + cross_entropy(logits["unified"], unified["labels"], unified["weights"])
        shown = dict(zip(MODALITIES, group["presence"].unbind(1)))
        for m, labels in group["labels"].items():
            views = shown[m].shape[0] // labels.shape[0]
            total = total + head_weight * cross_entropy(logits[m], labels.repeat(views), shown[m])
    return total


def cross_entropy(logits, labels, weights):
    losses = F.cross_entropy(logits, labels, reduction="none")
    return (losses * weights).sum() / weights.sum().clamp(min=1)


def adam_w(model, learning_rate, weight_decay, **options):
    """AdamW that decays matrices and filters only."""
    parameters = list(model.parameters())
    groups = [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": weight_decay},
        {"params": [p for p in parameters if p.ndim == 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=learning_rate, **options)


def training_step(model, optimiser, loss_of, batch, clip_norm):
    """One update. Returns the loss, and the gradient's norm before clipping."""
    optimiser.zero_grad(set_to_none=True)
    loss = loss_of(model, batch)
    loss.backward()
    norm = nn.utils.clip_grad_norm_(model.parameters(), clip_norm)
    optimiser.step()
    return loss.item(), norm.item()


def weights_by_path(model):
    """Each weight under its name in the flat tree, as a view [in, out] or [3, 3, in, out] of it."""
    found = {}
    for name, module in model.named_modules():
        path = name.replace(".", "/")
        if isinstance(module, nn.Conv2d):
            found[f"{path}/filter"] = module.weight.permute(2, 3, 1, 0)
            found[f"{path}/bias"] = module.bias
        elif isinstance(module, nn.LayerNorm):
            found[f"{path}/scale"], found[f"{path}/shift"] = module.weight, module.bias
        elif isinstance(module, nn.Linear) and module.bias is None:
            found[path] = module.weight.T
        elif isinstance(module, nn.Linear):
            found[f"{path}/weight"], found[f"{path}/bias"] = module.weight.T, module.bias
    return found


@torch.no_grad()
def load_weights(model, arrays):
    """Copies `arrays`, tensors by path, into the model; each weight has to be among them."""
    for path, weight in weights_by_path(model).items():
        if path not in arrays or arrays[path].shape != weight.shape:
            got = list(arrays[path].shape) if path in arrays else "nothing"
            raise ValueError(f'Cannot load "{path}": expected {list(weight.shape)}, got {got}')
        weight.copy_(arrays[path])


def nested(arrays):
    """A tree of dictionaries from tensors by path; int32 labels become PyTorch's int64."""
    tree = {}
    for path, value in arrays.items():
        *parents, leaf = path.split("/")
        node = tree
        for parent in parents:
            node = node.setdefault(parent, {})
        node[leaf] = value if value.is_floating_point() else value.long()
    return tree
