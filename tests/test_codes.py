"""Codes: worked by hand, parity, laws, refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embook.codes import (
    bits,
    by_bits,
    by_codes,
    codebooks,
    decode,
    encode,
    rescore,
)
from embook.indexes import flat
from embook.town import town

BOOKS = np.array([[[0.0, 1.0], [1.0, 0.0]]] * 2)
ROW = np.array([[0.9, 0.1, 0.2, 0.8]])
ASKED = np.array([[0.5, 0.5, 0.1, 0.7]])


def test_a_code_by_hand():
    codes = encode(ROW, BOOKS)
    np.testing.assert_array_equal(codes, [[1, 0]])
    np.testing.assert_array_equal(decode(codes, BOOKS), [[1, 0, 0, 1]])
    found = by_codes(ASKED, codes, BOOKS, 1)
    np.testing.assert_allclose(found.scores, [[1.2]], rtol=1e-6)


def test_bits_by_hand():
    pair = bits(np.array([[0.5, -2.0, 0.1], [1.0, 3.0, -1.0]]))
    np.testing.assert_array_equal(pair, [[0b101], [0b011]])
    found = by_bits(pair[:1], pair, 2)
    np.testing.assert_array_equal(found.ids, [[0, 1]])
    np.testing.assert_array_equal(found.scores, [[0, -2]])


def test_bits_of_more_than_one_word():
    wide = bits(np.eye(70))
    assert wide.shape == (70, 2)
    np.testing.assert_array_equal(np.bitwise_count(wide).sum(axis=1), 1)


@pytest.fixture(scope="module")
def real():
    return town(50)


def test_parity_of_codes(real, parity):
    import faiss

    table, queries = real[0][:20_000], real[1]
    books = codebooks(table[:3000], 10)
    codes = encode(table, books)
    pq = faiss.IndexPQ(50, 10, 8, faiss.METRIC_INNER_PRODUCT)
    pq.is_trained = True
    faiss.copy_array_to_vector(
        books.astype(np.float32).ravel(), pq.pq.centroids
    )
    parity(
        "codes.encode",
        "faiss ProductQuantizer",
        codes,
        pq.pq.compute_codes(table),
    )
    pq.add(table)
    ours = by_codes(queries, codes, books, 10).scores
    parity(
        "codes.by_codes",
        "faiss IndexPQ",
        ours,
        pq.search(queries, 10)[0],
        atol=1e-5,
    )


def test_parity_of_bits(real, parity):
    import faiss

    table, queries = bits(real[0][:20_000]), bits(real[1])
    index = faiss.IndexBinaryFlat(64)
    index.add(table.view(np.uint8))
    unlike, _ = index.search(queries.view(np.uint8), 10)
    ours = -by_bits(queries, table, 10).scores
    parity("codes.by_bits", "faiss IndexBinaryFlat", ours, unlike)


@given(st.integers(0, 50))
def test_scores_are_those_of_decoded_rows(seed):
    rng = np.random.default_rng(seed)
    x, q = rng.normal(size=(30, 6)), rng.normal(size=(2, 6))
    books = codebooks(x, 3, 8, seed)
    codes = encode(x, books)
    found = by_codes(q, codes, books, 5)
    exact = flat(q, decode(codes, books), 5)
    np.testing.assert_allclose(found.scores, exact.scores, atol=1e-5)


@given(st.integers(0, 50))
def test_as_many_pages_as_rows_lose_nothing(seed):
    x = np.random.default_rng(seed).normal(size=(12, 4))
    books = codebooks(x, 2, 12, seed)
    np.testing.assert_allclose(decode(encode(x, books), books), x)


@given(st.integers(0, 50), st.integers(1, 5))
def test_rescoring_every_row_is_exact(seed, k):
    rng = np.random.default_rng(seed)
    x, q = rng.normal(size=(20, 3)), rng.normal(size=(2, 3))
    every = np.array([rng.permutation(20) for _ in q])
    found = rescore(q, x, every, k)
    np.testing.assert_array_equal(found.ids, flat(q, x, k).ids)
    np.testing.assert_equal(found.read, 20)


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match="parts is 3: a row of 4 numbers"):
        codebooks(np.ones((9, 4)), 3)
    with pytest.raises(ValueError, match="size is 257"):
        codebooks(np.ones((300, 4)), 2, 257)
    with pytest.raises(ValueError, match="widths must agree"):
        by_codes(np.ones((1, 3)), encode(ROW, BOOKS), BOOKS, 1)
    with pytest.raises(ValueError, match="widths must agree"):
        by_bits(bits(np.ones((1, 70))), bits(np.ones((1, 3))), 1)
    with pytest.raises(ValueError, match="ids holds -1 at place 1"):
        rescore(ROW, ROW, np.array([[0, -1]]), 1)
    with pytest.raises(ValueError, match="k is 3"):
        rescore(ROW, ROW, np.array([[0, 0]]), 3)
