"""BERT: how do the ids of texts become vectors that know their neighbours?

A token enters as the sum of three rows: its own, that of its position, and
one that all tokens share. Each layer adds two rows to it: what attention
fetches from all tokens of the text, before it and after it, and what a small
network makes of the sum. NumPy does it all. `states` says this in code, at
the end of the file.

Source:  Devlin et al. (2019), arXiv:1810.04805; Vaswani et al. (2017),
         arXiv:1706.03762
Shapes:  B = texts, T = tokens of the longest, V = tokens known, D = width,
         H = heads, W = numbers of a head, F = width of the small network
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

# For gelu: from Abramowitz and Stegun (1964), formula 7.1.26.
SLOPE = 0.3275911
TERMS = 1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592


class Pair(NamedTuple):
    """A matrix (inputs, outputs) or factors (D,), and what is added then."""

    weight: np.ndarray
    bias: np.ndarray


class Layer(NamedTuple):
    """The numbers of one layer."""

    qkv: Pair  # (D, 3 H W): three matrices side by side
    output: Pair  # (H W, D)
    norm: Pair  # (D,)
    grow: Pair  # (D, F)
    shrink: Pair  # (F, D)
    last_norm: Pair  # (D,)


class Bert(NamedTuple):
    """The numbers of a whole network."""

    tokens: np.ndarray  # (V, D)
    positions: np.ndarray  # (longest, D)
    segment: np.ndarray  # (D,): one row for all tokens of a first sentence
    norm: Pair  # (D,)
    layers: list[Layer]
    heads: int


def read(weights: dict[str, np.ndarray], heads: int) -> Bert:
    """Return the network whose arrays transformers calls by these names."""

    def _pair(*names: str) -> Pair:
        # (outputs, inputs) becomes (inputs, outputs); factors stay (D,).
        weight = np.concatenate([weights[f"{n}.weight"] for n in names])
        bias = np.concatenate([weights[f"{n}.bias"] for n in names])
        return Pair(np.ascontiguousarray(weight.T), bias)

    def _layer(at: str) -> Layer:
        asks = (f"{at}.attention.self.{n}" for n in ("query", "key", "value"))
        return Layer(
            qkv=_pair(*asks),
            output=_pair(f"{at}.attention.output.dense"),
            norm=_pair(f"{at}.attention.output.LayerNorm"),
            grow=_pair(f"{at}.intermediate.dense"),
            shrink=_pair(f"{at}.output.dense"),
            last_norm=_pair(f"{at}.output.LayerNorm"),
        )

    tables = "embeddings.{}_embeddings.weight".format
    count = len({n.split(".")[2] for n in weights if n[:7] == "encoder"})
    return Bert(
        tokens=weights[tables("word")],
        positions=weights[tables("position")],
        segment=weights[tables("token_type")][0],
        norm=_pair("embeddings.LayerNorm"),
        layers=[_layer(f"encoder.layer.{i}") for i in range(count)],
        heads=heads,
    )


def dense(x: np.ndarray, by: Pair) -> np.ndarray:
    """Return x (B, T, inputs) times a matrix, plus its bias."""
    flat = (
        x.reshape(-1, x.shape[2]) @ by.weight
    )  # (B T, outputs): one product
    flat += by.bias  # (B T, outputs)
    return flat.reshape(*x.shape[:2], -1)  # (B, T, outputs)


def layer_norm(x: np.ndarray, by: Pair) -> np.ndarray:
    """Return x (B, T, D): rows of mean 0 and variance 1, then by weights."""
    x = x - x.mean(axis=2, keepdims=True)  # (B, T, D)
    variance = np.square(x).mean(axis=2, keepdims=True)  # (B, T, 1)
    return x / np.sqrt(variance + 1e-12) * by.weight + by.bias  # (B, T, D)


def gelu(x: np.ndarray) -> np.ndarray:
    """Return each x times the chance that a normal number is below it.

    The chance is off by less than one in ten million.
    """
    z = np.abs(x) * 0.5**0.5
    t = 1 / (1 + SLOPE * z)
    tails = np.zeros_like(x)
    for term in TERMS:
        tails += term
        tails *= t
    tails *= np.exp(-z * z)  # the chance to be farther out, on either side
    return x * np.where(x < 0, tails, 2 - tails) / 2


def attention(
    x: np.ndarray, layer: Layer, hidden: np.ndarray, heads: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return what tokens x (B, T, D) fetch (B, T, D), and their shares.

    The shares (B, H, T, T) of one token add up to 1. hidden (B, 1, 1, T) is
    minus infinity for places without a token, and 0 for the others.
    """
    b, t, _ = x.shape
    qkv = dense(x, layer.qkv).reshape(b, t, 3, heads, -1)  # (B, T, 3, H, W)
    q, k, v = qkv.transpose(2, 0, 3, 1, 4)  # (B, H, T, W), three times
    scores = q @ k.swapaxes(2, 3)  # (B, H, T, T)
    scores *= q.shape[3] ** -0.5
    scores += hidden
    scores -= scores.max(axis=3, keepdims=True)  # else exp could overflow
    shares = np.exp(scores)  # (B, H, T, T)
    shares /= shares.sum(axis=3, keepdims=True)
    fetched = (shares @ v).swapaxes(1, 2)  # (B, T, H, W)
    fetched = fetched.reshape(b, t, -1)  # (B, T, H W)
    return dense(fetched, layer.output), shares  # (B, T, D), (B, H, T, T)


def states(
    net: Bert, ids: np.ndarray, mask: np.ndarray, positions: bool = True
) -> Iterator[tuple[np.ndarray, np.ndarray | None]]:
    """Return an iterator of x (B, T, D): as it enters, then after each layer.

    With it come the layer's shares of attention (B, H, T, T). Where the mask
    (B, T) is false, ids (B, T) hold no token: rows there mean nothing.
    """
    x = net.tokens[ids]  # (B, T, D)
    if positions:
        x = x + net.positions[: ids.shape[1]]  # (B, T, D) + (T, D)
    x = layer_norm(x + net.segment, net.norm)  # (B, T, D)
    yield x, None
    hidden = np.where(mask, 0, -np.inf).astype(x.dtype)  # (B, T)
    hidden = hidden[:, None, None]  # (B, 1, 1, T)
    for layer in net.layers:
        fetched, shares = attention(x, layer, hidden, net.heads)  # (B, T, D)
        x = layer_norm(x + fetched, layer.norm)  # (B, T, D)
        more = gelu(dense(x, layer.grow))  # (B, T, F)
        x = layer_norm(x + dense(more, layer.shrink), layer.last_norm)
        yield x, shares  # (B, T, D), (B, H, T, T)


def mean(x: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return the mean (B, D) of the rows of x (B, T, D) that hold a token."""
    held = mask[:, :, None].astype(x.dtype)  # (B, T, 1)
    return (x * held).sum(axis=1) / held.sum(axis=1)  # (B, D)
