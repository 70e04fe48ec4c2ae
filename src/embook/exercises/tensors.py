"""Exercises of chapters/tensors.ipynb."""

import math

import numpy as np

from embook import tensors
from embook.check import Exercise, Mistake

# --- model_bytes: a list of shapes and the name of a dtype ----------------


_KNOWN = ("float32", "float16", "bfloat16", "int8")


def model_bytes(shapes, dtype):
    """Return the bytes of all tensors of a model together.

    Raises ValueError unless dtype is one of four names, and on a size
    below 0.
    """
    if dtype not in _KNOWN:
        raise ValueError(f"dtype is {dtype!r}: {_KNOWN} are allowed")
    return sum(tensors.nbytes(shape, dtype) for shape in shapes)


def _numbers(shapes, dtype):
    return model_bytes(shapes, dtype) // tensors.BYTES[dtype]


def _bits(shapes, dtype):
    return 8 * model_bytes(shapes, dtype)


def _sizes_added(shapes, dtype):
    model_bytes(shapes, dtype)
    return sum(sum(shape) for shape in shapes) * tensors.BYTES[dtype]


def _sizes_added_unchecked(shapes, dtype):
    if dtype not in _KNOWN:
        raise ValueError(dtype)
    return sum(sum(shape) for shape in shapes) * tensors.BYTES[dtype]


def _lengths(shapes, dtype):
    model_bytes(shapes, dtype)
    rows = sum(shape[0] if shape else 1 for shape in shapes)
    return rows * tensors.BYTES[dtype]


def _first_tensor(shapes, dtype):
    model_bytes(shapes, dtype)
    return model_bytes(shapes[:1], dtype)


def _shapes_multiplied(shapes, dtype):
    model_bytes(shapes, dtype)
    return math.prod(map(math.prod, shapes)) * tensors.BYTES[dtype]


def _always_float32(shapes, dtype):
    model_bytes(shapes, dtype)
    return model_bytes(shapes, "float32")


def _no_scalars(shapes, dtype):
    return model_bytes([shape for shape in shapes if shape], dtype)


def _any_size(shapes, dtype):
    if dtype not in _KNOWN:
        raise ValueError(dtype)
    return sum(map(math.prod, shapes)) * tensors.BYTES[dtype]


def _any_dtype(shapes, dtype):
    return model_bytes(shapes, dtype if dtype in _KNOWN else "float32")


def _more_dtypes(shapes, dtype):
    return sum(tensors.nbytes(shape, dtype) for shape in shapes)


def _looked_up(shapes, dtype):
    four = {name: tensors.BYTES[name] for name in _KNOWN}
    return sum(map(tensors.size, shapes)) * four[dtype]


def _looked_up_unchecked(shapes, dtype):
    four = {name: tensors.BYTES[name] for name in _KNOWN}
    return sum(map(math.prod, shapes)) * four[dtype]


MODEL_BYTES = Exercise(
    reference=model_bytes,
    cases=(
        ([(50_000, 768)], "float32"),
        ([(50_000, 4096)], "float16"),
        ([(49_152, 576), (576,)], "int8"),
        ([(2, 3), (4,), ()], "bfloat16"),
        ([(2, 3, 4), (3, 0), (5, 1)], "float32"),
        ([(2, 3), (4,)], "float8"),
        ([(2, 3), (4,)], "float64"),
        ([(2, 3), (4, -1)], "int8"),
    ),
    mistakes=(
        Mistake(
            _numbers,
            "You counted the numbers: multiply by the bytes of one.",
        ),
        Mistake(_bits, "You counted bits: eight of them are one byte."),
        Mistake(
            _sizes_added,
            "You added the sizes of a shape: 50,000 rows of 768 numbers "
            "are 50,000 times 768. Multiply them.",
        ),
        Mistake(
            _sizes_added_unchecked,
            "You added the sizes of a shape: 50,000 rows of 768 numbers "
            "are 50,000 times 768. Multiply them, and refuse a negative one.",
        ),
        Mistake(
            _lengths,
            "You counted the entries of the first axis only, as len does: "
            "multiply the sizes of all axes.",
        ),
        Mistake(
            _shapes_multiplied,
            "You multiplied the tensors with one another: within a shape "
            "multiply, but over the tensors add up.",
        ),
        Mistake(
            _first_tensor,
            "Only the first tensor is counted: add up all of them.",
        ),
        Mistake(
            _always_float32,
            "Four bytes a number are right for float32 alone: look the "
            "dtype up.",
        ),
        Mistake(
            _no_scalars,
            "A tensor of shape () holds one number, not none: math.prod(()) "
            "is 1.",
        ),
        Mistake(
            _any_size,
            "Right, but for a negative size, which no tensor has: raise a "
            "ValueError.",
        ),
        Mistake(
            _any_dtype,
            "Right, but for a dtype that you do not know: to guess its "
            "bytes gives a wrong bill. Raise a ValueError.",
        ),
        Mistake(
            _more_dtypes,
            "Right, but for a dtype besides the four: raise a ValueError, "
            "even if you know how many bytes it takes.",
        ),
        Mistake(
            _looked_up,
            "Right, but for an unknown dtype: a dictionary answers with a "
            "KeyError, and a ValueError that names the dtype is wanted.",
        ),
        Mistake(
            _looked_up_unchecked,
            "Right while the dtype is known and no size is negative: raise "
            "a ValueError for both before you multiply.",
        ),
    ),
    hints=(
        "How many numbers has a tensor of shape (2, 3, 4)?",
        "For each shape: the product of its sizes, times the bytes of one "
        "number.",
        "Check the dtype and every size, then return "
        "sum(math.prod(shape) for shape in shapes) * bytes of one.",
    ),
)

# --- mean_error: truth (N,), guess (N,) or (N, 1) -------------------------


def mean_error(truth, guess):
    """Return how far guess (N,) or (N, 1) is from truth (N,), on average."""
    if guess.shape not in ((len(truth),), (len(truth), 1)):
        raise ValueError(f"guess has shape {guess.shape}")
    return np.abs(truth - np.reshape(guess, len(truth))).mean()


def _all_pairs(truth, guess):
    mean_error(truth, guess)
    return np.abs(truth - guess).mean()


def _the_bare_line(truth, guess):
    return np.abs(truth - guess).mean()


def _squeezed(truth, guess):
    guess = guess.squeeze()
    if guess.shape != truth.shape:
        raise ValueError(guess.shape)
    return np.abs(truth - guess).mean()


def _asserted(truth, guess):
    assert guess.shape in ((len(truth),), (len(truth), 1))
    return mean_error(truth, guess)


def _signed(truth, guess):
    mean_error(truth, guess)
    return (truth - np.reshape(guess, len(truth))).mean()


def _squared(truth, guess):
    mean_error(truth, guess)
    return ((truth - np.reshape(guess, len(truth))) ** 2).mean()


def _root(truth, guess):
    return np.sqrt(_squared(truth, guess))


def _largest(truth, guess):
    mean_error(truth, guess)
    return np.abs(truth - np.reshape(guess, len(truth))).max()


def _total(truth, guess):
    return mean_error(truth, guess) * len(truth)


def _of_means(truth, guess):
    mean_error(truth, guess)
    return abs(truth.mean() - guess.mean())


def _first_guess(truth, guess):
    mean_error(truth, guess)
    return np.abs(truth - guess.ravel()[0]).mean()


def _any_shape(truth, guess):
    return np.abs(truth - guess.ravel()).mean()


def _any_of_that_size(truth, guess):
    return mean_error(truth, guess.ravel())


def _columns_refused(truth, guess):
    if guess.ndim == 2:
        raise ValueError(guess.shape)
    return mean_error(truth, guess)


MEAN_ERROR = Exercise(
    reference=mean_error,
    cases=(
        (np.array([3.0, 1.0, 8.0]), np.array([1.0, 2.0, 5.0])),
        (np.array([3.0, 1.0, 8.0]), np.array([[1.0], [2.0], [5.0]])),
        (np.array([1.0, 2.0, 3.0, 4.0]), np.arange(4.0)[::-1]),
        (np.array([5.0]), np.array([[7.0]])),
        (np.array([3.0, 1.0, 8.0]), np.array([2.0])),
        (np.array([3.0, 1.0]), np.array([[1.0, 2.0]])),
        (np.array([3.0, 1.0]), np.array([1.0, 2.0, 3.0])),
        (np.array([3.0, 1.0]), np.array([[[1.0]], [[2.0]]])),
    ),
    mistakes=(
        Mistake(
            _all_pairs,
            "A column of guesses is compared with every truth, all pairs: "
            "(N,) minus (N, 1) is (N, N). Flatten the guesses first.",
        ),
        Mistake(
            _the_bare_line,
            "This is the line of the case itself. A column of guesses is "
            "compared with every truth, all pairs: (N,) minus (N, 1) is "
            "(N, N). Look at the shapes first, and flatten the column.",
        ),
        Mistake(
            _signed,
            "Too much and too little cancel: take the absolute values "
            "before the mean.",
        ),
        Mistake(
            _squared,
            "You squared the differences: their absolute values are wanted.",
        ),
        Mistake(
            _root,
            "This is the root of the mean square, in which large errors "
            "count more: take the mean of the absolute values.",
        ),
        Mistake(_largest, "This is the largest error: take the mean."),
        Mistake(_total, "This is the sum of the errors: divide by N."),
        Mistake(
            _of_means,
            "You compared two means: guesses that are all wrong can have "
            "the right mean. Subtract place by place first.",
        ),
        Mistake(
            _first_guess,
            "Every truth is compared with the first guess: each has one of "
            "its own.",
        ),
        Mistake(
            _any_shape,
            "Right for N guesses. One guess would be stretched over all "
            "truths in silence: raise a ValueError unless there are N.",
        ),
        Mistake(
            _any_of_that_size,
            "A row (1, N) is no column (N, 1), even if it holds as many "
            "numbers: raise a ValueError.",
        ),
        Mistake(
            _squeezed,
            "squeeze drops every axis of size 1: that makes one guess a "
            "number without axes, and lets other shapes pass. Allow (N,) and "
            "(N, 1), no others.",
        ),
        Mistake(
            _asserted,
            "Right, but an assert raises an AssertionError, and Python can "
            "be told to skip it: raise a ValueError.",
        ),
        Mistake(
            _columns_refused,
            "A column of shape (N, 1) is allowed: flatten it.",
        ),
    ),
    hints=(
        "Look at guess.shape before you subtract.",
        "guess.reshape(-1) turns (N, 1) into (N,).",
        "Unless guess.shape is (N,) or (N, 1), raise ValueError; else the "
        "mean of np.abs(truth - guess.reshape(-1)).",
    ),
)

# --- broadcast: two shapes -------------------------------------------------


def broadcast(a, b):
    """Return the shape of the sum of two tensors, or raise ValueError."""
    return tensors.broadcast(a, b)


def _from_the_left(a, b):
    n = max(len(a), len(b))
    return broadcast(a + (1,) * (n - len(a)), b + (1,) * (n - len(b)))


def _highest(a, b):
    n = max(len(a), len(b))
    a, b = (1,) * (n - len(a)) + a, (1,) * (n - len(b)) + b
    return tuple(map(max, a, b))


def _zero_lost(a, b):
    broadcast(a, b)
    return _highest(a, b)


def _larger_of_two(a, b):
    n = max(len(a), len(b))
    a, b = (1,) * (n - len(a)) + a, (1,) * (n - len(b)) + b
    if any(i != j and 1 not in (i, j) for i, j in zip(a, b, strict=True)):
        raise ValueError(a)
    return tuple(map(max, a, b))


def _from_the_left_unchecked(a, b):
    n = max(len(a), len(b))
    return _larger_of_two(a + (1,) * (n - len(a)), b + (1,) * (n - len(b)))


def _cut_to_the_shorter(a, b):
    n = min(len(a), len(b))
    return _fitted(a[len(a) - n :], b[len(b) - n :])


def _fitted(a, b):
    n = max(len(a), len(b))
    a, b = (1,) * (n - len(a)) + a, (1,) * (n - len(b)) + b
    if any(i != j and 1 not in (i, j) for i, j in zip(a, b, strict=True)):
        raise ValueError(a)
    return tuple(j if i == 1 else i for i, j in zip(a, b, strict=True))


def _same_rank_only(a, b):
    if len(a) != len(b):
        raise ValueError(a)
    return broadcast(a, b)


def _no_stretching(a, b):
    n = min(len(a), len(b))
    if a[len(a) - n :] != b[len(b) - n :]:
        raise ValueError(a)
    return broadcast(a, b)


def _any_sign(a, b):
    if -1 in a:
        return a
    return broadcast(a, b)


def _longer(a, b):
    broadcast(a, b)
    return a if len(a) >= len(b) else b


def _one_sided(a, b):
    if broadcast(a, b) != (1,) * (len(a) - len(b)) + a and len(a) >= len(b):
        raise ValueError(a)
    return broadcast(a, b)


BROADCAST = Exercise(
    reference=broadcast,
    cases=(
        ((5, 3), (3,)),
        ((4,), (4, 1)),
        ((2, 1, 3), (5, 1)),
        ((), (2, 3)),
        ((6, 2), (6, 2)),
        ((0, 3), (1, 3)),
        ((5, 3), (5,)),
        ((2, 3), (4, 3)),
        ((2, 4), (2, 2)),
        ((2, -1), (1,)),
    ),
    mistakes=(
        Mistake(
            _from_the_left,
            "You lined the shapes up at their first axes: line them up at "
            "their last.",
        ),
        Mistake(
            _highest,
            "You took the larger size whatever the other is: only a 1 is "
            "stretched. Refuse two different sizes when neither is 1.",
        ),
        Mistake(
            _larger_of_two,
            "Right, but for two things: a 1 beside a 0 becomes 0, so the "
            "larger of the two is not always the answer, and a negative "
            "size is refused.",
        ),
        Mistake(
            _from_the_left_unchecked,
            "You lined the shapes up at their first axes: line them up at "
            "their last. And refuse negative sizes.",
        ),
        Mistake(
            _cut_to_the_shorter,
            "You stopped where the shorter shape ends: the axes that only "
            "the longer one has stay in the answer.",
        ),
        Mistake(
            _zero_lost,
            "Right, but for a size of 0: a 1 is stretched to the other size, "
            "whatever that is, so it shrinks to 0.",
        ),
        Mistake(
            _same_rank_only,
            "Shapes of different rank are allowed: put ones in front of "
            "the shorter.",
        ),
        Mistake(
            _no_stretching,
            "Sizes may differ if one of them is 1: that axis is stretched.",
        ),
        Mistake(
            _any_sign,
            "Right, but for a negative size, which no tensor has: raise a "
            "ValueError.",
        ),
        Mistake(
            _longer,
            "The longer shape is not the answer if one of its sizes is 1 "
            "and is stretched: build the answer axis by axis.",
        ),
        Mistake(
            _one_sided,
            "Either of the two may be stretched, and both at once on "
            "different axes: (4,) and (4, 1) give (4, 4).",
        ),
    ),
    hints=(
        "Put ones in front of the shorter shape until both are as long.",
        "Now go over pairs of sizes, with zip.",
        "If m == 1 the size is n; if n == 1 or m == n it is m; else raise "
        "ValueError.",
    ),
)

# --- scores: x (B, T, D) against table (V, D) -----------------------------


def scores(x, table):
    """Return x (B, T, D) against the rows of table (V, D), as (B, T, V)."""
    return tensors.contract(x, table)


def _checked(x, table, pattern):
    scores(x, table)
    return np.einsum(pattern, x, table)


def _swapped(x, table):
    return _checked(x, table, "btd,vd->bvt")


def _over_positions(x, table):
    return _checked(x, table, "btd,vd->bv")


def _over_texts(x, table):
    return _checked(x, table, "btd,vd->tv")


def _not_added(x, table):
    return _checked(x, table, "btd,vd->btvd")


def _columns(x, table):
    scores(x, table)
    return x @ table


def _means(x, table):
    return scores(x, table) / table.shape[1]


def _first_text(x, table):
    return scores(x, table)[0]


def _ones_stretch(x, table):
    return np.einsum("btd,vd->btv", x, table)


def _no_new_axis(x, table):
    if x.shape[-1] != table.shape[-1]:
        raise ValueError(x.shape)
    return (x * table).sum(axis=-1)


_SIX = np.array([[2.0, 1.0, 0.0], [1.0, -1.0, 3.0], [0.0, 4.0, 1.0]])

SCORES = Exercise(
    reference=scores,
    cases=(
        (np.arange(12.0).reshape(2, 2, 3), _SIX),
        (np.arange(24.0).reshape(2, 4, 3) % 5, _SIX[:2]),
        (np.ones((1, 1, 3)), _SIX[:1]),
        (np.arange(3.0).reshape(3, 1, 1), np.array([[2.0], [-1.0]])),
        (np.ones((2, 2, 4)), _SIX),
        (np.ones((2, 2, 1)), _SIX),
    ),
    mistakes=(
        Mistake(
            _columns,
            "You met the columns of the table: its rows are wanted, so "
            "transpose it, or write the letters vd.",
        ),
        Mistake(
            _swapped,
            "The last two axes changed places: the answer is (B, T, V).",
        ),
        Mistake(
            _over_positions,
            "You added up over the positions too: the letter t must stand "
            "on the right.",
        ),
        Mistake(
            _over_texts,
            "You added up over the texts too: the letter b must stand on "
            "the right.",
        ),
        Mistake(
            _not_added,
            "The products are not added up yet: the letter d must not "
            "stand on the right.",
        ),
        Mistake(
            _no_new_axis,
            "You let the positions meet the rows of the table, one each: "
            "every position wants all rows. Make room for them, with "
            "x[:, :, None, :], or contract with einsum.",
        ),
        Mistake(_means, "This is the mean of the products: add them up."),
        Mistake(
            _first_text,
            "Only the first text is there: the answer has three axes.",
        ),
        Mistake(
            _ones_stretch,
            "Right, but for rows of one number against rows of three: the "
            "one is stretched in silence. Raise a ValueError.",
        ),
    ),
    hints=(
        "Name the axes: b, t, d and v, d. Which letter is missing from the "
        "answer?",
        "Four nested loops will do; so will np.einsum.",
        "If x.shape[-1] != table.shape[-1] raise ValueError, then "
        'np.einsum("btd,vd->btv", x, table).',
    ),
)

# --- int8_rows: x (N, D) through int8 and back ----------------------------


def int8_rows(x):
    """Return x (N, D) as it comes back from int8, with one scale a row."""
    whole, scale = tensors.to_int8(x)
    return whole * scale


def _packed(x, top, steps=127, rounded=np.rint):
    tensors.to_int8(x)
    scale = top / steps
    with np.errstate(all="ignore"):
        return rounded(x / scale).astype(np.int64).astype(np.int8) * scale


def _row_top(x):
    top = np.abs(x).max(axis=1, keepdims=True)
    return np.where(top == 0, 1, top)


def _one_scale(x):
    return _packed(x, np.abs(x).max())


def _column_scale(x):
    top = np.abs(x).max(axis=0, keepdims=True)
    return _packed(x, np.where(top == 0, 1, top))


def _cut(x):
    return _packed(x, _row_top(x), rounded=np.trunc)


def _floor(x):
    return _packed(x, _row_top(x), rounded=np.floor)


def _wraps(x):
    return _packed(x, _row_top(x), steps=128)


def _signed_top(x):
    return _packed(x, np.where(x.any(1), x.max(axis=1), 1)[:, None])


def _uncast(x, top, steps=127):
    if not np.isfinite(x).all():
        raise ValueError("NaN or infinity")
    scale = np.where(top == 0, 1, top) / steps
    return np.rint(x / scale) * scale


def _steps_128(x):
    return _uncast(x, _row_top(x), steps=128)


def _signed_top_uncast(x):
    return _uncast(x, x.max(axis=1, keepdims=True))


def _nothing_checked(x):
    scale = np.abs(x).max(axis=1, keepdims=True) / 127
    return np.rint(x / scale) * scale


def _scales_in_a_line(x):
    scale = np.abs(x).max(axis=1) / 127
    return np.rint(x / scale) * scale


def _nan_stays(x):
    scale = _row_top(x) / 127
    return np.rint(x / scale) * scale


def _whole_numbers(x):
    return tensors.to_int8(x)[0]


def _zeros_are_nan(x):
    out = int8_rows(x)
    out[~x.any(axis=1)] = np.nan
    return out


def _untouched(x):
    tensors.to_int8(x)
    return x


def _nan_passes(x):
    return int8_rows(np.nan_to_num(x))


INT8_ROWS = Exercise(
    reference=int8_rows,
    cases=(
        (np.array([[127.0, 2.4, -64.7], [12.7, -3.14, 0.26]]),),
        (np.array([[3.0, -1.0, 0.1], [0.03, 0.01, 0.02]]),),
        (np.array([[1.0, -2.0, 0.3], [-5.0, -1.0, -0.7]]),),
        (np.array([[0.0, 0.0], [1.0, 0.3]]),),
        (np.array([[0.9, 0.4, 0.2, 0.1]]),),
        (np.array([[1.0, np.nan]]),),
    ),
    mistakes=(
        Mistake(
            _one_scale,
            "One scale serves the whole table: a row of small numbers is "
            "left with few steps. Give each row its own.",
        ),
        Mistake(
            _column_scale,
            "You gave each column a scale: each row is to have one "
            "(axis=1, keepdims=True).",
        ),
        Mistake(
            _cut,
            "You cut off what is after the point, as astype does: round "
            "first, with np.rint.",
        ),
        Mistake(
            _floor,
            "You rounded down: round to the nearest, with np.rint.",
        ),
        Mistake(
            _wraps,
            "With 128 steps the largest number becomes 128, which int8 "
            "turns into −128: divide by 127.",
        ),
        Mistake(
            _signed_top,
            "The largest number of a row may be a negative one: take the "
            "maximum of the absolute values.",
        ),
        Mistake(
            _steps_128,
            "With 128 steps the largest number becomes 128, and int8 ends "
            "at 127: divide by 127.",
        ),
        Mistake(
            _signed_top_uncast,
            "The largest number of a row, signs aside, may be a negative "
            "one: take the maximum of np.abs.",
        ),
        Mistake(
            _nothing_checked,
            "Right for most rows. A row of zeros has the scale 0, and 0 / 0 "
            "is NaN; and NaN itself must be refused with a ValueError.",
        ),
        Mistake(
            _scales_in_a_line,
            "Your scales are (N,), and they are lined up with the columns: "
            "keepdims=True makes them (N, 1), one a row.",
        ),
        Mistake(
            _nan_stays,
            "Right, but for NaN, which went through as it came: raise a "
            "ValueError.",
        ),
        Mistake(
            _whole_numbers,
            "These are the whole numbers: multiply them by their row's "
            "scale to come back.",
        ),
        Mistake(
            _zeros_are_nan,
            "Right, but for a row of zeros: 0 / 0 is NaN. Give it any "
            "scale above 0.",
        ),
        Mistake(
            _untouched,
            "Nothing was rounded: the numbers must pass through whole "
            "numbers from −127 to 127.",
        ),
        Mistake(
            _nan_passes,
            "Right, but for NaN, which no whole number stands for: raise a "
            "ValueError.",
        ),
    ),
    hints=(
        "The largest absolute number of each row shall become 127.",
        "scale = np.abs(x).max(axis=1, keepdims=True) / 127; a scale of 0 "
        "must be replaced.",
        "Check np.isfinite(x).all(), then np.rint(x / scale) * scale.",
    ),
)

EXERCISES = {
    "model_bytes": MODEL_BYTES,
    "mean_error": MEAN_ERROR,
    "broadcast": BROADCAST,
    "scores": SCORES,
    "int8_rows": INT8_ROWS,
}
