"""Exercises of chapters/prediction.ipynb."""

from collections import Counter
from itertools import pairwise

import numpy as np

from embook import prediction
from embook.check import Exercise, Mistake

# --- softmax: the scores of one step, at a temperature -------------------


def softmax(scores, temperature):
    """Return the probabilities (V,) of scores (V,) at a temperature."""
    return prediction.softmax(scores, temperature)


def _shares(scores, temperature):
    softmax(scores, temperature)
    return scores / scores.sum()


def _powers(scores, temperature):
    softmax(scores, temperature)
    return np.exp(scores / temperature)


def _overflows(scores, temperature):
    softmax(scores, temperature)
    powers = np.exp(scores / temperature)
    return powers / powers.sum()


def _powers_of_two(scores, temperature):
    softmax(scores, temperature)
    powers = 2.0 ** ((scores - scores.max()) / temperature)
    return powers / powers.sum()


def _best_is_one(scores, temperature):
    softmax(scores, temperature)
    return np.exp((scores - scores.max()) / temperature)


def _always_at_one(scores, temperature):
    softmax(scores, temperature)
    return softmax(scores, 1.0)


def _times_temperature(scores, temperature):
    return softmax(scores, 1 / temperature)


def _cooled_afterwards(scores, temperature):
    softmax(scores, temperature)
    return softmax(scores, 1.0) / temperature


def _any_temperature(scores, temperature):
    scores = np.divide(scores - scores.max(), temperature)
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()


SOFTMAX = Exercise(
    reference=softmax,
    cases=(
        (np.array([2.0, 1.0, 0.0]), 1.0),
        (np.array([0.5, 3.0, 1.5, -1.0]), 2.0),
        (np.array([7.0, 7.0]), 0.5),
        (np.array([-4.0, 0.0, -2.0]), 0.5),
        (np.array([1000.0, 1001.0, 0.0]), 1.0),
        (np.array([2.0, 1.0]), 0.0),
        (np.array([2.0, 1.0]), -1.0),
    ),
    mistakes=(
        Mistake(
            _shares,
            "You divided each score by the sum of the scores: a negative "
            "score would get a negative share. Raise e to each score first.",
        ),
        Mistake(
            _powers,
            "These are the powers of e: divide each by their sum, so that "
            "they add up to 1.",
        ),
        Mistake(
            _overflows,
            "Right for small scores. e to the 1000 is too large for the "
            "computer: take the highest score off all of them first.",
        ),
        Mistake(
            _powers_of_two,
            "You raised 2 to the scores: softmax raises e, with np.exp.",
        ),
        Mistake(
            _best_is_one,
            "Your best token always gets 1: you divided by the highest "
            "power. Divide by the sum of the powers.",
        ),
        Mistake(
            _always_at_one,
            "The temperature does nothing: divide the scores by it.",
        ),
        Mistake(
            _times_temperature,
            "You multiplied by the temperature: a hot model would be surer "
            "than a cold one. Divide.",
        ),
        Mistake(
            _cooled_afterwards,
            "You divided the probabilities by the temperature: divide the "
            "scores, before the powers.",
        ),
        Mistake(
            _any_temperature,
            "Right while the temperature is above 0: raise a ValueError "
            "where it is not.",
        ),
    ),
    hints=(
        "Divide the scores by the temperature, make them positive with "
        "np.exp, share out.",
        "np.exp(1000) is infinite: subtract the highest score before.",
        "powers = np.exp((scores - scores.max()) / temperature), then "
        "divide them by their sum.",
    ),
)

# --- top_p: keep the head, cut the tail ----------------------------------


def top_p(p, share):
    """Return p (V,) without its tail, scaled to add up to 1."""
    return prediction.top_p(p, share)


def _kept(p, share, more=0):
    order = np.argsort(-p, kind="stable")
    n = np.searchsorted(np.cumsum(p[order]), share) + 1 + more
    cut = np.zeros_like(p)
    cut[order[:n]] = p[order[:n]]
    return cut


def _one_too_few(p, share):
    top_p(p, share)
    cut = _kept(p, share, -1)
    return cut / cut.sum()


def _one_too_many(p, share):
    top_p(p, share)
    cut = _kept(p, share, 1)
    return cut / cut.sum()


def _not_scaled(p, share):
    top_p(p, share)
    return _kept(p, share)


def _above_the_share(p, share):
    top_p(p, share)
    cut = np.where(p >= share, p, 0)
    return cut / cut.sum()


def _in_place_order(p, share):
    top_p(p, share)
    cut = np.where(np.cumsum(p) - p < share, p, 0)
    return cut / cut.sum()


def _sorted(p, share):
    return -np.sort(-top_p(p, share))


def _any_share(p, share):
    cut = _kept(p, share)
    return cut / cut.sum()


TOP_P = Exercise(
    reference=top_p,
    cases=(
        (np.array([0.5, 0.25, 0.125, 0.125]), 0.7),
        (np.array([0.125, 0.25, 0.125, 0.5]), 0.8),
        (np.array([0.0625, 0.5, 0.3125, 0.125]), 0.9),
        (np.array([0.25, 0.25, 0.25, 0.25]), 0.6),
        (np.array([0.125, 0.875]), 0.3),
        (np.array([0.5, 0.25, 0.25]), 0.5),
        (np.array([0.5, 0.25, 0.25]), 1.0),
        (np.array([0.75, 0.25]), 0.0),
        (np.array([0.75, 0.25]), 1.5),
    ),
    mistakes=(
        Mistake(
            _one_too_few,
            "You cut one token too many: the token that reaches the share "
            "stays in, else the rest does not hold it.",
        ),
        Mistake(
            _one_too_many,
            "You keep one token too many: stop as soon as the share is "
            "reached.",
        ),
        Mistake(
            _not_scaled,
            "The right tokens, but they no longer add up to 1: divide by "
            "their sum.",
        ),
        Mistake(
            _above_the_share,
            "You kept the tokens that reach the share alone: they need to "
            "reach it together.",
        ),
        Mistake(
            _in_place_order,
            "You went through the tokens in the order of their places: go "
            "from the most likely to the least.",
        ),
        Mistake(
            _sorted,
            "The right numbers in the wrong places: each probability must "
            "stay at its own token's place.",
        ),
        Mistake(
            _any_share,
            "Right while the share makes sense: raise a ValueError where it "
            "is not above 0, or more than 1.",
        ),
    ),
    hints=(
        "np.argsort(-p) gives the places from most to least likely.",
        "Go down that list and add up; keep a token if the sum before it "
        "is still below the share.",
        "Fill an array of zeros at the places kept, and divide it by its "
        "sum.",
    ),
)

# --- perplexity: from the probabilities of the tokens that came ----------


def perplexity(p):
    """Return the perplexity of probabilities p (T,), each in 0 < p <= 1."""
    return prediction.perplexity(-np.log(p))


def _one_over_mean(p):
    perplexity(p)
    return 1 / np.mean(p)


def _mean_of_inverses(p):
    perplexity(p)
    return np.mean(1 / p)


def _one_over_product(p):
    perplexity(p)
    return 1 / np.prod(p)


def _root_of_product(p):
    perplexity(p)
    return (1 / np.prod(p)) ** (1 / len(p))


def _cross_entropy(p):
    perplexity(p)
    return np.mean(-np.log(p))


def _two_to_nats(p):
    perplexity(p)
    return 2.0 ** np.mean(-np.log(p))


def _minus_forgotten(p):
    return 1 / perplexity(p)


def _any_number(p):
    return np.exp(np.mean(-np.log(p)))


PERPLEXITY = Exercise(
    reference=perplexity,
    cases=(
        (np.array([0.5, 0.125]),),
        (np.array([0.25, 0.25, 0.25]),),
        (np.array([1.0, 1.0]),),
        (np.array([0.9, 0.02, 0.4, 0.31]),),
        (np.full(500, 0.1),),
        (np.array([0.5, 0.0]),),
        (np.array([1.5, 1.0]),),
    ),
    mistakes=(
        Mistake(
            _one_over_mean,
            "You averaged the probabilities: average their logarithms.",
        ),
        Mistake(
            _mean_of_inverses,
            "You averaged 1/p: average the logarithms, and raise e to the "
            "result.",
        ),
        Mistake(
            _one_over_product,
            "This grows with the length of the text: perplexity is per "
            "token. Take the mean of the logarithms, not the sum.",
        ),
        Mistake(
            _root_of_product,
            "Right for short texts. The product of 500 probabilities is "
            "too small for the computer: add up logarithms instead.",
        ),
        Mistake(
            _cross_entropy,
            "This is the cross-entropy in nats: raise e to it.",
        ),
        Mistake(
            _two_to_nats,
            "You raised 2 to a number of nats: raise e, or take np.log2.",
        ),
        Mistake(
            _minus_forgotten,
            "Yours is 1 over the perplexity: a minus sign is missing "
            "before the logarithm.",
        ),
        Mistake(
            _any_number,
            "Right for probabilities. 0 would make one token swallow the "
            "whole text, and 1.5 is none: raise a ValueError unless all are "
            "above 0 and at most 1.",
        ),
    ),
    hints=(
        "The surprise at one token is -np.log of its probability.",
        "Take the mean of the surprises, then raise e to it with np.exp.",
        "Raise ValueError unless 0 < p <= 1 for all; then "
        "np.exp(-np.log(p).mean()).",
    ),
)

# --- surprises: how a model is scored on a text --------------------------


def surprises(logits, ids):
    """Return −ln p (T − 1,) of all ids (T,) but the first, from (T, V)."""
    return prediction.surprisal(logits[:-1], ids[1:])


def _off_by_one(logits, ids):
    return prediction.surprisal(logits, ids)[1:]


def _one_too_many_scored(logits, ids):
    return prediction.surprisal(logits, ids)


def _surprises_overflow(logits, ids):
    powers = np.exp(logits[:-1])
    p = powers / powers.sum(axis=1, keepdims=True)
    return -np.log(p[np.arange(len(p)), ids[1:]])


def _in_bits(logits, ids):
    return surprises(logits, ids) / np.log(2)


def _not_negated(logits, ids):
    return -surprises(logits, ids)


def _as_probabilities(logits, ids):
    return np.exp(-surprises(logits, ids))


def _mean_surprise(logits, ids):
    return surprises(logits, ids).mean()


def _raw_scores(logits, ids):
    return -logits[np.arange(len(ids) - 1), ids[1:]]


def _one_sum_for_all(logits, ids):
    x = logits[:-1]
    total = np.log(np.exp(x - x.max()).sum()) + x.max()
    return total - x[np.arange(len(x)), ids[1:]]


SURPRISES = Exercise(
    reference=surprises,
    cases=(
        (np.array([[2.0, 1.0, 0.0], [0.0, 3.0, 1.0]]), np.array([0, 1])),
        (np.array([[1.0, 0.0], [0.5, 2.0], [4.0, 4.0]]), np.array([1, 1, 0])),
        (np.arange(20.0).reshape(4, 5) % 7, np.array([3, 0, 4, 2])),
        (np.array([[900.0, 1000.0], [0.0, 2.0]]), np.array([0, 1])),
        (np.array([[-999.0, 1.0], [-3.0, 2.0]]), np.array([0, 0])),
    ),
    mistakes=(
        Mistake(
            _off_by_one,
            "You are off by one: row t holds the scores of what comes after "
            "id t, so row 0 belongs to id 1.",
        ),
        Mistake(
            _one_too_many_scored,
            "One number too many: nothing stands before the first id, so it "
            "has no score. Row 0 belongs to id 1, and the last row to none.",
        ),
        Mistake(
            _surprises_overflow,
            "Right for small scores. Take the highest score of a row off "
            "the row, and the logarithm before dividing.",
        ),
        Mistake(
            _in_bits,
            "These are bits: nats are wanted, from np.log.",
        ),
        Mistake(
            _not_negated,
            "A surprise is minus the logarithm: yours are below 0.",
        ),
        Mistake(
            _as_probabilities,
            "These are the probabilities: take minus their logarithm.",
        ),
        Mistake(
            _mean_surprise,
            "This is their mean, the cross-entropy: one number for each "
            "token is wanted.",
        ),
        Mistake(
            _raw_scores,
            "You took the scores as they are: they are no logarithms of "
            "probabilities before softmax has shared out 1.",
        ),
        Mistake(
            _one_sum_for_all,
            "You shared out 1 over the whole table: every row adds up to 1 "
            "by itself.",
        ),
    ),
    hints=(
        "Use logits[:-1] and ids[1:]: each row with the id that came next.",
        "−ln of a softmax is ln(sum of the powers) minus the score.",
        "x = logits[:-1] less each row's highest; then np.log(np.exp(x)"
        ".sum(axis=1)) - x[np.arange(len(x)), ids[1:]].",
    ),
)

# --- bigram: count, and spread k imaginary words evenly ------------------


def _pairs(words):
    return Counter(pairwise(words))


def bigram(words, before, word, k):
    """Return p(word | before), with k imaginary words spread evenly."""
    pairs = _pairs(words)
    begun = sum(n for (first, _), n in pairs.items() if first == before)
    return (pairs[before, word] + k / len(set(words))) / (begun + k)


def _no_imaginary_words(words, before, word, k):
    return np.divide(_pairs(words)[before, word], words[:-1].count(before))


def _of_all_pairs(words, before, word, k):
    came = _pairs(words)[before, word] + k / len(set(words))
    return came / (len(words) - 1 + k)


def _k_for_every_word(words, before, word, k):
    return bigram(words, before, word, k * len(set(words)))


def _k_above_only(words, before, word, k):
    came = _pairs(words)[before, word] + k / len(set(words))
    return np.divide(came, words[:-1].count(before))


def _k_below_only(words, before, word, k):
    return _pairs(words)[before, word] / (words[:-1].count(before) + k)


def _last_word_has_no_follower(words, before, word, k):
    came = _pairs(words)[before, word] + k / len(set(words))
    return came / (words.count(before) + k)


def _the_word_before(words, before, word, k):
    return bigram(words[::-1], before, word, k)


_TEXT = "the cat sat . the dog sat . the cat ran .".split()

BIGRAM = Exercise(
    reference=bigram,
    cases=(
        (_TEXT, "the", "cat", 1),
        (_TEXT, "the", "ran", 1),
        (_TEXT, ".", "the", 2),
        (_TEXT, "cat", "sat", 0.5),
        (_TEXT, "sat", "cat", 3),
        (["a", "b"], "b", "a", 1),
    ),
    mistakes=(
        Mistake(
            _no_imaginary_words,
            "You counted, and left out the k imaginary words: add k/V above "
            "the line and k below it.",
        ),
        Mistake(
            _of_all_pairs,
            "You divided by the number of all pairs: divide by the pairs "
            "that begin with `before`.",
        ),
        Mistake(
            _k_for_every_word,
            "You added k to every word, which makes kV imaginary words: k "
            "are shared by all V.",
        ),
        Mistake(
            _k_above_only,
            "The imaginary words are above the line but not below it: the "
            "probabilities add up to more than 1.",
        ),
        Mistake(
            _k_below_only,
            "The imaginary words are below the line but not above it: the "
            "probabilities add up to less than 1.",
        ),
        Mistake(
            _last_word_has_no_follower,
            "The last word of the text has no follower: count pairs, not "
            "words.",
        ),
        Mistake(
            _the_word_before,
            "You count what stands in front of `before`: the pair is "
            "(before, word), in this order.",
        ),
    ),
    hints=(
        "zip(words, words[1:]) gives all pairs of neighbours.",
        "You need three counts: the pair, the pairs that begin with "
        "`before`, and the V different words.",
        "(count of the pair + k / V) / (pairs that begin with it + k)",
    ),
)

# --- generate: greedy, until the end -------------------------------------


class Toy:
    """A model of eight tokens that reads all that stands before."""

    def __call__(self, ids):
        """Return probabilities (8,) for the next id."""
        likely = (sum(n * i for n, i in enumerate(ids, 3)) + len(ids)) % 8
        p = np.full(8, 0.05)
        p[likely] = 0.5 + likely / 64
        p[likely - 1] += 0.15 - likely / 64
        return p

    def __repr__(self):
        """Return a name for a verdict."""
        return "a toy model"


def generate(next_p, prompt, end, limit):
    """Return the greedy steps (T, 2): each new id, and its probability."""
    return np.transpose(prediction.generate(next_p, prompt, end, limit))


def _without_the_end(next_p, prompt, end, limit):
    steps = generate(next_p, prompt, end, limit)
    return steps[:-1] if steps[-1][0] == end else steps


def _runs_on(next_p, prompt, end, limit):
    return generate(next_p, prompt, -1, limit)


def _forgets_its_words(next_p, prompt, end, limit):
    return generate(lambda ids: next_p(prompt), prompt, end, limit)


def _last_id_only(next_p, prompt, end, limit):
    return generate(lambda ids: next_p(ids[-1:]), prompt, end, limit)


def _forgets_the_prompt(next_p, prompt, end, limit):
    n = len(prompt)
    return generate(lambda ids: next_p(ids[n:]), prompt, end, limit)


def _one_more(next_p, prompt, end, limit):
    return generate(next_p, prompt, end, limit + 1)


def _limit_of_all(next_p, prompt, end, limit):
    return generate(next_p, prompt, end, max(limit - len(prompt), 1))


def _ids_alone(next_p, prompt, end, limit):
    return [i for i, _ in generate(next_p, prompt, end, limit)]


def _share_of_the_best(next_p, prompt, end, limit):
    return [p[::-1] for p in generate(next_p, prompt, end, limit)]


def _any_limit(next_p, prompt, end, limit):
    return generate(next_p, prompt, end, limit) if limit > 0 else []


GENERATE = Exercise(
    reference=generate,
    cases=(
        (Toy(), [1, 2], 0, 20),
        (Toy(), [5], 6, 20),
        (Toy(), [4, 4, 7], 3, 4),
        (Toy(), [2], 1, 1),
        (Toy(), [7, 1, 0, 3], 2, 12),
        (Toy(), [3], 2, 0),
    ),
    mistakes=(
        Mistake(
            _without_the_end,
            "The end token is missing: it is a token like the others, and "
            "the last one that the model chose.",
        ),
        Mistake(
            _runs_on,
            "It never stops by itself: leave the loop when the id is `end`.",
        ),
        Mistake(
            _forgets_its_words,
            "You ask with the same prompt every time: append each new id "
            "before you ask again.",
        ),
        Mistake(
            _last_id_only,
            "You ask with the last id alone: the model reads all that "
            "stands before.",
        ),
        Mistake(
            _forgets_the_prompt,
            "You ask with the new ids alone: the prompt belongs before them.",
        ),
        Mistake(
            _one_more,
            "One id too many: `limit` counts all new ids.",
        ),
        Mistake(
            _limit_of_all,
            "The limit counts the new ids, without those of the prompt.",
        ),
        Mistake(
            _ids_alone,
            "The ids are right. Return pairs: each id with the probability "
            "that it had.",
        ),
        Mistake(
            _share_of_the_best,
            "Right but for the order in a pair: the id first, then its "
            "probability.",
        ),
        Mistake(
            _any_limit,
            "Right while there is something to do: raise a ValueError where "
            "the limit is below 1.",
        ),
    ),
    hints=(
        "A loop of at most `limit` rounds; each adds one id.",
        "p = next_p(ids), best = int(np.argmax(p)); append best to ids, and "
        "(best, p[best]) to the list of steps.",
        "Start with ids = list(prompt) and steps = []; leave the loop after "
        "appending `end`; return the steps.",
    ),
)

EXERCISES = {
    "softmax": SOFTMAX,
    "top_p": TOP_P,
    "perplexity": PERPLEXITY,
    "surprises": SURPRISES,
    "bigram": BIGRAM,
    "generate": GENERATE,
}
