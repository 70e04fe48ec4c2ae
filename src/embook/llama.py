"""Llama: how do the ids of a text become scores for the next token?

A token enters as its row of the table. Each layer adds two rows to it: what
attention fetches from the tokens so far, and what a small network makes of
the sum. In the end its dot products with all rows of the same table are the
scores. `states` and `scores` say this in code, at the end of the file.

Source:  Touvron et al. (2023), arXiv:2302.13971; heads that share keys:
         Ainslie et al. (2023), arXiv:2305.13245
Shapes:  T = ids in a row, S = these and all before them, V = tokens,
         D = width, H = heads that ask, G = heads that are asked,
         W = numbers of a head, F = width of the small network
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from embook.sources import tool
from embook.weights import Header, array

if TYPE_CHECKING:
    from torch import Tensor

# What a GGUF file calls the fields of Layer.
NAMES = (
    "attn_norm",
    "attn_q attn_k attn_v",
    "attn_output",
    "ffn_norm",
    "ffn_gate ffn_up",
    "ffn_down",
)


class Layer(NamedTuple):
    """The numbers of one layer. A matrix is (inputs, outputs)."""

    attn_norm: "Tensor"  # (D,)
    attn_qkv: "Tensor"  # (D, (H + 2G) W): three matrices side by side
    attn_output: "Tensor"  # (H W, D)
    ffn_norm: "Tensor"  # (D,)
    ffn_gate_up: "Tensor"  # (D, 2F): two matrices side by side
    ffn_down: "Tensor"  # (F, D)


class Llama(NamedTuple):
    """The numbers of a whole network."""

    table: "Tensor"  # (V, D)
    layers: list[Layer]
    norm: "Tensor"  # (D,)
    tiny: float  # keeps rms_norm from dividing by 0
    turns: "Tensor"  # (2, longest, W): cos and sin of `angles`


def read(path: Path, head: Header) -> Llama:
    """Return the network in a GGUF file that begins with this header.

    Raises ValueError where it is cut off, or holds another kind of network.
    """
    kind = head.fields.get("general.architecture")
    if kind != "llama":
        raise ValueError(f"{path} holds a network of kind {kind}, not llama")
    facts = {k[6:]: v for k, v in head.fields.items() if k[:6] == "llama."}
    blocks = [
        [[f"blk.{i}.{name}" for name in names.split()] for names in NAMES]
        for i in range(facts["block_count"])
    ]
    wanted = {n for block in blocks for names in block for n in names}
    wanted |= {"token_embd", "output_norm"}
    odd = sorted({f"{name}.weight" for name in wanted} ^ head.places.keys())
    if odd:
        does = "also holds" if odd[0] in head.places else "lacks"
        raise ValueError(f"{path} {does} {odd[0]}: this is another network")
    matrix = partial(_matrix, path, head)
    shape = facts["context_length"], facts["rope.dimension_count"]
    return Llama(
        table=matrix("token_embd").T,
        layers=[Layer(*(matrix(*names) for names in b)) for b in blocks],
        norm=matrix("output_norm"),
        tiny=facts["attention.layer_norm_rms_epsilon"],
        turns=angles(*shape, facts["rope.freq_base"]),
    )


def _matrix(path: Path, head: Header, *names: str) -> "Tensor":
    # (outputs, inputs) becomes (inputs, outputs), in memory as well: a row
    # times such a matrix takes two thirds of the time.
    torch = tool("torch")
    parts = [array(path, head.places[f"{name}.weight"]) for name in names]
    return torch.cat([torch.from_numpy(x.T) for x in parts], -1).contiguous()


def rms_norm(x: "Tensor", weight: "Tensor", tiny: float) -> "Tensor":
    """Return x (T, D) with rows of mean square 1, times the weight (D,)."""
    mean = x.square().mean(dim=1, keepdim=True)  # (T, 1)
    return x * (mean + tiny).rsqrt() * weight  # (T, D)


def angles(longest: int, width: int, base: float) -> "Tensor":
    """Return cos and sin (2, longest, W) of the angles that positions turn.

    Position t turns pair i by t / base^(2i / W): the first pair by t itself,
    the last hardly at all. The sin of a pair comes as minus sin, sin.
    """
    rate = base ** -(np.arange(0, width, 2) / width)  # (W / 2,)
    angle = np.outer(np.arange(longest), rate)  # (longest, W / 2)
    angle = angle.repeat(2, axis=1)  # (longest, W)
    sin = np.sin(angle) * np.tile([-1, 1], width // 2)  # (longest, W)
    both = np.array([np.cos(angle), sin], np.float32)  # (2, longest, W)
    return tool("torch").from_numpy(both)


def turn(x: "Tensor", turns: "Tensor") -> "Tensor":
    """Return x (H, T, W), each pair turned by its angle: rotary positions.

    A pair (a, b) is two neighbours, "interleaved", since the file orders the
    rows of q and k for that. transformers pairs number 0 with W / 2,
    "split-half", and orders the rows for that. To mix the two gives nonsense
    and no error.
    """
    cos, sin = turns  # (T, W), (T, W)
    swapped = x.unflatten(2, (-1, 2)).flip(3).flatten(2)  # (H, T, W)
    return x * cos + swapped * sin  # a cos - b sin, b cos + a sin


def attention(
    x: "Tensor", layer: Layer, turns: "Tensor", memory: "Tensor"
) -> tuple["Tensor", "Tensor"]:
    """Return what tokens x (T, D) fetch (T, D), and their shares (H, T, S).

    The memory (2, G, S, W) holds the keys and values of all tokens before;
    the last T places are filled here. Shares of one token add up to 1.
    """
    keys, values = memory  # (G, S, W), (G, S, W)
    (groups, seen, width), new = keys.shape, len(x)
    heads = (x @ layer.attn_qkv).unflatten(1, (-1, width))  # (T, H + 2G, W)
    heads = heads.transpose(0, 1)  # (H + 2G, T, W)
    q, k, v = heads.tensor_split([-2 * groups, -groups])  # (H or G, T, W)
    keys[:, -new:] = turn(k, turns)  # (G, T, W)
    values[:, -new:] = v  # (G, T, W)
    # H / G heads ask the same keys: stack their questions on each other.
    q = turn(q, turns).reshape(groups, -1, width)  # (G, H / G * T, W)
    scores = q @ keys.transpose(1, 2) / width**0.5  # (G, H / G * T, S)
    scores = scores.view(-1, new, seen)  # (H, T, S)
    later = scores.new_ones(new, seen).triu(seen - new + 1)  # (T, S)
    scores = scores.masked_fill(later > 0, -np.inf)  # (H, T, S)
    shares = scores.softmax(dim=2)  # (H, T, S)
    fetched = shares.view(groups, -1, seen) @ values  # (G, H / G * T, W)
    fetched = fetched.view(-1, new, width).transpose(0, 1)  # (T, H, W)
    return fetched.flatten(1) @ layer.attn_output, shares  # (T, D), (H, T, S)


def swiglu(x: "Tensor", layer: Layer) -> "Tensor":
    """Return what the small network makes of each row of x (T, D)."""
    gate, up = (x @ layer.ffn_gate_up).chunk(2, dim=1)  # (T, F), (T, F)
    return (gate * gate.sigmoid() * up) @ layer.ffn_down  # (T, D)


def states(
    net: Llama, ids: list[int], memory: "Tensor"
) -> Iterator[tuple["Tensor", "Tensor | None"]]:
    """Return an iterator of x (T, D): as it enters, then after each layer.

    With it come the layer's shares of attention (H, T, S). The memory
    (layers, 2, G, S, W) has room for all tokens so far; the last T are ids.
    """
    seen = memory.shape[3]
    turns = net.turns[:, seen - len(ids) : seen]  # (2, T, W)
    x = net.table[ids]  # (T, D)
    yield x, None
    for layer, past in zip(net.layers, memory, strict=True):
        calm = rms_norm(x, layer.attn_norm, net.tiny)  # (T, D)
        fetched, shares = attention(calm, layer, turns, past)  # (T, D)
        x = x + fetched  # (T, D)
        x = x + swiglu(rms_norm(x, layer.ffn_norm, net.tiny), layer)  # (T, D)
        yield x, shares


def scores(net: Llama, x: "Tensor") -> "Tensor":
    """Return the scores (T, V) of all tokens that could follow x (T, D)."""
    return rms_norm(x, net.norm, net.tiny) @ net.table.T  # (T, V)
