"""Build static.npz again: python artefacts/static.py. Half a minute.

On another processor a number may differ by one step: sums in another order
round otherwise.
"""

from itertools import chain

import numpy as np

from embook import minilm, texts
from embook.benchmark import pack
from embook.sentences import sif
from embook.sources import ARTEFACTS
from embook.static import FIRST, alone, narrow

WIDTH = 128


def main() -> None:
    """Return nothing; write the table of MiniLM's pieces."""
    model = minilm.load()
    cut = (model.encode(a.text)[1:-1] for a in texts.introductions())
    counts = np.bincount([*chain.from_iterable(cut)], minlength=model.size)
    states = alone(model, np.arange(FIRST, model.size))
    centre, to = narrow(states, WIDTH)
    to = to.astype(np.float16)  # rounded first, so that the rows fit it
    rows = (states - centre) @ to.astype(np.float32)
    scale = np.abs(rows).max(axis=1) / 127 * sif(counts)[FIRST:]
    np.savez(
        ARTEFACTS / "static.npz",
        rows=pack(rows),
        scale=scale.astype(np.float16),
        centre=centre,
        map=to,
    )


if __name__ == "__main__":
    main()
