"""Build maps.npz again: python artefacts/maps.py. Some ten seconds.

On another processor t-SNE may end in another map, as good as this one.
"""

import os

# Before NumPy and scikit-learn: one thread sums in one order.
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

import numpy as np

from embook.maps import draw_all
from embook.sources import ARTEFACTS


def main() -> None:
    """Return nothing; write the four maps."""
    maps = {name: y.astype(np.int16) for name, y in draw_all().items()}
    np.savez(ARTEFACTS / "maps.npz", **maps)


if __name__ == "__main__":
    main()
