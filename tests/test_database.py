"""Database: what it keeps, what it refuses, and what survives kill -9."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from embook.database import Database, DatabaseError
from embook.indexes import agreement, flat

X = np.random.default_rng(0).normal(size=(400, 8)).astype(np.float32)
CROWD = np.random.default_rng(1).normal(size=(2000, 50)).astype(np.float32)
# Inserts row by row; each id is written to a pipe once its insert returned.
WRITER = """
import sys
import numpy as np
from embook.database import Database
x = np.random.default_rng(0).normal(size=(2000, 50)).astype(np.float32)
db = Database(sys.argv[1], 50)
print("open", flush=True)
for n in range(int(sys.argv[2]), 2000):
    db.insert([n], x[n : n + 1], [f"t{n % 5}"])
    print(n, flush=True)
"""
# A limit on the size of a file fails in the middle of a write, as a full
# disk does.
FULL = """
import os, resource, signal, sys
import numpy as np
from embook.database import Database, DatabaseError
db = Database(sys.argv[1], 50)
x = np.random.default_rng(0).normal(size=(3000, 50)).astype(np.float32)
put = lambda a, n: db.insert(range(a, a + n), x[a : a + n], ["x"] * n)
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
kept = 0
try:
    while True:
        put(kept, 100)
        kept += 100
except DatabaseError as problem:
    assert "File too large" in str(problem), problem
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
try:
    put(2000, 1)
except DatabaseError as problem:
    assert "open it again" in str(problem), problem
else:
    raise AssertionError("a write after a failed one was taken")
if sys.argv[2] == "again":
    db.close()
    db = Database(sys.argv[1], 50)
    put(2500, 100)
    kept += 100
print(kept, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def db(tmp_path):
    made = Database(tmp_path / "a.db", 8)
    made.insert(range(300), X[:300], ["even", "odd"] * 150)
    yield made
    made.close()


def test_by_hand(tmp_path):
    made = Database(tmp_path / "a.db", 2)
    made.insert([7, 8], [[1.0, 0.0], [0.6, 0.8]], ["a", "b"])
    found = made.search([[2.0, 0.0]], 2)
    np.testing.assert_array_equal(found.ids, [[7, 8]])
    np.testing.assert_allclose(found.scores, [[1.0, 0.6]], rtol=1e-6)
    found = made.search([[2.0, 0.0]], 2, topic="b")
    np.testing.assert_array_equal(found.ids, [[8, -1]])
    made.close()


def test_before_the_index_it_is_exact_search(db):
    unit = X / np.linalg.norm(X, axis=1, keepdims=True)
    exact = flat(unit[300:320], unit[:300], 5)
    ours = db.search(X[300:320], 5)
    np.testing.assert_array_equal(ours.ids, exact.ids)
    np.testing.assert_allclose(ours.scores, exact.scores, atol=1e-5)


def test_insert_upsert_delete_and_restart(db, tmp_path):
    db.upsert([5], X[300:301], ["new"])
    db.delete([6, 7])
    db.flush()
    db.insert([900], X[301:302], ["late"])  # stands in the log alone
    db.close()
    again = Database(tmp_path / "a.db", 8)
    assert again.count() == 299
    np.testing.assert_array_equal(again.get([5, 900]), X[300:302])
    assert again.search(X[300:301], 1, topic="new").ids == [[5]]
    assert not np.isin([6, 7], again.search(X[6:8], 50).ids).any()
    with pytest.raises(ValueError, match="id 6 is deleted, or never came"):
        again.get([6])
    again.close()


def test_the_index_lies_on_the_disk_and_is_used(tmp_path):
    made = Database(tmp_path / "a.db", 50)
    made.insert(range(2000), CROWD, ["x"] * 2000)
    unit = CROWD / np.linalg.norm(CROWD, axis=1, keepdims=True)
    asked = -CROWD[:50] + CROWD[50:100]
    exact = flat(asked, unit, 10).ids
    # Before the flush every row is read.
    assert agreement(made.search(asked, 10, width=10).ids, exact) == 1
    made.flush()
    assert list((tmp_path / "a.db").rglob("*.hnsw.idx"))
    narrow = agreement(made.search(asked, 10, width=10).ids, exact)
    wide = agreement(made.search(asked, 10, width=2000).ids, exact)
    assert narrow < 0.9
    assert wide > 0.99
    made.close()


NAN = np.full((1, 8), np.nan)
REFUSED = {
    "an empty query": (lambda d: d.search(X[:0], 1), "queries is empty"),
    "a query of NaN": (lambda d: d.search(NAN, 1), "queries holds NaN"),
    "a zero query": (lambda d: d.search(X[:1] * 0, 1), "row 0 of queries"),
    "a wide query": (lambda d: d.search(np.ones((1, 9)), 1), "9 numbers"),
    "too large a k": (lambda d: d.search(X[:1], 301), "k is 301: .* to 300"),
    "k of zero": (lambda d: d.search(X[:1], 0), "k is 0"),
    "a topic with code": (
        lambda d: d.search(X[:1], 1, topic='" or id > 0 or topic == "'),
        "letters, digits, spaces",
    ),
    "a wrong dimension": (
        lambda d: d.insert([900, 901], np.ones((2, 7)), ["x", "x"]),
        "rows are 7 numbers wide: this database needs 8",
    ),
    "a row of NaN": (lambda d: d.insert([900], NAN, ["x"]), "rows holds NaN"),
    "a taken id": (
        lambda d: d.insert([900, 3], X[:2], ["x", "x"]),
        "id 3 is taken",
    ),
    "an id twice": (
        lambda d: d.upsert([900, 900], X[:2], ["x", "x"]),
        r"\(2, 1, 2, 2\) ids, different ids",
    ),
    "an id too few": (lambda d: d.upsert([900], X[:2], ["x"] * 2), "ids"),
    "a deleted id": (lambda d: d.delete([2, 4000]), "id 4000 is deleted"),
    "no id": (lambda d: d.delete([]), "ids is empty"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_input_is_refused_and_nothing_is_lost(db, case, capfd):
    act, message = REFUSED[case]
    with pytest.raises(ValueError, match=message) as problem:
        act(db)
    assert "\n" not in str(problem.value)
    assert db.count() == 300
    np.testing.assert_array_equal(db.get([2, 3]), X[2:4])
    assert capfd.readouterr().err == ""


def test_another_metric_or_width_is_refused(db, tmp_path):
    db.close()
    for width, metric in ((8, "L2"), (9, "COSINE")):
        with pytest.raises(ValueError, match="width 8, metric COSINE: asked"):
            Database(tmp_path / "a.db", width, metric)
    with pytest.raises(ValueError, match="metric is 'cos'"):
        Database(tmp_path / "b.db", 8, "cos")
    again = Database(tmp_path / "a.db", 8)
    assert again.count() == 300
    again.close()


def test_a_place_that_cannot_be_written_to_is_refused(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file" / "a.db", tmp_path / "none" / "a.db"):
        with pytest.raises(DatabaseError, match="no folder that can be"):
            Database(place, 8)
    # Root may write everywhere: so the answer of the system is given.
    monkeypatch.setattr(os, "access", lambda path, how: False)
    with pytest.raises(DatabaseError, match="no folder that can be"):
        Database(tmp_path / "a.db", 8)
    assert not (tmp_path / "a.db").exists()


def test_no_server_is_one_line():
    with pytest.raises(DatabaseError, match="opening http") as problem:
        Database("http://127.0.0.1:1", 8)
    assert "\n" not in str(problem.value)


@pytest.mark.skipif(os.name == "nt", reason="no limit on a file's size")
@pytest.mark.parametrize("how", ["killed", "again"])
def test_a_full_disk_loses_nothing_acknowledged(tmp_path, how):
    path = str(tmp_path / "a.db")
    run = [sys.executable, "-c", FULL, path, how]
    done = subprocess.run(run, capture_output=True, text=True, timeout=60)
    assert done.returncode == -signal.SIGKILL, done.stderr
    kept = int(done.stdout)
    assert kept > 100
    again = Database(path, 50)
    assert again.count() == kept
    again.close()


def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def test_the_same_code_talks_to_a_server(tmp_path):
    there = port()
    tool = Path(sys.executable).with_name("milvus-lite")
    run = [tool, "server", "--data-dir", tmp_path / "data"]
    run += ["--host", "127.0.0.1", "--port", str(there)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen(run, **quiet)
    try:
        for _ in range(100):
            with socket.socket() as knock:
                if knock.connect_ex(("127.0.0.1", there)) == 0:
                    break
            time.sleep(0.1)
        found = []
        for uri in (f"http://127.0.0.1:{there}", tmp_path / "a.db"):
            made = Database(uri, 8)
            made.insert(range(300), X[:300], ["even", "odd"] * 150)
            made.upsert([5], X[300:301], ["new"])
            made.delete([6])
            assert made.count() == 299
            found.append(made.search(X[:20], 5, topic="even"))
            with pytest.raises(ValueError, match="id 6 is deleted"):
                made.delete([6])
            made.close()
        np.testing.assert_array_equal(found[0].ids, found[1].ids)
        np.testing.assert_allclose(found[0].scores, found[1].scores)
    finally:
        server.terminate()
        server.wait(10)


@pytest.mark.deep
@pytest.mark.skipif(os.name == "nt", reason="Windows has no kill -9")
def test_ten_times_kill_9_among_1000_inserts_lose_nothing(tmp_path):
    path = str(tmp_path / "a.db")
    x = np.random.default_rng(0).normal(size=(2000, 50)).astype(np.float32)
    first = Database(path, 50)
    first.insert(range(300), x[:300], [f"t{n % 5}" for n in range(300)])
    first.flush()  # the index stands before the first kill
    first.close()
    assert list(Path(path).rglob("*.hnsw.idx"))
    luck, acknowledged, begin, kills = random.Random(0), 300, 300, 0
    while acknowledged < 1300:
        run = [sys.executable, "-c", WRITER, path, str(begin)]
        writer = subprocess.Popen(run, stdout=subprocess.PIPE, text=True)
        assert writer.stdout.readline() == "open\n"
        wait = luck.randint(50, 130) if kills < 10 else 2000
        for _ in range(min(wait, 1300 - acknowledged)):
            acknowledged = int(writer.stdout.readline()) + 1
        time.sleep(luck.random() * 0.01)  # in the middle of an insert
        writer.send_signal(signal.SIGKILL)
        # What was acknowledged before the kill, though not read yet.
        for line in writer.stdout.read().splitlines(keepends=True):
            if line.endswith("\n"):
                acknowledged = int(line) + 1
        writer.wait()
        writer.stdout.close()
        kills += 1
        again = Database(path, 50)
        np.testing.assert_array_equal(
            again.get(range(acknowledged)), x[:acknowledged]
        )
        begin = again.count()
        # One more than acknowledged may be there: its answer was lost.
        assert acknowledged <= begin <= acknowledged + 1
        again.close()
    print(f"{kills} kills, {acknowledged - 300} acknowledged, 0 lost")
    assert kills >= 10
