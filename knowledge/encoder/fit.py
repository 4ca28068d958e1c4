"""Fit the encoder to our answers and their questions, and write encoder.onnx and directions.npz.

    python -m knowledge.encoder.fit BASE.onnx MINUTES

Not part of the set-up: it wants torch and onnx beside the project's own packages, the base model (README.md) and most of
an hour on two cores. Whoever has changed many answers runs it again and commits what it writes.
"""

import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn
from torch.nn import functional

from knowledge.answers import Answer, load_answers
from knowledge.encoder import CHARACTERS, MODEL, read, vocabulary
from knowledge.encoder.directions import texts_of, write

LAYERS, WIDTH, HEADS, INNER = 4, 384, 6, 1536  # the first four of the base model's six layers: a third less to compute
RATE, RATE_OF_ANSWERS, WARM_UP, DROPOUT = 1.5e-4, 10, 60, 0.1
SCALE, SMOOTHING = 20.0, 0.05  # near twins among the answers: the right one is not surely right
CHARACTERS_A_STEP, SORTED_TOGETHER = 2600, 2048

Example = tuple[list[int], int]
"""A text as the encoder reads it, and the place of its answer."""


class Layer(nn.Module):
    """Attention with rotary positions, then two dense layers, each followed by its norm (RoFormer)."""

    def __init__(self) -> None:
        super().__init__()
        self.query, self.key, self.value, self.out = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.inner, self.outer = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.after_attention, self.after_dense = nn.LayerNorm(WIDTH, eps=1e-12), nn.LayerNorm(WIDTH, eps=1e-12)

    def forward(self, states: Tensor, present: Tensor, sine: Tensor, cosine: Tensor) -> Tensor:
        count, length, _ = states.shape

        def heads(of: Tensor) -> Tensor:
            return of.view(count, length, HEADS, WIDTH // HEADS).transpose(1, 2)

        def turned(of: Tensor) -> Tensor:
            other = torch.stack([-of[..., 1::2], of[..., ::2]], -1).reshape(of.shape)
            return of * cosine + other * sine

        attended = functional.scaled_dot_product_attention(
            turned(heads(self.query(states))),
            turned(heads(self.key(states))),
            heads(self.value(states)),
            attn_mask=present[:, None, None, :],
            dropout_p=DROPOUT if self.training else 0.0,
        )
        mixed = self.out(attended.transpose(1, 2).reshape(count, length, WIDTH))
        states = self.after_attention(states + functional.dropout(mixed, DROPOUT, self.training))
        dense = self.outer(functional.gelu(self.inner(states)))
        return self.after_dense(states + functional.dropout(dense, DROPOUT, self.training))


class Network(nn.Module):
    """Places of characters in, zero for none; the mean of the last layer's states out, of length 1."""

    def __init__(self, base: Path) -> None:
        super().__init__()
        kept = {one.name: numpy_helper.to_array(one) for one in onnx.load(str(base)).graph.initializer}
        self.embedding = nn.Embedding(len(kept["Embedding-Token/embeddings:0"]), WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        _take(self.norm, kept, "Embedding-Norm")
        segment = torch.tensor(kept["Embedding-Segment/embeddings:0"][0].copy())
        self.embedding.weight.data = torch.tensor(kept["Embedding-Token/embeddings:0"].copy()) + segment
        for place, layer in enumerate(self.layers):
            attention, dense = f"Transformer-{place}-MultiHeadSelfAttention", f"Transformer-{place}-FeedForward"
            numbered = [f"dense_{number}" if number else "dense" for number in range(6 * place, 6 * place + 6)]
            for part, name in zip((layer.query, layer.key, layer.value, layer.out), numbered[:4], strict=True):
                _take(part, kept, f"{attention}/{name}")
            _take(layer.inner, kept, f"{dense}/{numbered[4]}")
            _take(layer.outer, kept, f"{dense}/{numbered[5]}")
            _take(layer.after_attention, kept, f"{attention}-Norm")
            _take(layer.after_dense, kept, f"{dense}-Norm")

    def forward(self, characters: Tensor) -> Tensor:
        present = characters > 0
        speeds = 10000 ** (-torch.arange(WIDTH // HEADS // 2) / (WIDTH // HEADS // 2))
        angles = torch.arange(characters.shape[1])[:, None] * speeds[None]
        sine, cosine = (torch.stack([wave, wave], -1).flatten(-2) for wave in (angles.sin(), angles.cos()))
        states = self.norm(self.embedding(characters))
        for layer in self.layers:
            states = layer(states, present, sine, cosine)
        summed = (states * present[..., None]).sum(1) / present.sum(1, keepdim=True)
        return functional.normalize(summed, dim=-1)


def main(base: Path, minutes: float) -> None:
    """Fit for some minutes, then write the encoder and the answers' directions."""
    answers = load_answers()
    places = vocabulary(CHARACTERS)
    examples = [(read(text, places), place) for place, answer in enumerate(answers) for text in texts_of(answer)]
    torch.manual_seed(0)
    network = Network(base)
    whole = [read(texts_of(answer)[-1], places) for answer in answers]
    prototypes = nn.Parameter(_encode(network, whole))
    fit(network, prototypes, examples, minutes * 60)
    export(network, prototypes.detach(), answers)


def export(network: Network, prototypes: Tensor, answers: Sequence[Answer]) -> None:
    """Write the encoder with weights of one byte, and the directions of the answers."""
    network.eval()
    with tempfile.TemporaryDirectory() as folder:
        full = Path(folder) / "full.onnx"
        torch.onnx.export(
            network,
            (torch.ones(2, 8, dtype=torch.long),),
            str(full),
            input_names=["characters"],
            output_names=["directions"],
            dynamic_axes={"characters": {0: "texts", 1: "length"}, "directions": {0: "texts"}},
            dynamo=False,
        )
        # Seven bits, a scale a channel: processors without VNNI overflow with eight. Cosines with the full encoder 0.998.
        quantize_dynamic(full, MODEL, per_channel=True, reduce_range=True, weight_type=QuantType.QInt8)
    write(answers, functional.normalize(prototypes, dim=-1).numpy())


def fit(network: Network, prototypes: nn.Parameter, examples: Sequence[Example], seconds: float) -> None:
    """Turn each text towards its answer's direction and away from all others; the rates fall to nothing in that time."""
    groups = [
        {"params": network.parameters(), "times": 1},
        {"params": [prototypes], "times": RATE_OF_ANSWERS, "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=RATE, weight_decay=0.01)
    network.train()
    begun, step, losses = time.monotonic(), 0, list[float]()
    for batch in _batches(examples):
        spent = (time.monotonic() - begun) / seconds
        if spent >= 1:
            return
        for group in optimizer.param_groups:
            group["lr"] = group["times"] * RATE * min(1.0, (step + 1) / WARM_UP) * (1 - spent)
        likeness = network(_padded([text for text, _ in batch])) @ functional.normalize(prototypes, dim=-1).T
        right = torch.tensor([answer for _, answer in batch])
        loss = functional.cross_entropy(SCALE * likeness, right, label_smoothing=SMOOTHING)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        step, losses = step + 1, [*losses[-99:], loss.item()]
        if step % 100 == 0:
            print(f"step {step}, {spent:.0%} of the time, loss {np.mean(losses):.3f}", flush=True)


def _batches(examples: Sequence[Example]) -> Iterator[list[Example]]:
    """Without end: all examples in a new order, those of alike length together."""
    chance = random.Random(0)
    while True:
        mixed = chance.sample(examples, len(examples))
        for begin in range(0, len(mixed), SORTED_TOGETHER):
            batches: list[list[Example]] = [[]]
            for example in sorted(mixed[begin : begin + SORTED_TOGETHER], key=lambda one: len(one[0])):
                if (len(batches[-1]) + 1) * len(example[0]) > CHARACTERS_A_STEP:
                    batches.append([])
                batches[-1].append(example)
            yield from chance.sample(batches, len(batches))


@torch.no_grad()
def _encode(network: Network, texts: Sequence[list[int]]) -> Tensor:
    network.eval()
    return torch.cat([network(_padded(texts[begin : begin + 64])) for begin in range(0, len(texts), 64)])


def _padded(texts: Sequence[list[int]]) -> Tensor:
    padded = torch.zeros(len(texts), max(map(len, texts)), dtype=torch.long)
    for row, places in zip(padded, texts, strict=True):
        row[: len(places)] = torch.tensor(places)
    return padded


def _take(part: nn.Module, kept: dict[str, np.ndarray], name: str) -> None:
    """The base model's weights for one dense layer or norm, under the names its converter gave them."""
    if isinstance(part, nn.LayerNorm):
        weight, bias = kept[f"{name}/mul/ReadVariableOp:0"], kept[f"{name}/add_1/ReadVariableOp:0"]
    else:
        weight, bias = kept[f"{name}/Tensordot/Reshape_1:0"].T, kept[f"{name}/BiasAdd/ReadVariableOp:0"]
    part.weight.data, part.bias.data = torch.tensor(weight.copy()), torch.tensor(bias.copy())


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
