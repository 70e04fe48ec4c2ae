"""Build benchmark.npz again: python artefacts/benchmark.py.

Some five minutes of one processor. On another processor a number may
differ by one step: sums in another order round otherwise.
"""

import numpy as np

from embook import minilm, texts
from embook.benchmark import pack, questions
from embook.sources import ARTEFACTS


def main() -> None:
    """Return nothing; write the vectors of articles and questions."""
    model = minilm.load()
    written = [article.text for article in texts.introductions()]
    asked = [question.text for question in questions()]
    np.savez(
        ARTEFACTS / "benchmark.npz",
        articles=pack(model.vectors(written, most=model.longest)),
        questions=pack(model.vectors(asked)),
    )


if __name__ == "__main__":
    main()
