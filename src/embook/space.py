"""Space: what stays when the coordinates change?

Chapter: chapters/space.ipynb
Source:  Deisenroth, Faisal & Ong (2020), Mathematics for Machine Learning,
         chapters 2, 3 and 10; Schönemann (1966), doi:10.1007/BF02289451
Shapes:  N = rows, D = numbers a row, K = rows of a basis, or axes kept
"""

import numpy as np

from embook.refuse import between, rank, rows, same_width


def _direction(onto: np.ndarray, name: str) -> np.ndarray:
    onto = rows(rank(onto, 1, name)[None], name)[0]
    if not onto.any():
        raise ValueError(f"{name} is all zeros: it has no direction")
    return onto / np.abs(onto).max()  # else the square of 1e-30 is zero


def project(x: np.ndarray, onto: np.ndarray) -> np.ndarray:
    """Return the shadow (N, D) of each row of x (N, D) on one line.

    The line goes through zero in the direction onto (D,). Raises ValueError
    where widths differ, onto is all zeros, or a number is NaN or infinite.

    >>> project(np.array([[3.0, 4.0], [0.0, 2.0]]), np.array([5.0, 0.0]))
    array([[3., 0.],
           [0., 0.]])
    """
    onto = _direction(onto, "onto")
    x, line = same_width(rows(x), onto[None])
    return (x @ line.T) / (onto @ onto) * line


def without(x: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """Return the rows of x (N, D), each less its shadow on direction (D,).

    What is left is at a right angle to it. Raises as `project` does.

    >>> without(np.array([[3.0, 4.0], [0.0, 2.0]]), np.array([5.0, 0.0]))
    array([[0., 4.],
           [0., 2.]])
    """
    return rows(x) - project(x, _direction(direction, "direction"))


def gram_schmidt(x: np.ndarray, name: str = "x") -> np.ndarray:
    """Return K rows (K, D) of length 1, at right angles, with the span of x.

    The first k of them span what the first k rows of x (K, D) span. Raises
    ValueError where a row is a combination of the rows before it.

    >>> gram_schmidt(np.array([[3.0, 0.0], [5.0, 2.0]]))
    array([[1., 0.],
           [0., 1.]])
    """
    x = rows(x, name)
    if len(x) > x.shape[1]:
        raise ValueError(
            f"{name} has {len(x)} rows in {x.shape[1]} dimensions: "
            f"at most {x.shape[1]} are independent"
        )
    tiny = x.shape[1] * np.finfo(x.dtype).eps
    basis = np.zeros(x.shape)
    for i, row in enumerate(x.astype(float)):
        row = rest = row / (np.abs(row).max() or 1)
        for _ in range(2):  # once is not enough: rounding spoils the angles
            rest = rest - (basis[:i] @ rest) @ basis[:i]
        if np.sqrt(rest @ rest) <= tiny * np.sqrt(row @ row):
            raise ValueError(
                f"row {i} of {name} is a combination of the rows before it: "
                "independent rows are needed"
            )
        basis[i] = rest / np.sqrt(rest @ rest)
    return basis


def coordinates(x: np.ndarray, basis: np.ndarray) -> np.ndarray:
    """Return c (N, D), so that c @ basis is x: the same places, new numbers.

    The basis vectors are the rows of basis (D, D). Raises ValueError where
    there are not D of them, or where one is a combination of others.

    >>> coordinates(np.array([[5.0, 1.0]]), np.array([[1.0, 1], [1, -1]]))
    array([[3., 2.]])
    """
    width = len(gram_schmidt(basis, "basis"))  # it refuses a singular basis
    x, basis = same_width(x, basis)
    if width < basis.shape[1]:
        raise ValueError(
            f"basis has {width} rows in {basis.shape[1]} dimensions: "
            f"{basis.shape[1]} are needed"
        )
    return np.linalg.solve(basis.T, x.T).T


def rotation(width: int, seed: int) -> np.ndarray:
    """Return a random rotation r (D, D): x @ r turns all rows of x alike.

    Every rotation is equally likely. Raises ValueError where width is below
    1 or seed below 0.

    >>> turn = rotation(3, seed=0)
    >>> np.allclose(turn @ turn.T, np.eye(3))  # lengths and angles are kept
    True
    """
    width = between(width, 1, name="width")
    rng = np.random.default_rng(between(seed, 0, name="seed"))
    turn = gram_schmidt(rng.normal(size=(width, width)))
    turn[0] *= np.sign(np.linalg.det(turn))  # or half are mirror images
    return turn


def pca(x: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return k axes (K, D) and the variances (K,) of x (N, D) along them.

    Largest variance first; each axis has length 1, and its entry furthest
    from zero is positive. Raises ValueError where k is above D or N - 1.

    >>> pca(np.array([[0.0, 1.0], [2.0, 1.0], [4.0, 1.0]]), 1)
    (array([[1., 0.]]), array([4.]))
    """
    x = rows(x)
    if len(x) < 2:
        raise ValueError("x has 1 row: at least 2 rows are needed to vary")
    k = between(k, 1, min(x.shape[1], len(x) - 1))
    _, sizes, axes = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)
    furthest = np.abs(axes).argmax(axis=1, keepdims=True)
    axes = axes * np.sign(np.take_along_axis(axes, furthest, axis=1))
    return axes[:k], sizes[:k] ** 2 / (len(x) - 1)


def procrustes(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the rotation r (D, D), or mirror image, that fits a @ r to b.

    Row i of a (N, D) belongs to row i of b (N, D); the sum of their squared
    differences is made smallest. Raises ValueError where the shapes differ.

    >>> procrustes(np.eye(2), np.array([[0.0, 1.0], [-1.0, 0.0]])).round() + 0
    array([[ 0.,  1.],
           [-1.,  0.]])
    """
    a, b = same_width(a, b)
    if len(a) != len(b):
        raise ValueError(
            f"a has {len(a)} rows, b has {len(b)}: each row needs its partner"
        )
    left, _, right = np.linalg.svd(a.T @ b)
    return left @ right
