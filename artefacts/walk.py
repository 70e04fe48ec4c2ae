"""Build walk.npz again: python artefacts/walk.py. A few seconds."""

import numpy as np

from embook import smollm
from embook.sources import ARTEFACTS
from embook.walk import record


def main() -> None:
    """Return nothing; write the record of the first layer."""
    arrays = record(smollm.load())
    halves = {name: x.astype(np.float16) for name, x in arrays.items()}
    np.savez(ARTEFACTS / "walk.npz", **halves)


if __name__ == "__main__":
    main()
