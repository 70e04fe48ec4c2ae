"""Contrast: a map that learns which texts belong together.

One matrix is trained by the slopes of InfoNCE, worked out by hand: a vector
times the matrix is the new vector.

Source:  van den Oord et al. (2018), arXiv:1807.03748; Gao et al. (2021),
         arXiv:2104.08821
Shapes:  N = pairs, D = numbers a vector
"""

import numpy as np

from embook.norms import unit
from embook.prediction import softmax
from embook.refuse import between, positive, same_width
from embook.sentences import paired


def slope(x, y, w: np.ndarray, temperature: float) -> np.ndarray:
    """Return the slope (D, D) of infonce(x @ w, y @ w) for the map w.

    Raises ValueError as `infonce` does.

    >>> slope(np.eye(2), np.eye(2), np.eye(2), 1.0).round(3)
    array([[0.   , 0.269],
           [0.269, 0.   ]])
    """
    a, b = x @ w, y @ w  # (N, D)
    error = softmax(paired(a, b), temperature) - np.eye(len(a))
    error /= len(a) * temperature  # (N, N): shares less what was wanted
    pull = _across(a, error @ unit(b)), _across(b, error.T @ unit(a))
    return x.T @ pull[0] + y.T @ pull[1]


def _across(a: np.ndarray, pull: np.ndarray) -> np.ndarray:
    # A vector is brought to length 1: what pulls along it moves nothing.
    size = np.linalg.norm(a, axis=1, keepdims=True)
    along = (pull * a).sum(axis=1, keepdims=True) / size**2
    return (pull - along * a) / size


def head(
    x: np.ndarray,
    y: np.ndarray,
    size: int = 128,
    temperature: float = 0.1,
    steps: int = 300,
    rate: float = 0.1,
    seed: int = 0,
) -> np.ndarray:
    """Return a map (D, D) that tells partners among x (N, D) and y (N, D).

    It starts as the identity. Each step draws `size` pairs and goes `rate`
    times the slope downhill. Raises ValueError where there are fewer pairs,
    or shapes differ, or a temperature or a rate is not above 0.

    >>> head(np.eye(2), np.eye(2), 2, 1.0, steps=1, rate=1.0).round(3)
    array([[ 1.   , -0.269],
           [-0.269,  1.   ]])
    """
    x, y = same_width(x, y)
    between(size, 2, len(x), "size")
    rng, w = np.random.default_rng(seed), np.eye(x.shape[1])
    for _ in range(between(steps, 0, name="steps")):
        some = rng.choice(len(x), size, replace=False)
        w -= positive(rate, "rate") * slope(x[some], y[some], w, temperature)
    return w
