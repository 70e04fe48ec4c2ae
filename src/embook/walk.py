"""Walk: what becomes of a sentence in the first layer of SmolLM2?

Five tokens enter as rows of the table and leave as other rows. The record of
every stage between stands in artefacts/walk.npz: for the chapter on context,
and for the figure that its readers play with.

Shapes:  T = 5 tokens, D = 576 numbers a row, H = 9 heads that ask, G = 3
         that are asked, W = 64 numbers a head, F = 1,536 numbers within
"""

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from embook import llama
from embook.sources import SOURCES, tool

if TYPE_CHECKING:
    from embook.smollm import SmolLM2

TOKENS = ("The", " capital", " of", " India", " is")


class Stage(NamedTuple):
    """What happens at a stage, and the arrays of the record to look at."""

    name: str
    says: str
    shape: str
    arrays: tuple[str, ...]


STAGES = (
    Stage("The row", "The id picks its row of the table.", "576", ("row",)),
    Stage(
        "RMSNorm",
        "The row is divided by the root of its mean square, so that all rows "
        "have one scale. Then each column has a weight of its own, and the "
        "lengths differ again.",
        "576",
        ("calm",),
    ),
    Stage(
        "Query, key, value",
        "One matrix makes 9 queries, 3 keys and 3 values of it, 64 "
        "numbers each. Three heads share a key and a value.",
        "64, 64, 64",
        ("query", "key", "value"),
    ),
    Stage(
        "Turned by its place",
        "Each pair of the query and of the key is turned by the token's "
        "place. The value stays.",
        "64, 64",
        ("turned query", "turned key"),
    ),
    Stage(
        "Scores and shares",
        "The query meets the key of each token so far. Dot products, "
        "divided by 8, go through softmax.",
        "5",
        ("shares",),
    ),
    Stage(
        "What the head fetches",
        "The values of the tokens so far, each as much as its share says.",
        "64",
        ("fetched",),
    ),
    Stage(
        "Added to the row",
        "A matrix makes 576 numbers of what the 9 heads fetched. They are "
        "added to the row, which is still in there.",
        "576",
        ("middle",),
    ),
    Stage(
        "The small network",
        "RMSNorm once more; then 1,536 numbers, each a product of an "
        "opened gate and what comes through.",
        "1536",
        ("inner",),
    ),
    Stage(
        "Out of the layer",
        "A matrix makes 576 numbers of them, which are added too. So the "
        "next of the 30 layers gets them.",
        "576",
        ("out",),
    ),
)


def record(model: "SmolLM2") -> dict[str, np.ndarray]:
    """Return all arrays of the stages, as the model computes them.

    They are (T, D), (T, F) for "inner", (H, T, W), (G, T, W), or (H, T, T)
    where a token looks at tokens; a score of a later token is 0.
    """
    net, ids = model.net, model.encode("".join(TOKENS))
    layer, turns = net.layers[0], net.turns[:, : len(ids)]
    row = net.table[ids]  # (T, D)
    calm = llama.rms_norm(row, layer.attn_norm, net.tiny)  # (T, D)
    added, arrays = _looks(calm, layer, turns)
    middle = row + added  # (T, D)
    again = llama.rms_norm(middle, layer.ffn_norm, net.tiny)  # (T, D)
    gate, up = (again @ layer.ffn_gate_up).chunk(2, dim=1)  # (T, F)
    arrays |= {"row": row, "calm": calm, "middle": middle}
    arrays["inner"] = gate * gate.sigmoid() * up  # (T, F)
    arrays["out"] = middle + llama.swiglu(again, layer)  # (T, D)
    return {name: x.numpy() for name, x in arrays.items()}


def _looks(calm, layer, turns) -> tuple:
    """Return what attention adds (T, D), and its arrays on the way."""
    heads = (calm @ layer.attn_qkv).unflatten(1, (-1, turns.shape[2]))
    q, k, v = heads.transpose(0, 1).tensor_split([-6, -3])  # (H or G, T, W)
    at, of = llama.turn(q, turns), llama.turn(k, turns)
    score = at @ of.repeat_interleave(3, dim=0).transpose(1, 2) / 8
    memory = tool("torch").empty(2, *k.shape)  # (2, G, T, W)
    added, shares = llama.attention(calm, layer, turns, memory)
    arrays = {"query": q, "key": k, "value": v}
    arrays |= {"turned query": at, "turned key": of, "shares": shares}
    arrays["score"] = score.tril()  # (H, T, T)
    arrays["fetched"] = shares @ v.repeat_interleave(3, dim=0)  # (H, T, W)
    return added, arrays


@cache
def walk() -> dict[str, np.ndarray]:
    """Return the record as the book keeps it: in float16, to 4 decimals."""
    with SOURCES["walk"].reading("walk.npz") as path:
        with np.load(path) as file:
            return {key: file[key].astype(float).round(4) for key in file}


def strip(name: str, token: int, head: int) -> np.ndarray:
    """Return the numbers of a token in an array: (D,), (F,), (W,) or (T,).

    A head that shares its key and value sees those of its group; an array
    that has no heads takes any. Raises KeyError for a name that is no
    array's, IndexError for a token or a head that is not there.

    >>> strip("key", 4, 8).shape, strip("row", 0, 8).shape
    ((64,), (576,))
    """
    x = walk()[name]
    if x.ndim == 2:
        return x[token]
    return x[head * len(x) // len(walk()["query"]), token]


def shows(stage: int, token: int, head: int) -> dict[str, float | str]:
    """Return what the figure must show; the three are counted from 1.

    Raises as `strip` does.
    """
    numbers = strip(STAGES[stage - 1].arrays[0], token - 1, head - 1)
    shares = strip("shares", token - 1, head - 1)  # (T,)
    return {
        "first": numbers[0],
        "second": numbers[1],
        "length": (numbers**2).sum() ** 0.5,
        "most": TOKENS[shares.argmax()],
        **{f"share{n}": share for n, share in enumerate(shares, 1)},
    }
