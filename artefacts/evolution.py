"""Build evolution.npz again: python artefacts/evolution.py.

Nine races, and six tests of memory at five distances, five trainings each:
some fifteen minutes of one processor. On another processor a last digit may
differ: sums in another order round otherwise, and training magnifies it.
"""

import os
from concurrent.futures import ProcessPoolExecutor

# Before NumPy and torch: one thread sums in one order.
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

import numpy as np

from embook.drills import copying, lessons, recall
from embook.seq2seq import KINDS, numbers, right, start, train
from embook.sources import ARTEFACTS

SEEDS, LONGEST, SYMBOLS, STEPS = 5, 16, 8, 1000
LENGTHS = (1, 2, 4, 6, 8, 10, 12, 14, 16, 20, 24, 32)
RACES = [(kind, 64, False) for kind in KINDS]
RACES += [(kind, 64, True) for kind in KINDS[:3]]
RACES += [("two lstms", 128, False)]
DISTANCES = (5, 10, 20, 40, 80)
MEMORIES = [("rnn", None, False), ("rnn", None, True)]
MEMORIES += [("lstm", keep, False) for keep in (0.0, 1.0, 4.0)]
MEMORIES += [("transformer", None, False)]


def run(kind: str, width: int, turned: bool, seed: int) -> tuple:
    """Return one network's share of right symbols at each length."""
    import torch

    torch.set_num_threads(1)
    net = start(kind, SYMBOLS, SYMBOLS, width, seed)
    task = copying(LONGEST, turned=turned)
    train(net, task, STEPS, rate=0.003, batch=64, seed=seed)
    tests = [copying(T, T, turned=turned) for T in LENGTHS]
    shares = [right(net, test, 200) for test in tests]
    print(kind, width, turned, seed, np.round(shares, 2), flush=True)
    return shares, sum(x.numel() for x in numbers(net))


def remember(kind: str, keep: float | None, near: bool, seed: int) -> list:
    """Return how often a network names the first symbol, by distance."""
    import torch

    torch.set_num_threads(1)
    shares = []
    for distance in DISTANCES:
        net, task = start(kind, 9, 8, 16, seed), recall(distance)
        if keep is not None:
            net.reader.b.data[16:32] = keep
        lesson = lessons(distance, 300) if near else task
        train(net, lesson, 300, seed=seed)
        shares.append(right(net, task, 200))
    print(kind, keep, near, seed, np.round(shares, 2), flush=True)
    return shares


def every(f, ways: list[tuple]) -> list:
    """Return what f comes to, way by way, for each seed."""
    asked = [(*way, seed) for way in ways for seed in range(SEEDS)]
    with ProcessPoolExecutor() as pool:
        return list(pool.map(f, *zip(*asked, strict=True)))


def main() -> None:
    """Return nothing; run all, and write what the book reads."""
    kept = np.array(every(remember, MEMORIES), np.float32)
    shares, sizes = zip(*every(run, RACES), strict=True)
    np.savez(
        ARTEFACTS / "evolution.npz",
        right=np.array(shares, np.float32).reshape(len(RACES), SEEDS, -1),
        numbers=np.array(sizes[::SEEDS]),
        length=np.array(LENGTHS),
        recall=kept.reshape(len(MEMORIES), SEEDS, -1),
        distance=np.array(DISTANCES),
    )


if __name__ == "__main__":
    main()
