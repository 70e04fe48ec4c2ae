"""Codes: rows shrunk to a few bytes, and searched without unpacking them.

Chapter: chapters/indexes.ipynb
Source:  Jégou, Douze & Schmid (2011), doi:10.1109/TPAMI.2010.57
Shapes:  N = rows of the table, Q = queries, D = numbers a row, M = parts,
         K = neighbours, R = candidates
"""

import numpy as np

from embook.indexes import Found, best, kmeans, nearest
from embook.refuse import between, rank, rows, same_width, token_ids


def codebooks(
    x: np.ndarray, parts: int, size: int = 256, seed: int = 0
) -> np.ndarray:
    """Return for each of M parts of rows x (N, D) its centres (M, 256, D/M).

    Raises ValueError where the parts do not divide D, or size is over 256.
    """
    x = rows(x)
    between(size, 1, 256, "size")
    if x.shape[1] % between(parts, 1, x.shape[1], "parts"):
        raise ValueError(
            f"parts is {parts}: a row of {x.shape[1]} numbers needs a "
            "divisor of that"
        )
    cut = np.split(x, parts, axis=1)
    return np.array([kmeans(part, size, 8, seed) for part in cut])


def encode(x: np.ndarray, books: np.ndarray) -> np.ndarray:
    """Return one byte (N, M) for each part: the number of its centre.

    Raises ValueError where the books (M, 256, D/M) are for other rows.

    >>> encode(np.array([[4.0, 1.0]]), np.array([[[0.0], [5.0]]] * 2))
    array([[1, 0]], dtype=uint8)
    """
    cut = np.split(rows(x), len(rank(books, 3, "books")), axis=1)
    codes = [nearest(p, b) for p, b in zip(cut, books, strict=True)]
    return np.array(codes, dtype=np.uint8).T


def decode(codes: np.ndarray, books: np.ndarray) -> np.ndarray:
    """Return the rows (N, D) that codes (N, M) stand for.

    >>> decode(np.array([[1, 0]]), np.array([[[0.0], [5.0]]] * 2))
    array([[5., 0.]])
    """
    parts = [b[c] for b, c in zip(books, codes.T, strict=True)]
    return np.hstack(parts)


def by_codes(
    queries: np.ndarray, codes: np.ndarray, books: np.ndarray, k: int
) -> Found:
    """Return the K best by the dot product with the decoded rows (N, D).

    Nothing is decoded: each query multiplies every centre once, and a row
    costs M look-ups. Raises ValueError where the widths differ.
    """
    queries = rows(queries, "queries").astype(np.float32)
    same_width(queries, np.hstack(books)[:1])
    cut = np.split(queries, len(books), axis=1)
    tables = np.stack(
        [p @ b.T.astype(np.float32) for p, b in zip(cut, books, strict=True)]
    )
    columns = codes.T.astype(np.intp, order="C")  # places, ready to look up
    ids, scores = [], []
    for q in range(len(queries)):
        row = np.zeros(len(codes), np.float32)
        for table, column in zip(tables[:, q], columns, strict=True):
            row += table[column]
        ids.append(best(row, k))
        scores.append(row[ids[-1]])
    return Found(np.array(ids), np.array(scores), len(codes))


def bits(x: np.ndarray) -> np.ndarray:
    """Return the signs of x (N, D), 1 for above zero, as words of 64 bits.

    Raises ValueError where a number is NaN or infinite.

    >>> bits(np.array([[0.5, -2.0, 0.1]]))
    array([[5]], dtype=uint64)
    """
    x = rows(x)
    wide = np.zeros((len(x), -(-x.shape[1] // 64) * 64), bool)
    wide[:, : x.shape[1]] = x > 0
    return np.packbits(wide, axis=1, bitorder="little").view("<u8")


def by_bits(queries: np.ndarray, table: np.ndarray, k: int) -> Found:
    """Return the K rows of bits (N, W) with the fewest unlike bits.

    The score is minus their number. Raises ValueError where widths differ.

    >>> by_bits(bits(np.ones((1, 2))), np.array([[0], [1]], np.uint64), 1).ids
    array([[1]])
    """
    if rank(queries, 2, "queries").shape[1] != rank(table, 2).shape[1]:
        raise ValueError(
            f"queries have {queries.shape[1]} words of bits, rows have "
            f"{table.shape[1]}: widths must agree"
        )
    columns = np.ascontiguousarray(table.T)  # (W, N): N counts side by side
    unlike = [np.bitwise_count(columns ^ q[:, None]).sum(0) for q in queries]
    ids = np.array([best(-row.astype(np.int32), k) for row in unlike])
    scores = -np.take_along_axis(np.array(unlike, np.int32), ids, 1)
    return Found(ids, scores, len(table))


def rescore(
    queries: np.ndarray, table: np.ndarray, ids: np.ndarray, k: int
) -> Found:
    """Return the K best of the candidates ids (Q, R) by their full rows.

    Raises ValueError where one is no row of table (N, D), such as -1.

    >>> ids = np.array([[0, 1]])
    >>> rescore(np.array([[1.0]]), np.array([[0.2], [0.7]]), ids, 1).ids
    array([[1]])
    """
    queries, table = same_width(queries, table)
    read = rank(ids, 2, "ids").shape[1]
    between(k, 1, read)
    token_ids(ids.ravel(), len(table))  # -1 stands for a row not found
    pairs = zip(ids, queries, strict=True)
    scores = np.array([table[some] @ q for some, q in pairs])
    kept = np.array([best(row, k) for row in scores])
    ids, scores = (np.take_along_axis(x, kept, 1) for x in (ids, scores))
    return Found(ids, scores, read)
