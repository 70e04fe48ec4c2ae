"""Database: rows that stay when the program ends, with Milvus inside.

The same code talks to a folder (x.db) or to a server (http://host:port).

Chapter: chapters/indexes.ipynb
Source:  Wang et al. (2021), doi:10.1145/3448016.3457550
Shapes:  N = rows, Q = queries, D = numbers a row, K = neighbours
"""

import contextlib
import logging
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from embook.indexes import Found
from embook.refuse import between, nonzero, rows, words

METRICS, NAME, FOUND = ("COSINE", "IP", "L2"), "rows", ("id", "distance")


class DatabaseError(OSError):
    """The database could not do what was asked: it acknowledged nothing."""


class Database:
    """A collection of rows of one width, each with an id and a topic."""

    def __init__(
        self, uri: str | Path, width: int, metric: str = "COSINE", token=""
    ) -> None:
        """Open the collection at a path or address, or make it.

        Raises ValueError where it has another width or metric, and
        DatabaseError where it cannot be opened.
        """
        if metric not in METRICS:
            raise ValueError(f"metric is {metric!r}: {METRICS} are allowed")
        self.width, self.metric = between(width, 2, name="width"), metric
        self._broken = ""  # why nothing more may be written
        self._folder = "" if "://" in str(uri) else _writable(Path(uri))
        with _quietly(f"opening {uri}"):
            from pymilvus import MilvusClient

            self.client = MilvusClient(str(uri), token=token)
            if not self.client.has_collection(NAME):
                _make(self.client, width, metric)
            self.client.load_collection(NAME)
            fields = self.client.describe_collection(NAME)["fields"]
            index = self.client.describe_index(NAME, "vector")
        wide = fields[1]["params"]["dim"]
        if (int(wide), index["metric_type"]) != (width, metric):
            self.client.close()  # but others may be at work in this folder
            there = f"{uri} has width {wide}, metric {index['metric_type']}"
            raise ValueError(f"{there}: asked for {width} and {metric}")

    def insert(self, ids: Sequence[int], x, topics: Sequence[str]) -> None:
        """Return nothing; add rows x (N, D). On return they are written.

        Raises ValueError, and adds none, where one is unfit or id is taken.
        """
        data = self._rows(ids, x, topics)
        if taken := self._get(ids, "id"):
            raise ValueError(f"id {min(taken)} is taken: upsert replaces it")
        self._write("insert", data=data)

    def upsert(self, ids: Sequence[int], x, topics: Sequence[str]) -> None:
        """Return nothing; like `insert`, but replace rows that are there."""
        self._write("upsert", data=self._rows(ids, x, topics))

    def delete(self, ids: Sequence[int]) -> None:
        """Return nothing; raises ValueError where an id is not there."""
        self.get(ids)
        self._write("delete", ids=[int(i) for i in ids])

    def get(self, ids: Sequence[int]) -> np.ndarray:
        """Return the rows (N, D); raises ValueError where one is missing."""
        if not len(ids):
            raise ValueError("ids is empty: at least one id is needed")
        got = self._get(ids, "vector")
        missing = {int(i) for i in ids} - set(got)
        if missing:
            raise ValueError(f"id {min(missing)} is deleted, or never came")
        return np.array([got[int(i)]["vector"] for i in ids], np.float32)

    def count(self) -> int:
        """Return how many rows there are."""
        with _quietly("counting"):
            return self.client.query(NAME, "", ["count(*)"])[0]["count(*)"]

    def search(
        self, queries, k: int, topic: str | None = None, width: int = 64
    ) -> Found:
        """Return the K best rows, of one topic if it is named; -1 for none.

        The walk is `width` wide. Raises ValueError as `flat` does.
        """
        queries = self._fit(queries, "queries")
        between(k, 1, self.count())
        if topic is not None and not topic.replace(" ", "").isalnum():
            raise ValueError(f"topic is {topic!r}: letters, digits, spaces")
        with _quietly("searching"):
            met = self.client.search(
                NAME,
                data=queries.tolist(),
                limit=k,
                filter=f'topic == "{topic}"' if topic is not None else "",
                search_params={"params": {"ef": max(width, k)}},
            )
        none = [{"id": -1, "distance": np.nan}] * k
        met = [[*hits, *none][:k] for hits in met]
        ids, scores = ([[h[x] for h in m] for m in met] for x in FOUND)
        return Found(np.array(ids), np.array(scores), np.nan)

    def flush(self) -> None:
        """Return nothing; move the log into an indexed file, and load it."""
        with _quietly("writing the index"):
            for step in ("flush", "release_collection", "load_collection"):
                getattr(self.client, step)(NAME)

    def close(self) -> None:
        """Return nothing; let the folder go, for others to open."""
        self.client.close()
        if self._folder:  # Milvus itself would leave its server in there
            from milvus_lite.server_manager import server_manager_instance

            server_manager_instance.release_server(self._folder)

    def _fit(self, x, name: str) -> np.ndarray:
        x = rows(x, name)
        if x.shape[1] != self.width:
            wide = f"{name} are {x.shape[1]} numbers wide"
            raise ValueError(f"{wide}: this database needs {self.width}")
        if self.metric == "COSINE":
            nonzero(np.linalg.norm(x, axis=1), name)
        return x.astype(np.float32)

    def _rows(self, ids, x, topics) -> list[dict]:
        x, topics = self._fit(x, "rows"), words(topics, "topics")
        sizes = len(ids), len(set(ids)), len(x), len(topics)
        if len(set(sizes)) > 1:
            what = "ids, different ids, rows and topics"
            raise ValueError(f"{sizes} {what}: the numbers must agree")
        return [
            {"id": int(i), "vector": r.tolist(), "topic": t}
            for i, r, t in zip(ids, x, topics, strict=True)
        ]

    def _get(self, ids, field: str) -> dict[int, dict]:
        ids = [int(i) for i in ids]
        with _quietly("reading"):
            got = self.client.get(NAME, ids=ids, output_fields=["id", field])
        return {row["id"]: row for row in got}

    def _write(self, what: str, **given) -> None:
        if self._broken:
            raise DatabaseError(f"{self._broken}: close it and open it again")
        try:
            with _quietly(what):
                getattr(self.client, what)(NAME, **given)
        except DatabaseError as error:
            # The log may end in half a row: rows behind it would be lost.
            self._broken = str(error)
            raise


def _make(client, width: int, metric: str) -> None:
    from pymilvus import DataType

    schema = client.create_schema(auto_id=False)
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=width)
    schema.add_field("topic", DataType.VARCHAR, max_length=64)
    index = client.prepare_index_params()
    index.add_index("vector", "HNSW", metric_type=metric, params={"M": 16})
    strong = {"consistency_level": "Strong"}  # reads see every write before
    client.create_collection(
        NAME, schema=schema, index_params=index, **strong
    )


def _writable(path: Path) -> str:
    place = path if path.exists() else path.parent
    if not (place.is_dir() and os.access(place, os.W_OK)):
        raise DatabaseError(f"{place} is no folder that can be written to")
    return str(path)


@contextlib.contextmanager
def _quietly(doing: str) -> Iterator[None]:
    # Milvus logs a page for each error and raises it too: a line will do.
    for name in ("pymilvus", "milvus_lite"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        yield
    except Exception as error:
        said = getattr(error, "message", str(error)).split("\n")[0]
        raise DatabaseError(f"{doing} failed: {said}") from None
