"""Graph: an index of roads, walked from row to nearer row (HNSW).

Chapter: chapters/indexes.ipynb
Source:  Malkov & Yashunin (2020), arXiv:1603.09320
Shapes:  N = rows, Q = queries, D = numbers a row, K = neighbours

Scores are dot products: the largest is the nearest if rows have length 1.
"""

import heapq

import numpy as np

from embook.indexes import Found, agreement
from embook.refuse import between, rows, same_width


class Graph:
    """Rows (N, D), and on each floor the roads that leave each of them.

    Every row is on floor 0. On each floor above there are about `links`
    times fewer. `compared` counts the dot products worked out so far.
    """

    def __init__(
        self, table: np.ndarray, links: int = 16, width: int = 100, seed=0
    ) -> None:
        """Build the roads, row by row, looking `width` candidates wide.

        Raises ValueError where a number is wrong: links from 2 on, width
        from links on.
        """
        self.rows = rows(table, "table")
        self.links = between(links, 2, name="links")
        self.width = between(width, links, name="width")
        self.compared = 0
        luck = 1 - np.random.default_rng(seed).random(len(self.rows))
        self.floors = (-np.log(luck) / np.log(links)).astype(int)
        self.roads: list[dict[int, list[int]]] = []
        self.start = 0
        self._seen, self._stamp = np.zeros(len(self.rows), int), 0
        for i in range(len(self.rows)):
            self._add(i)

    def search(self, queries: np.ndarray, k: int, width: int) -> Found:
        """Return the K best rows met on a walk `width` candidates wide.

        Raises ValueError where widths of rows differ, k is not from 1 to N,
        or the walk is narrower than k.
        """
        queries, _ = same_width(queries, self.rows)
        between(k, 1, len(self.rows))
        between(width, k, name="width")
        before, found = self.compared, []
        for q in queries:
            met = self._walk(q, self._descend(q, 0), width, 0)
            # A walk that ends in a blind alley has met too few: -1.
            met = met[:k] + [(-np.inf, -1)] * (k - len(met))
            found.append(met)
        scores, ids = np.moveaxis(np.array(found), 2, 0)
        read = (self.compared - before) / len(queries)
        return Found(ids.astype(int), scores, read)

    def edges(self) -> int:
        """Return how many roads there are, each counted in its direction."""
        return sum(len(r) for floor in self.roads for r in floor.values())

    def nbytes(self) -> int:
        """Return the bytes of rows in float32 and roads in int32."""
        return 4 * self.rows.size + 4 * self.edges()

    def _scores(self, q: np.ndarray, ids: list[int]) -> list[float]:
        self.compared += len(ids)
        return (self.rows[ids] @ q).tolist()

    def _descend(self, q: np.ndarray, floor: int) -> list[tuple]:
        # The best entrance of this floor: walk greedily on those above it.
        met = [(self._scores(q, [self.start])[0], self.start)]
        for above in range(len(self.roads) - 1, floor, -1):
            met = self._walk(q, met, 1, above)
        return met

    def _walk(
        self, q: np.ndarray, met: list[tuple], width: int, floor: int
    ) -> list[tuple]:
        # Two heaps: where to walk next, and the worst of the best so far.
        self._stamp += 1
        seen, stamp, roads = self._seen, self._stamp, self.roads[floor]
        for _, i in met:
            seen[i] = stamp
        ahead = [(-s, i) for s, i in met]
        heapq.heapify(ahead)
        kept = sorted(met)
        while ahead:
            near, here = heapq.heappop(ahead)
            if -near < kept[0][0] and len(kept) == width:
                break  # even the nearest unwalked row is worse than all kept
            fresh = [i for i in roads[here] if seen[i] != stamp]
            if not fresh:
                continue
            seen[fresh] = stamp
            for s, i in zip(self._scores(q, fresh), fresh, strict=True):
                if len(kept) < width:
                    heapq.heappush(kept, (s, i))
                elif s > kept[0][0]:
                    heapq.heapreplace(kept, (s, i))
                else:
                    continue
                heapq.heappush(ahead, (-s, i))
        return sorted(kept, reverse=True)

    def _add(self, i: int) -> None:
        q, top = self.rows[i], self.floors[i]
        met = self._descend(q, top) if self.roads else []
        for floor in range(min(top, len(self.roads) - 1), -1, -1):
            met = self._walk(q, met, self.width, floor)
            chosen = self._choose(met, self.links)
            roads = self.roads[floor]
            roads[i] = chosen
            most = self.links * (1 + (floor == 0))
            for j in chosen:
                roads[j].append(i)
                if len(roads[j]) > most:
                    scores = self._scores(self.rows[j], roads[j])
                    pairs = zip(scores, roads[j], strict=True)
                    roads[j] = self._choose(sorted(pairs, reverse=True), most)
        if top >= len(self.roads):
            self.start = i
            missing = top + 1 - len(self.roads)
            self.roads += [{i: []} for _ in range(missing)]

    def _choose(self, met: list[tuple], most: int) -> list[int]:
        # A road to a row that lies nearer to a chosen one than to us is a
        # detour saved: go there first. So roads spread in all directions.
        ids = [i for _, i in met]
        between_ = self.rows[ids] @ self.rows[ids].T
        self.compared += len(ids) * (len(ids) - 1) // 2
        chosen: list[int] = []
        for n, (s, _) in enumerate(met):
            if len(chosen) == most:
                break
            if all(between_[n, c] < s for c in chosen):
                chosen.append(n)
        return [ids[n] for n in chosen]


def cost(
    graph: Graph, queries: np.ndarray, exact: np.ndarray, widths: list[int]
) -> list[tuple[int, float, float]]:
    """Return for each width: itself, the agreement with exact (Q, K), reads.

    Reads are the dot products that a query took.
    """
    k, out = exact.shape[1], []
    for width in widths:
        found = graph.search(queries, k, width)
        out.append((width, agreement(found.ids, exact), found.read))
    return out
