"""Exercises of chapters/rotation.ipynb."""

import numpy as np

from embook.check import Exercise, Mistake

# --- turn: one row at one place -------------------------------------------


def turn(x, place, base):
    """Return x (W,), its pairs (i, i + W / 2) turned as RoPE does there."""
    width = len(x)
    if width % 2:
        raise ValueError(f"x has {width} numbers: an even number is needed")
    angles = place * base ** (-np.arange(0, width, 2) / width)
    a, b = x[: width // 2], x[width // 2 :]
    one = a * np.cos(angles) - b * np.sin(angles)
    two = a * np.sin(angles) + b * np.cos(angles)
    return np.concatenate([one, two])


def _by_angles(x, angles):
    a, b = x[: len(x) // 2], x[len(x) // 2 :]
    one = a * np.cos(angles) - b * np.sin(angles)
    two = a * np.sin(angles) + b * np.cos(angles)
    return np.concatenate([one, two])


def _neighbours(x, place, base):
    pairs = turn(np.concatenate([x[::2], x[1::2]]), place, base)
    return pairs.reshape(2, -1).T.ravel()


def _back(x, place, base):
    return turn(x, -place, base)


def _same_for_all(x, place, base):
    return _by_angles(x, np.full(len(x) // 2, place))


def _slow(x, place, base):
    return _by_angles(x, place * base ** (-np.arange(len(x) // 2) / len(x)))


def _fast_last(x, place, base):
    width = len(x)
    return _by_angles(
        x, place * base ** (-np.arange(0, width, 2) / width)[::-1]
    )


def _growing(x, place, base):
    width = len(x)
    return _by_angles(x, place * base ** (np.arange(0, width, 2) / width))


def _degrees(x, place, base):
    width = len(x)
    angles = place * base ** (-np.arange(0, width, 2) / width)
    return _by_angles(x, np.deg2rad(angles))


def _from_one(x, place, base):
    return turn(x, place + 1, base)


def _added(x, place, base):
    angles = place * base ** (-np.arange(0, len(x), 2) / len(x))
    return x + np.concatenate([np.sin(angles), np.cos(angles)])


def _overwritten(x, place, base):
    half, y = len(x) // 2, np.array(x, dtype=float)
    angles = place * base ** (-np.arange(0, len(x), 2) / len(x))
    y[:half] = y[:half] * np.cos(angles) - y[half:] * np.sin(angles)
    y[half:] = y[:half] * np.sin(angles) + y[half:] * np.cos(angles)
    return y


def _odd_kept(x, place, base):
    if len(x) % 2:
        return np.append(turn(x[:-1], place, base), x[-1])
    return turn(x, place, base)


TURN = Exercise(
    reference=turn,
    cases=(
        (np.array([3.0, 4.0]), 1, 10_000.0),
        (np.array([3.0, 1.0, 4.0, 2.0]), 5, 10_000.0),
        (np.array([1.0, -2.0, 0.5, 3.0, 2.0, -1.0]), 2, 100.0),
        (np.array([3.0, 1.0, 4.0, 2.0]), 0, 10_000.0),
        (np.ones(8), 40, 100_000.0),
        (np.array([1.0, 0.0, 0.0, 1.0]), 7, 50.0),
        (np.array([1.0, 2.0, 3.0]), 1, 10_000.0),
    ),
    mistakes=(
        Mistake(
            _neighbours,
            "You paired neighbours: that is the interleaved kind. Here "
            "number i goes with number i + W / 2.",
        ),
        Mistake(
            _back,
            "You turned clockwise. The first of a pair is a cos − b sin, the "
            "second a sin + b cos.",
        ),
        Mistake(
            _same_for_all,
            "All pairs turn by the same angle. Pair i turns by place / "
            "base^(2i / W): the first fast, the last slowly.",
        ),
        Mistake(
            _slow,
            "The exponent is 2i / W, with i from 0: you left out the 2, and "
            "only the first pair has its speed.",
        ),
        Mistake(
            _fast_last,
            "The fast pair is the first: you gave out the angles from the "
            "wrong end.",
        ),
        Mistake(
            _growing,
            "Your angles grow from pair to pair: the exponent needs a minus.",
        ),
        Mistake(
            _degrees,
            "The angles are in radians already: np.cos takes them as they "
            "are.",
        ),
        Mistake(
            _from_one,
            "You count places from 1. At place 0 nothing turns.",
        ),
        Mistake(
            _added,
            "You added waves to the row, as sinusoidal positions do. RoPE "
            "adds nothing: it turns, and keeps the length.",
        ),
        Mistake(
            _overwritten,
            "The second half is made from a first half that is turned "
            "already. Keep the old a until both are done.",
        ),
        Mistake(
            _odd_kept,
            "Right, but an odd row leaves one number without a partner: "
            "raise a ValueError.",
        ),
    ),
    hints=(
        "Cut x in the middle: a is the first half, b the second.",
        "Pair i turns by place * base ** (-2 * i / W), in radians.",
        "Put a cos − b sin and a sin + b cos after each other.",
    ),
)

# --- fog: ALiBi's numbers for one head --------------------------------------


def fog(length, head, heads):
    """Return what ALiBi adds (T, T) in head 1 to H; later keys get -inf."""
    apart = np.arange(length)[:, None] - np.arange(length)
    slope = 2.0 ** (-8 * head / heads)
    return np.where(apart < 0, -np.inf, -slope * apart)


def _rises(length, head, heads):
    bias = fog(length, head, heads)
    return np.where(bias == -np.inf, bias, -bias)


def _seen_later(length, head, heads):
    apart = np.arange(length)[:, None] - np.arange(length)
    return -(2.0 ** (-8 * head / heads)) * np.abs(apart)


def _later_higher(length, head, heads):
    apart = np.arange(length)[:, None] - np.arange(length)
    return -(2.0 ** (-8 * head / heads)) * apart


def _head_from_zero(length, head, heads):
    return fog(length, head - 1, heads)


def _wrong_end(length, head, heads):
    return fog(length, heads + 1 - head, heads)


def _eight_forgotten(length, head, heads):
    apart = np.arange(length)[:, None] - np.arange(length)
    return np.where(apart < 0, -np.inf, -(2.0**-head) * apart)


def _for_four_heads(length, head, heads):
    apart = np.arange(length)[:, None] - np.arange(length)
    return np.where(apart < 0, -np.inf, -(4.0**-head) * apart)


def _own_power(length, head, heads):
    apart = np.arange(length)[:, None] - np.arange(length)
    return np.where(apart < 0, -np.inf, -(float(heads) ** -head) * apart)


def _turned_round(length, head, heads):
    return fog(length, head, heads).T


def _multiplies(length, head, heads):
    apart = np.arange(length)[:, None] - np.arange(length)
    slope = 2.0 ** (-8 * head / heads)
    return np.where(apart < 0, -np.inf, slope ** np.maximum(apart, 0))


FOG = Exercise(
    reference=fog,
    cases=(
        (3, 1, 2),
        (4, 2, 2),
        (5, 3, 8),
        (4, 8, 8),
        (6, 1, 4),
        (1, 1, 4),
        (2, 5, 16),
    ),
    mistakes=(
        Mistake(
            _rises,
            "Your far keys gain: the distance is taken off the score.",
        ),
        Mistake(
            _seen_later,
            "Keys that come later are still to be seen: give them -np.inf.",
        ),
        Mistake(
            _later_higher,
            "Keys that come later get a bonus: they must get -np.inf.",
        ),
        Mistake(
            _head_from_zero,
            "The heads count from 1: the first of H has the slope "
            "2^(−8 / H), not 1.",
        ),
        Mistake(
            _wrong_end,
            "The first head has the steepest slope: you counted from the "
            "other end.",
        ),
        Mistake(
            _eight_forgotten,
            "This is 2^−head: right for 8 heads alone. The last head always "
            "ends at 2^−8.",
        ),
        Mistake(
            _for_four_heads,
            "This is 4^−head: right for 4 heads alone. Head h of H takes "
            "2^(−8h / H).",
        ),
        Mistake(
            _own_power,
            "This is heads^−head: right for 4 heads alone. Head h of H "
            "takes 2^(−8h / H).",
        ),
        Mistake(
            _turned_round,
            "Rows are queries and columns are keys: yours are exchanged.",
        ),
        Mistake(
            _multiplies,
            "You gave a factor for each place. ALiBi adds to the score, and "
            "softmax makes the factor of it.",
        ),
    ),
    hints=(
        "Two things: how far each key stands before each query, and a slope.",
        "The slope of head h of H is 2 ** (-8 * h / H).",
        "-slope * (i - j) where j ≤ i, and -np.inf elsewhere.",
    ),
)

# --- bucket: one distance --------------------------------------------------


def bucket(distance, count, longest):
    """Return T5's bucket of a distance from 0 on, for a decoder."""
    near = count // 2
    if distance < near:
        return distance
    part = np.log(distance / near) / np.log(longest / near)
    return int(min(near + part * (count - near), count - 1))


def _no_end(distance, count, longest):
    near = count // 2
    if distance < near:
        return distance
    grow = np.log(distance / near) / np.log(longest / near)
    return int(near + grow * (count - near))


def _rounded(distance, count, longest):
    near = count // 2
    if distance < near:
        return distance
    grow = np.log(distance / near) / np.log(longest / near)
    return int(min(near + np.rint(grow * (count - near)), count - 1))


def _straight(distance, count, longest):
    near = count // 2
    if distance < near:
        return distance
    part = (distance - near) / (longest - near)
    return int(min(near + part * (count - near), count - 1))


def _all_exact(distance, count, longest):
    return min(distance, count - 1)


def _all_logs(distance, count, longest):
    part = np.log(max(distance, 1)) / np.log(longest)
    return int(min(part * count, count - 1))


def _near_missing(distance, count, longest):
    near = count // 2
    if distance < near:
        return distance
    return bucket(distance, count, longest) - near


def _off_by_one(distance, count, longest):
    near = count // 2
    if distance < near:
        return distance
    grow = np.log(distance / near) / np.log(longest / near)
    return int(min(near + grow * (count - near), count))


BUCKET = Exercise(
    reference=bucket,
    cases=(
        (3, 32, 128),
        (15, 32, 128),
        (16, 32, 128),
        (20, 32, 128),
        (50, 32, 128),
        (127, 32, 128),
        (128, 32, 128),
        (5000, 32, 128),
        (0, 8, 12),
        (7, 8, 12),
        (11, 8, 20),
        (100, 64, 400),
    ),
    mistakes=(
        Mistake(
            _no_end,
            "Beyond the longest distance there is no new bucket: take "
            "count − 1 at most.",
        ),
        Mistake(
            _off_by_one,
            "The buckets are numbered from 0: the last is count − 1.",
        ),
        Mistake(
            _rounded,
            "You rounded. A bucket begins where its number is reached: cut "
            "the fraction off.",
        ),
        Mistake(
            _straight,
            "Your wide buckets are all of one size. They grow: use "
            "logarithms.",
        ),
        Mistake(
            _all_exact,
            "Every distance has a bucket of its own until none is left. Only "
            "the first half of the buckets is so narrow.",
        ),
        Mistake(
            _all_logs,
            "Short distances share buckets here. The first half of the "
            "buckets holds one distance each.",
        ),
        Mistake(
            _near_missing,
            "The wide buckets come after the narrow ones: add count / 2.",
        ),
    ),
    hints=(
        "Below count / 2, a distance is its own bucket.",
        "Ask how far log(distance) has come from log(count / 2) to "
        "log(longest), as a part between 0 and 1.",
        "count / 2 plus that part of the other half, cut off, and at most "
        "count − 1.",
    ),
)

# --- convert: weights for the other kind of pairs --------------------------


def convert(weights, heads):
    """Return weights (D, H W) of neighbour pairs for code that takes halves.

    The columns of each head are its W numbers.
    """
    cut = weights.reshape(len(weights), heads, -1, 2)
    return cut.swapaxes(2, 3).reshape(weights.shape)


def _nothing(weights, heads):
    return weights


def _one_head(weights, heads):
    return convert(weights, 1)


def _other_way(weights, heads):
    width = weights.shape[1]
    each = width // heads
    cut = weights.reshape(len(weights), heads, 2, each // 2)
    return cut.swapaxes(2, 3).reshape(len(weights), width)


def _rows(weights, heads):
    if len(weights) % 2 or len(weights) % heads:
        return weights
    return convert(weights.T, heads).T


def _swapped(weights, heads):
    cut = weights.reshape(len(weights), heads, 2, -1)
    return cut[:, :, ::-1].reshape(weights.shape)


def _mirrored(weights, heads):
    cut = weights.reshape(len(weights), heads, -1, 2)
    return cut[..., ::-1].swapaxes(2, 3).reshape(weights.shape)


def _heads_mixed(weights, heads):
    cut = weights.reshape(len(weights), -1, heads)
    return convert(cut.swapaxes(1, 2).reshape(weights.shape), heads)


_RNG = np.random.default_rng(4)

CONVERT = Exercise(
    reference=convert,
    cases=tuple(
        (_RNG.integers(-9, 10, (rows, heads * each)).astype(float), heads)
        for rows, heads, each in (
            (1, 1, 6),
            (4, 2, 6),
            (8, 2, 8),
            (12, 3, 4),
            (6, 1, 8),
            (3, 2, 2),
        )
    ),
    mistakes=(
        Mistake(
            _nothing,
            "The weights are as they were: the two kinds of pairs would mix, "
            "without an error.",
        ),
        Mistake(
            _one_head,
            "You treated all columns as one head. Each head has pairs of its "
            "own: regroup inside each.",
        ),
        Mistake(
            _other_way,
            "This is the way back, from halves to neighbours. Wanted is 0, "
            "2, 4, … and then 1, 3, 5, … of each head.",
        ),
        Mistake(
            _rows,
            "You moved the rows. A row belongs to a number of the input; the "
            "columns are the numbers of q or k.",
        ),
        Mistake(
            _swapped,
            "You exchanged the halves of each head. The first numbers of all "
            "pairs come first, then the second ones.",
        ),
        Mistake(
            _mirrored,
            "The second of each pair came before the first: that turns the "
            "other way round.",
        ),
        Mistake(
            _heads_mixed,
            "A head's columns stand side by side: you took every H-th.",
        ),
    ),
    hints=(
        "Cut the columns into H blocks of W, one for each head.",
        "Within a block take columns 0, 2, 4, … first, then 1, 3, 5, …",
        "weights.reshape(D, H, W / 2, 2), exchange the last two axes, and "
        "back to (D, H W).",
    ),
)

EXERCISES = {
    "turn": TURN,
    "fog": FOG,
    "bucket": BUCKET,
    "convert": CONVERT,
}
