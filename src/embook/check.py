"""Check: is this answer right, and if not, which misunderstanding is it?

An exercise holds a reference, the cases it is asked about, and the mistakes
that readers make, each as a function that makes it. Nothing here raises on a
wrong answer: a reader's notebook goes on.
"""

import contextlib
import copy
import importlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Mistake:
    """A wrong function, and the sentence that sets its author right."""

    wrong: Callable
    hint: str


@dataclass(frozen=True)
class Exercise:
    """A reference, its cases (tuples of arguments), mistakes and hints."""

    reference: Callable
    cases: tuple[tuple, ...]
    mistakes: tuple[Mistake, ...]
    hints: tuple[str, str, str]


@dataclass(frozen=True)
class Outcome:
    """What a call came to: a value or an error, and what it did besides."""

    value: Any = None
    error: Exception | None = None
    printed: bool = False
    spoilt: bool = False

    def __str__(self) -> str:
        """Return the outcome as a reader would write it."""
        if self.error is not None:
            return f"{type(self.error).__name__}: {self.error}"
        if isinstance(self.value, float):
            return f"{round(self.value, 4) + 0.0:g}"
        if not isinstance(self.value, np.ndarray | np.generic):
            return repr(self.value)
        if self.value.size > 50:
            return f"an array of shape {self.value.shape}"
        array = np.asarray(self.value)
        return np.array2string(array, precision=4, suppress_small=True)


def outcome(f: Callable, case: tuple) -> Outcome:
    """Return what f comes to on a copy of the case's arguments."""
    mine, out, value, error = copy.deepcopy(case), io.StringIO(), None, None
    try:
        with np.errstate(all="ignore"), contextlib.redirect_stdout(out):
            value = f(*mine)
    except Exception as problem:
        error = problem
    kept = all(
        same(Outcome(x), Outcome(y)) for x, y in zip(mine, case, strict=True)
    )
    return Outcome(value, error, bool(out.getvalue()), not kept)


def same(one: Outcome, other: Outcome) -> bool:
    """Return whether two outcomes agree, numbers to about six digits."""
    if one.error is not None or other.error is not None:
        return type(one.error) is type(other.error)
    try:
        a, b = np.asarray(one.value), np.asarray(other.value)
        if "b" in (a.dtype.kind, b.dtype.kind) or a.dtype.kind in "US":
            return a.dtype.kind == b.dtype.kind and np.array_equal(a, b)
        return a.shape == b.shape and np.allclose(
            a, b, rtol=1e-6, atol=1e-9, equal_nan=True
        )
    except (TypeError, ValueError):
        return False


def find(name: str) -> Exercise:
    """Return the exercise called "chapter.exercise".

    >>> find("similarity.cosin")
    Traceback (most recent call last):
    ValueError: no exercise "similarity.cosin": there are similarity.axiom, \
similarity.best_score, similarity.cosine, similarity.top_k
    """
    chapter, _, exercise = name.partition(".")
    try:
        room = importlib.import_module(f"embook.exercises.{chapter}")
    except ModuleNotFoundError:
        raise ValueError(
            f'no exercise "{name}": no chapter "{chapter}" has exercises'
        ) from None
    if exercise not in room.EXERCISES:
        known = ", ".join(f"{chapter}.{e}" for e in sorted(room.EXERCISES))
        raise ValueError(f'no exercise "{name}": there are {known}')
    return room.EXERCISES[exercise]


def diagnose(mine: Callable, exercise: Exercise) -> str:
    """Return one verdict on mine: right, unwritten, a mistake, or a case.

    A mistake explains mine if it gives the same answer in every case that
    mine gets wrong. Of several, the one that agrees in most cases speaks.
    """
    got = [outcome(mine, case) for case in exercise.cases]
    if got[0].error is None and (got[0].value is None or got[0].value is ...):
        return "not written yet"
    want = [outcome(exercise.reference, case) for case in exercise.cases]
    wrong = [i for i in range(len(got)) if not same(got[i], want[i])]
    if not wrong:
        return f"right in all {len(got)} cases"
    best, agreement = None, 0
    for mistake in exercise.mistakes:
        theirs = [outcome(mistake.wrong, case) for case in exercise.cases]
        alike = [same(g, t) for g, t in zip(got, theirs, strict=True)]
        if all(alike[i] for i in wrong) and sum(alike) > agreement:
            best, agreement = mistake, sum(alike)
    if best is not None:
        return f"not yet. {best.hint}"
    i = wrong[0]
    expected = "a ValueError" if want[i].error else want[i]
    asked = ", ".join(str(Outcome(value=x)) for x in exercise.cases[i])
    return (
        f"not yet. Case {i + 1} of {len(got)}: for {asked}\n"
        f"expected {expected}\ngot      {got[i]}"
    )


def check(mine: Callable, name: str) -> None:
    """Return nothing; print the verdict on the reader's function.

    >>> check(lambda a, b: ..., "similarity.cosine")
    similarity.cosine: not written yet
    """
    print(f"{name}: {diagnose(mine, find(name))}")


def hint(name: str, step: int = 1) -> None:
    """Return nothing; print hint 1, 2 or 3 of an exercise.

    Raises ValueError where the exercise or the step does not exist.
    """
    hints = find(name).hints
    if step not in range(1, len(hints) + 1):
        raise ValueError(f"hint {step}: hints 1 to {len(hints)} exist")
    print(f"Hint {step} of {len(hints)}: {hints[step - 1]}")
