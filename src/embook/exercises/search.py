"""Exercises of the chapter on search."""

import numpy as np

from embook.check import Exercise, Mistake

# --- mrr: the mean reciprocal place ---------------------------------------


def mrr(places):
    """Return the mean of 1 / place (Q,); a place of 0 was not found: 0."""
    found = places > 0
    return (found / np.where(found, places, 1)).mean()


def _found_only(places):
    return (1 / places[places > 0]).mean()


def _of_the_mean(places):
    return 1 / places.mean()


def _mean_place(places):
    return places.mean()


def _from_zero(places):
    return np.where(places > 0, 1 / (places + 1), 0).mean()


def _first(places):
    return (places == 1).mean()


def _misses_first(places):
    return (1 / np.maximum(places, 1)).mean()


def _infinite(places):
    return (1 / places).mean()


def _logged(places):
    return np.where(places > 0, 1 / np.log2(1 + places), 0).mean()


def _each(places):
    return np.where(places > 0, 1 / np.maximum(places, 1), 0)


MRR = Exercise(
    reference=mrr,
    cases=(
        (np.array([1, 2, 4]),),
        (np.array([1, 0]),),
        (np.array([3]),),
        (np.array([0, 0, 5]),),
        (np.array([10, 1, 1, 0, 2]),),
        (np.array([7, 7, 100, 0]),),
    ),
    mistakes=(
        Mistake(
            _found_only,
            "You left out the questions whose text was not found: then a "
            "search gets better by answering less. Count them as 0.",
        ),
        Mistake(
            _of_the_mean,
            "This is 1 over the mean place: one place of 1,000 would decide "
            "alone. Take 1 / place first, then the mean.",
        ),
        Mistake(_mean_place, "This is the mean place: take 1 / place."),
        Mistake(
            _from_zero,
            "You divide by place + 1: places count from 1 here, and the "
            "first is worth 1.",
        ),
        Mistake(
            _first,
            "This is R@1: it counts the first places alone. A second is "
            "worth one half, a third one third.",
        ),
        Mistake(
            _misses_first,
            "A 0 counts as a first place: it says that the text was not "
            "found, and is worth 0.",
        ),
        Mistake(
            _infinite,
            "1 / 0 is infinite: a text that was not found is worth 0.",
        ),
        Mistake(
            _logged,
            "This is the discount of nDCG: here a place is worth 1 / place.",
        ),
        Mistake(_each, "One number for each question: take their mean."),
    ),
    hints=(
        "A first place is worth 1, a second 1/2, a third 1/3.",
        "A place of 0 says “not found”. Give it 0, and divide by all.",
        "Divide 1 by np.maximum(places, 1), make it 0 where places is 0, "
        "and take the mean.",
    ),
)

# --- adds: what one word adds to a text -----------------------------------


def adds(count, length, mean, holders, size):
    """Return what a word adds by BM25: Lucene's idf, k1 1.2, b 0.75."""
    rarity = np.log(1 + (size - holders + 0.5) / (holders + 0.5))
    room = 1.2 * (0.25 + 0.75 * length / mean)
    return rarity * count * 2.2 / (count + room)


def _robertsons(count, length, mean, holders, size):
    rarity = np.log((size - holders + 0.5) / (holders + 0.5))
    room = 1.2 * (0.25 + 0.75 * length / mean)
    return rarity * count * 2.2 / (count + room)


def _plain_idf(count, length, mean, holders, size):
    room = 1.2 * (0.25 + 0.75 * length / mean)
    return np.log(size / holders) * count * 2.2 / (count + room)


def _without_2_2(count, length, mean, holders, size):
    rarity = np.log(1 + (size - holders + 0.5) / (holders + 0.5))
    room = 1.2 * (0.25 + 0.75 * length / mean)
    return rarity * count / (count + room)


def _every_length(count, length, mean, holders, size):
    rarity = np.log(1 + (size - holders + 0.5) / (holders + 0.5))
    return rarity * count * 2.2 / (count + 1.2)


def _length_alone(count, length, mean, holders, size):
    rarity = np.log(1 + (size - holders + 0.5) / (holders + 0.5))
    return rarity * count * 2.2 / (count + 1.2 * length / mean)


def _upside_down(count, length, mean, holders, size):
    rarity = np.log(1 + (size - holders + 0.5) / (holders + 0.5))
    room = 1.2 * (0.25 + 0.75 * mean / length)
    return rarity * count * 2.2 / (count + room)


def _b_turned(count, length, mean, holders, size):
    rarity = np.log(1 + (size - holders + 0.5) / (holders + 0.5))
    room = 1.2 * (0.75 + 0.25 * length / mean)
    return rarity * count * 2.2 / (count + room)


def _unsaturated(count, length, mean, holders, size):
    rarity = np.log(1 + (size - holders + 0.5) / (holders + 0.5))
    return rarity * count / (0.25 + 0.75 * length / mean)


def _rare_turned(count, length, mean, holders, size):
    rarity = np.log(1 + (holders + 0.5) / (size - holders + 0.5))
    room = 1.2 * (0.25 + 0.75 * length / mean)
    return rarity * count * 2.2 / (count + room)


def _in_bits(count, length, mean, holders, size):
    return adds(count, length, mean, holders, size) / np.log(2)


ADDS = Exercise(
    reference=adds,
    cases=(
        (1, 4.0, 4.0, 1, 3),
        (2, 4.0, 4.0, 2, 5),
        (1, 2.0, 4.0, 4, 5),
        (3, 90.0, 60.0, 40, 10_000),
        (0, 9.0, 5.0, 2, 10),
        (7, 30.0, 45.0, 9_000, 10_000),
        (1, 200.0, 79.0, 1, 10_033),
    ),
    mistakes=(
        Mistake(
            _robertsons,
            "This is Robertson's idf, below 0 for a frequent word. Lucene "
            "adds 1 inside the logarithm.",
        ),
        Mistake(
            _plain_idf,
            "This is the idf of TF-IDF. BM25's compares the texts without "
            "the word with those that have it: "
            "ln(1 + (V − n + 0.5) / (n + 0.5)).",
        ),
        Mistake(
            _without_2_2,
            "Right but for the factor k1 + 1, which is 2.2. (Recent Lucene "
            "leaves it out too: it changes no order.)",
        ),
        Mistake(
            _every_length,
            "You forgot the length: room is k1 times (1 − b + b × length / "
            "mean length).",
        ),
        Mistake(
            _length_alone,
            "This is b = 1. With b = 0.75 a quarter of the room does not "
            "depend on the length.",
        ),
        Mistake(
            _upside_down,
            "You divided the mean by the length: longer texts need more "
            "room, so the length stands on top.",
        ),
        Mistake(
            _b_turned,
            "b and 1 − b are exchanged: 0.75 belongs to the length.",
        ),
        Mistake(
            _unsaturated,
            "Ten times the word counts ten times here. The count stands "
            "below the line too: count × 2.2 / (count + room).",
        ),
        Mistake(
            _rare_turned,
            "Your fraction is upside down: a word that few texts hold must "
            "weigh more.",
        ),
        Mistake(
            _in_bits,
            "Right, in bits. BM25 takes the natural logarithm.",
        ),
    ),
    hints=(
        "Two factors: how rare the word is, and how much of it there is.",
        "room is 1.2 × (0.25 + 0.75 × length / mean); the second factor is "
        "count × 2.2 / (count + room).",
        "The first is np.log(1 + (size - holders + 0.5) / (holders + 0.5)).",
    ),
)

# --- fused: two lists become one ------------------------------------------


def _totals(one, other, size, first=61):
    total = np.zeros(size)
    for ranking in (one, other):
        total[ranking] += 1 / (first + np.arange(len(ranking)))
    return total


def _order(total):
    return np.argsort(-total, kind="stable")


def fused(one, other, size):
    """Return all V = size texts, best first, by reciprocal rank fusion."""
    return _order(_totals(one, other, size))


def _worst_first(one, other, size):
    return np.argsort(_totals(one, other, size), kind="stable")


def _scores(one, other, size):
    return _totals(one, other, size)


def _turned_ties(one, other, size):
    return np.argsort(_totals(one, other, size), kind="stable")[::-1]


def _unsteady(one, other, size):
    return np.argsort(-_totals(one, other, size))


def _unsteady_turned(one, other, size):
    return np.argsort(_totals(one, other, size))[::-1]


def _from_60(one, other, size):
    return _order(_totals(one, other, size, first=60))


def _numbers_as_places(one, other, size):
    total = np.zeros(size)
    for ranking in (one, other):
        total[: len(ranking)] += 1 / (61 + ranking)
    return _order(total)


def _no_sixty(one, other, size):
    return _order(_totals(one, other, size, first=1))


def _sum_of_places(one, other, size):
    total = np.zeros(size)
    for ranking in (one, other):
        place = np.full(size, size)
        place[ranking] = np.arange(len(ranking))
        total += place
    return np.argsort(total, kind="stable")


def _missing_is_last(one, other, size):
    total = np.zeros(size)
    for ranking in (one, other):
        place = np.full(size, len(ranking) + 1.0)
        place[ranking] = np.arange(len(ranking)) + 1
        total += 1 / (60 + place)
    return np.argsort(-total, kind="stable")


def _in_both(one, other, size):
    total = np.zeros((2, size))
    for row, ranking in enumerate((one, other)):
        total[row, ranking] += 1 / (61 + np.arange(len(ranking)))
    return np.argsort(-total.prod(axis=0), kind="stable")


def _best_place(one, other, size):
    total = np.zeros(size)
    for ranking in (one, other):
        total[ranking] = np.maximum(
            total[ranking], 1 / (61 + np.arange(len(ranking)))
        )
    return np.argsort(-total, kind="stable")


_RNG = np.random.default_rng(5)
_LONG = [_RNG.permutation(200)[:n] for n in (120, 60)]

FUSED = Exercise(
    reference=fused,
    cases=(
        (np.array([2, 0, 1]), np.array([2, 1, 0]), 4),
        (np.array([0, 1]), np.array([3, 1]), 5),
        (np.array([4, 3, 2]), np.array([1]), 5),
        (np.array([0, 1, 2, 3, 4, 5]), np.array([3, 5]), 6),
        (np.array([5, 1, 0]), np.array([0, 1, 4]), 7),
        (*_LONG, 200),
        (np.array([2, 4, 1]), np.array([5, 3, 4]), 6),
    ),
    mistakes=(
        Mistake(_worst_first, "The worst comes first: turn the order round."),
        Mistake(_scores, "These are the sums: the texts' order is wanted."),
        Mistake(
            _turned_ties,
            "Right but for texts that are even: reversing an order reverses "
            "them too. Sort the negated sums with kind='stable'.",
        ),
        Mistake(
            _unsteady,
            "Right but for texts that are even: of these the lower number "
            "comes first. Sort with kind='stable'.",
        ),
        Mistake(
            _unsteady_turned,
            "Right but for texts that are even: of these the lower number "
            "comes first. Sort the negated sums with kind='stable'.",
        ),
        Mistake(
            _from_60,
            "Places count from 1: the first text of a list gets 1/61, not "
            "1/60.",
        ),
        Mistake(
            _numbers_as_places,
            "You took the numbers of the texts for their places. A ranking "
            "holds numbers; where a number stands is its place.",
        ),
        Mistake(
            _no_sixty,
            "You took 1 / place: with 60 added, a first place is worth "
            "hardly more than a second, and being in both lists counts.",
        ),
        Mistake(
            _sum_of_places,
            "You added up places: far down, a place would cost as much as "
            "at the top. Add 1 / (60 + place).",
        ),
        Mistake(
            _missing_is_last,
            "Who is not in a list gets nothing from it. You gave it a place "
            "behind the last.",
        ),
        Mistake(
            _in_both,
            "You multiplied: a text that one list lacks falls to nothing. "
            "Add.",
        ),
        Mistake(
            _best_place,
            "You kept the better of the two places: being in both lists "
            "must count more. Add.",
        ),
    ),
    hints=(
        "Start with zeros, one for each of the texts.",
        "For each list add 1/61 to its first text, 1/62 to its second.",
        "Then np.argsort(-total, kind='stable').",
    ),
)

# --- gained: nDCG with the steep gain -------------------------------------


def gained(found, judged, k):
    """Return nDCG@k with gain 2**grade - 1, ideal from all grades judged."""
    best = np.sort(judged)[::-1][:k]
    sums = [
        ((2**grades - 1) / np.log2(2 + np.arange(len(grades)))).sum()
        for grades in (found[:k], best)
    ]
    return sums[0] / sums[1]


def _gains(grades, k, gain=lambda g: 2**g - 1):
    return (gain(grades[:k]) / np.log2(2 + np.arange(len(grades[:k])))).sum()


def _linear(found, judged, k):
    best = np.sort(judged)[::-1]
    return _gains(found, k, lambda g: g) / _gains(best, k, lambda g: g)


def _of_the_found(found, judged, k):
    return _gains(found, k) / _gains(np.sort(found)[::-1], k)


def _of_the_first_k(found, judged, k):
    return _gains(found, k) / _gains(np.sort(found[:k])[::-1], k)


def _uncut_ideal(found, judged, k):
    return _gains(found, k) / _gains(np.sort(judged)[::-1], len(judged))


def _uncut(found, judged, k):
    best = np.sort(judged)[::-1]
    return _gains(found, len(found)) / _gains(best, len(best))


def _unsorted(found, judged, k):
    return _gains(found, k) / _gains(judged, k)


def _no_minus_one(found, judged, k):
    best = np.sort(judged)[::-1]
    return _gains(found, k, lambda g: 2.0**g) / _gains(
        best, k, lambda g: 2.0**g
    )


def _no_discount(found, judged, k):
    best = np.sort(judged)[::-1]
    return (2 ** found[:k] - 1).sum() / (2 ** best[:k] - 1).sum()


def _by_place(found, judged, k):
    a, b = (2 ** g[:k] - 1 for g in (found, np.sort(judged)[::-1]))
    return (a / (1 + np.arange(len(a)))).sum() / (
        b / (1 + np.arange(len(b)))
    ).sum()


def _undivided(found, judged, k):
    return _gains(found, k)


def _by_k(found, judged, k):
    return _gains(found, k) / k


GAINED = Exercise(
    reference=gained,
    cases=(
        (np.array([0, 3, 1]), np.array([3, 1]), 3),
        (np.array([1, 0, 0]), np.array([1, 3, 2]), 3),
        (np.array([2, 1, 0, 0, 3]), np.array([1, 3, 2, 2]), 4),
        (np.array([1, 1]), np.array([1, 1, 1]), 2),
        (np.array([0, 0, 0, 0]), np.array([2]), 4),
        (np.array([0, 2, 0, 1, 3]), np.array([1, 2, 3, 2, 1, 1]), 5),
        (np.array([3, 2, 2, 1, 0, 1]), np.array([2, 3, 2, 1, 1]), 3),
    ),
    mistakes=(
        Mistake(
            _linear,
            "This is the linear gain. Here a grade is worth 2 to its power, "
            "less 1: 3 is worth 7.",
        ),
        Mistake(
            _of_the_found,
            "Your ideal knows only what was found: a search that misses the "
            "best text would be perfect. Take it from judged.",
        ),
        Mistake(
            _of_the_first_k,
            "Your ideal is the first k, put in order: what was missed does "
            "not count. Take it from judged.",
        ),
        Mistake(
            _uncut_ideal,
            "Your ideal shows more than k texts: nobody could reach it. Cut "
            "it at k too.",
        ),
        Mistake(_uncut, "Look at the first k only, in both lists."),
        Mistake(
            _unsorted,
            "judged is in no order: the ideal has the highest grade first.",
        ),
        Mistake(
            _no_minus_one,
            "You left out the −1: a text of grade 0 would be worth 1.",
        ),
        Mistake(
            _no_discount,
            "Places do not count in yours: divide each gain by "
            "log2(1 + place).",
        ),
        Mistake(
            _by_place,
            "You divided by the place: nDCG divides by log2(1 + place), "
            "which is milder.",
        ),
        Mistake(_undivided, "This is the DCG: divide by that of the ideal."),
        Mistake(_by_k, "Divide by the DCG of the ideal list, not by k."),
    ),
    hints=(
        "Write the sum once, as a function of a list of grades.",
        "The ideal list is judged, highest first, cut at k.",
        "Place 1 has the discount log2(2) = 1, place 2 has log2(3).",
    ),
)

EXERCISES = {"mrr": MRR, "adds": ADDS, "fused": FUSED, "gained": GAINED}
