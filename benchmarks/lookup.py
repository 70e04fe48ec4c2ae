"""Lookup: rows fetched and slopes added up, in a table of GPT-2's size."""

import numpy as np
import torch
from race import race

from embook.lookup import lookup, scatter_add

ROWS, WIDTH = 50_257, 768


def races() -> list[dict]:
    """Return the rows of all races."""
    rng = np.random.default_rng(0)
    table = rng.normal(size=(ROWS, WIDTH)).astype(np.float32)
    layer = torch.nn.Embedding.from_pretrained(torch.tensor(table), False)
    ids = {n: rng.integers(ROWS, size=n) for n in (2_048, 8_192, 32_768)}
    slopes = {n: (x, table[x]) for n, x in ids.items()}
    graphs = {n: layer(torch.tensor(x)) for n, x in ids.items()}

    def forward(x):
        with torch.no_grad():
            return layer(torch.tensor(x))

    def backward(x):
        ids, slope = x
        graph, slope = graphs[len(ids)], torch.tensor(slope)
        return torch.autograd.grad(
            graph, layer.weight, slope, retain_graph=True
        )

    peer, work = "torch nn.Embedding", f"{ROWS:,} rows of {WIDTH}"
    forth = {"lookup.lookup": lambda x: lookup(table, x)}
    back = {"lookup.scatter_add": lambda x: scatter_add(*x, ROWS)}
    return [
        *race(work, forth, peer, forward, ids, "ids"),
        *race(work, back, peer, backward, slopes, "ids"),
    ]
