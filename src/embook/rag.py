"""Rag: can a model answer from what your search found?

Retrieve, prompt, generate. Then check: where does the answer come from?

Chapter: chapters/rag.ipynb
Source:  Lewis et al. (2020), arXiv:2005.11401
Shapes:  N = articles, D = numbers a vector, K = passages found
"""

import json
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from embook.refuse import between, rows, token_ids
from embook.similarity import cosine, top_k
from embook.sources import SOURCES

if TYPE_CHECKING:
    from embook.smollm import SmolLM2

READ, WRITTEN = 50, 24  # words of a passage, tokens of a reply


@cache
def stored() -> dict:
    """Return the questions, and what was read and replied, by way of asking.

    `questions` and `dropped` are lists of a question, its article and the
    answer's names, or why it was struck out. `passages` and `replies` hold
    a list for each way.

    >>> stored()["replies"]["none"][0]
    'The capital of the United Arab Emirates is Abu Dhabi.'
    """
    with SOURCES["rag"].reading("rag.json") as path:
        return json.loads(path.read_text("utf-8"))


def opening(passage: str, most: int = READ) -> str:
    """Return the first words of a passage; ValueError where most is below 1.

    >>> opening("Lima is the capital of Peru.", 2)
    'Lima is'
    """
    return " ".join(passage.split()[: between(most, 1, name="most")])


def read(articles: Sequence, numbers: Sequence[int]) -> list[str]:
    """Return the openings of the articles (N,) with these numbers (K,).

    Raises ValueError where there is no number, or one is no article's.

    >>> from embook.texts import Article
    >>> read([Article("Lima", "", "", "Lima is old.")], [0])
    ['Lima is old.']
    """
    found = token_ids(numbers, len(articles), "numbers")
    return [opening(articles[n].text) for n in found]


def retrieve(
    question: str, encode: Callable, vectors: np.ndarray, k: int
) -> np.ndarray:
    """Return the numbers (K,) of the vectors (N, D) nearest to a question.

    encode turns a list of one text into its vector (1, D). Raises
    ValueError where the question is blank, there is no vector, or k is not
    from 1 to N.

    >>> rows = np.array([[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]])
    >>> retrieve("up", lambda texts: np.array([[0.1, 0.9]]), rows, 2)
    array([2, 1])
    """
    vectors = rows(vectors, "vectors")
    return top_k(cosine(encode([_worded(question, "question")]), vectors), k)[
        0
    ]


def prompt(question: str, passages: Sequence[str] = ()) -> str:
    r"""Return the message to the model: what to read, and what is asked.

    Raises ValueError where the question or a passage is blank.

    >>> prompt("Who?", ["I."])
    'Context: I.\n\nQuestion: Who?\nAnswer:'
    """
    asked = f"Question: {_worded(question, 'question')}\nAnswer:"
    if not passages:
        return asked
    read = [_worded(x, f"passage {n}") for n, x in enumerate(passages)]
    return "\n\n".join(["Context: " + read[0], *read[1:], asked])


def answer(model: "SmolLM2", message: str, limit: int = WRITTEN) -> str:
    """Return the model's greedy reply: a sentence of at most `limit` tokens.

    It ends with a full stop, or before a new line or the end token. Raises
    ValueError where the message is blank, longer than the model can read,
    or the limit is below 1.

    >>> from embook import smollm
    >>> answer(smollm.load(), prompt("What is the capital of India?"))
    'The capital of India is Mumbai.'
    """
    reply = ""
    for i in model.stream(model.chat(_worded(message, "message")), limit):
        token = "\n" if i == model.end else model.decode([i])
        if "\n" in token:
            break
        reply += token
        if "." in token:
            break
    return reply.strip()


def cite(reply: str, encode: Callable, vectors: np.ndarray) -> int:
    """Return which of the passages read, from 1, a reply is nearest to.

    Their vectors are (K, D). Raises ValueError as `retrieve` does.

    >>> cite("up", lambda texts: np.array([[0.1, 0.9]]), np.eye(2))
    2
    """
    return 1 + int(retrieve(reply, encode, vectors, 1)[0])


def _worded(text: str, name: str) -> str:
    if not isinstance(text, str) or not text.strip():
        raise ValueError(
            f"{name} is {text!r}: a text with a word in it is needed"
        )
    return text
