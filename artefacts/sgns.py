"""Build sgns.npz and sgns_runs.npz again: python artefacts/sgns.py.

Two trainings, some three minutes of one processor. On another processor
the last digits of the numbers may differ: sums in another order round
otherwise.
"""

from itertools import chain, islice

import numpy as np

from embook import data, texts
from embook.counting import encode
from embook.sources import ARTEFACTS
from embook.table import Table
from embook.training import loss, sgns
from embook.windows import blocks, questions

EPOCHS, MOMENTS, FIRST = 10, 41, 5000
# Moments crowd at the start, where most happens: parts of all blocks read.
DONE = np.linspace(0, 1, MOMENTS) ** 2


class Watch:
    """What some words' vectors were, and how large the loss, at moments."""

    def __init__(self, lists: list[list[str]]):
        """Return a watch over the words of texts.groups."""
        often = texts.frequent(lists)
        known, counts = list(often), np.array([*often.values()])
        table = Table(tuple(known), np.zeros((len(known), 1)))
        self.rows = table.rows([*chain(*texts.groups().values())])
        reading = blocks(*encode(lists, known), counts, seed=99)
        self.judged = list(islice(reading, 50))
        self.steps, self.losses = [], []

    def __call__(self, block, v, u) -> None:
        """Return nothing; note the vectors at the next moment."""
        if block is None or block.done >= DONE[len(self.steps)]:
            self.steps.append(v[self.rows].copy())
            self.losses.append(sum(self.loss(v, u, x) for x in self.judged))
            done = 1 if block is None else block.done
            print(f"{done:5.3f} loss {self.losses[-1]:.3f}", flush=True)

    def loss(self, v, u, block) -> float:
        """Return the block's part of the mean loss of a pair."""
        others, wanted, weight = questions(block)
        pairs = sum(x.inside.sum() for x in self.judged)
        return loss(v[block.centre], u[others], wanted, weight) / pairs


def main() -> None:
    """Return nothing; train twice, and write what the book reads."""
    lists = texts.corpus()
    watch = Watch(lists)
    known, v, u = sgns(lists, EPOCHS, seed=0, watch=watch)
    watch(None, v, u)
    _, again, again_context = sgns(lists, EPOCHS, seed=1)
    data.pack(ARTEFACTS / "sgns.npz", Table(tuple(known), v))
    runs = {
        "context": u[:FIRST],
        "again": again[:FIRST],
        "again_context": again_context[:FIRST],
        "steps": np.array(watch.steps),
    }
    np.savez(
        ARTEFACTS / "sgns_runs.npz",
        **{name: x.astype(np.float16) for name, x in runs.items()},
        done=DONE.astype(np.float32),
        loss=np.array(watch.losses, np.float32),
    )


if __name__ == "__main__":
    main()
