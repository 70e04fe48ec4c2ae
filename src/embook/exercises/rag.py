"""Exercises of chapters/rag.ipynb."""

import re

from embook import verdict
from embook.check import Exercise, Mistake

# --- prompt: what the model reads, and what it is asked ---------------------


def prompt(question, passages):
    """Return the message: passages after Context, then the question."""
    if not question.strip():
        raise ValueError("the question is blank")
    asked = f"Question: {question}\nAnswer:"
    if len(passages) == 0:
        return asked
    return "Context: " + "\n\n".join([*passages, asked])


def _always(question, passages):
    prompt(question, passages)
    asked = f"Question: {question}\nAnswer:"
    return "Context: " + "\n\n".join([*passages, asked])


def _question_first(question, passages):
    if not passages:
        return prompt(question, passages)
    asked = f"Question: {question}\n\n"
    return asked + "Context: " + "\n\n".join([*passages, "Answer:"])


def _run_together(question, passages):
    message = prompt(question, passages)
    return message.replace("\n\n", "\n")


def _first_only(question, passages):
    return prompt(question, passages[:1])


def _context_each(question, passages):
    asked = prompt(question, [])
    return "\n\n".join([*(f"Context: {p}" for p in passages), asked])


def _no_answer(question, passages):
    return prompt(question, passages).removesuffix("\nAnswer:")


def _new_line(question, passages):
    return prompt(question, passages) + "\n"


def _any_question(question, passages):
    asked = f"Question: {question}\nAnswer:"
    return (
        "Context: " + "\n\n".join([*passages, asked]) if passages else asked
    )


PROMPT = Exercise(
    reference=prompt,
    cases=(
        ("Who?", ["I."]),
        ("What is the capital of Peru?", ["Lima is.", "Peru is a country."]),
        ("Where is it?", []),
        ("Why?", ["Once.", "Twice.", "Three times."]),
        (" ", ["A passage."]),
        ("", []),
        ("Is\nit?", ["One\nline."]),
    ),
    mistakes=(
        Mistake(
            _always,
            "Where there is nothing to read, leave out Context: too. The "
            "bare question must stay as it was.",
        ),
        Mistake(
            _question_first,
            "The question comes last. The model goes on from the end, so "
            "Answer: must be the last thing that it reads.",
        ),
        Mistake(
            _run_together,
            "An empty line stands between two passages, and before the "
            "question: two line breaks, not one.",
        ),
        Mistake(_first_only, "You left out all passages after the first."),
        Mistake(
            _context_each,
            "Context: is written once, before the first passage.",
        ),
        Mistake(
            _no_answer,
            "End with a new line and Answer: to show that a reply is due.",
        ),
        Mistake(
            _new_line,
            "Nothing comes after Answer:. One more line break is another "
            "token, and may change the reply.",
        ),
        Mistake(
            _any_question,
            "A question of blanks asks nothing: raise a ValueError.",
        ),
    ),
    hints=(
        "Write the last part first: Question, a line break, Answer.",
        'In front of it go the passages: "\\n\\n".join glues a list.',
        'One "Context: " at the very start, if there is a passage at all.',
    ),
)

# --- first: which name does the reply give? ---------------------------------


def first(reply, names):
    """Return the name that stands first in a reply, in whole words, or ""."""
    words = " ".join(["", *re.findall(r"\w+", reply.lower()), ""])
    best, at = "", len(words)
    for name in names:
        place = words.find(f" {name.lower()} ")
        if 0 <= place < at:
            best, at = name, place
    return best


def _substring(reply, names):
    there = [n for n in names if n.lower() in reply.lower()]
    return min(
        there, key=lambda n: reply.lower().index(n.lower()), default=""
    )


def _first_listed(reply, names):
    words = " ".join(["", *re.findall(r"\w+", reply.lower()), ""])
    return next((n for n in names if f" {n.lower()} " in words), "")


def _last(reply, names):
    words = " ".join(["", *re.findall(r"\w+", reply.lower()), ""])
    there = [n for n in names if f" {n.lower()} " in words]
    return max(there, key=lambda n: words.find(f" {n.lower()} "), default="")


def _as_written(reply, names):
    words = " ".join(["", *re.findall(r"\w+", reply), ""])
    there = [n for n in names if f" {n} " in words]
    return min(there, key=lambda n: words.find(f" {n} "), default="")


def _single_words(reply, names):
    known = {n.lower(): n for n in names}
    found = (known.get(w, "") for w in re.findall(r"\w+", reply.lower()))
    return next(filter(None, found), "")


def _blanks_only(reply, names):
    words = f" {reply.lower()} "
    there = [n for n in names if f" {n.lower()} " in words]
    return min(there, key=lambda n: words.find(f" {n.lower()} "), default="")


def _stops_only(reply, names):
    return _blanks_only(reply.replace(".", "").replace(",", ""), names)


def _whole_reply(reply, names):
    said = reply.lower().strip(" .")
    return next((n for n in names if n.lower() == said), "")


FIRST = Exercise(
    reference=first,
    cases=(
        ("The capital of Peru is Lima.", ["Quito", "Lima"]),
        ("The capital of Tunisia is Tunis.", ["Tunis", "Lima"]),
        ("It is Quito, not Lima.", ["Lima", "Quito"]),
        ("It is Lima, not Quito.", ["Lima", "Quito"]),
        ("In Tunisia they say Lima.", ["Tunis", "Lima"]),
        ("IT IS QUITO.", ["Lima", "Quito"]),
        ("Quito! Not Lima.", ["Lima", "Quito"]),
        ("The answer is Buenos Aires.", ["Lima", "Buenos Aires"]),
        ("Peru is a country.", ["Lima", "Quito"]),
        ("Lima", ["Lima"]),
        ("I say Lima of course", ["Lima"]),
        ("", ["Lima"]),
    ),
    mistakes=(
        Mistake(
            _substring,
            "You found Tunis inside Tunisia. A name counts only as whole "
            "words.",
        ),
        Mistake(
            _first_listed,
            "You took the first name of the list that occurs. It is the "
            "order in the reply that counts.",
        ),
        Mistake(_last, "You took the last name in the reply, not the first."),
        Mistake(
            _as_written,
            "Small and capital letters are to be alike, in the reply and in "
            "the names.",
        ),
        Mistake(
            _single_words,
            "A name may have more than one word, as Buenos Aires has.",
        ),
        Mistake(
            _blanks_only,
            "A full stop or a comma may follow a name at once. Take the "
            "punctuation out first.",
        ),
        Mistake(
            _stops_only,
            "You took out full stops and commas. Other signs may stand "
            "beside a name too, such as an exclamation mark.",
        ),
        Mistake(
            _whole_reply,
            "The reply is a sentence: look for the name in it.",
        ),
    ),
    hints=(
        "Turn the reply into small letters, with one blank before and after "
        "each word and nothing else.",
        'Then a name is in it in whole words if f" {name} " is. find says '
        "where, and gives -1 if it is not there.",
        "Keep the name with the smallest place that is not below 0.",
    ),
)

# --- interval: how sure is a share? -----------------------------------------


def interval(right, asked):
    """Return Wilson's interval (low, high) for z = 1.96."""
    return verdict.interval(right, asked)


def _plain(right, asked):
    interval(right, asked)
    p = right / asked
    half = 1.96 * (p * (1 - p) / asked) ** 0.5
    return p - half, p + half


def _cut_off(right, asked):
    interval(right, asked)
    p = right / asked
    half = 1.96 * (p * (1 - p) / asked) ** 0.5
    return max(0.0, p - half), min(1.0, p + half)


def _own_middle(right, asked):
    low, high = interval(right, asked)
    half, p = (high - low) / 2, right / asked
    return p - half, p + half


def _z_for_its_square(right, asked):
    interval(right, asked)
    z = 1.96
    middle = (right + z / 2) / (asked + z)
    spread = right * (asked - right) / asked + z / 4
    half = z / (asked + z) * spread**0.5
    return middle - half, middle + half


def _no_root(right, asked):
    interval(right, asked)
    z = 1.96
    middle = (right + z * z / 2) / (asked + z * z)
    spread = right * (asked - right) / asked + z * z / 4
    half = z / (asked + z * z) * spread
    return middle - half, middle + half


def _half_only(right, asked):
    low, high = interval(right, asked)
    return (low + high) / 2, (high - low) / 2


def _any_count(right, asked):
    z2 = 1.96**2
    middle = (right + z2 / 2) / (asked + z2)
    spread = right * (asked - right) / asked + z2 / 4
    half = 1.96 / (asked + z2) * abs(spread) ** 0.5
    return middle - half, middle + half


INTERVAL = Exercise(
    reference=interval,
    cases=(
        (12, 16),
        (0, 10),
        (10, 10),
        (50, 100),
        (1, 3),
        (113, 113),
        (1, 1),
        (8, 7),
        (-1, 7),
        (0, 0),
    ),
    mistakes=(
        Mistake(
            _plain,
            "That is the share plus and minus its error. For 10 of 10 it "
            "has no width at all: use Wilson's formula.",
        ),
        Mistake(
            _cut_off,
            "To cut the plain interval off at 0 and 1 does not mend it: for "
            "10 of 10 it still has no width.",
        ),
        Mistake(
            _own_middle,
            "The width is right, the middle is not. It is (right + z²/2) "
            "over (asked + z²).",
        ),
        Mistake(
            _z_for_its_square,
            "You wrote z where z² belongs: in the middle, and under the "
            "root.",
        ),
        Mistake(_no_root, "Take the root of right · wrong / asked + z²/4."),
        Mistake(
            _half_only,
            "Return the two ends: the middle minus and plus the half.",
        ),
        Mistake(
            _any_count,
            "No more answers can be right than were asked for, and none "
            "fewer than 0: raise a ValueError.",
        ),
    ),
    hints=(
        "Put z² imaginary answers beside the real ones, half of them right.",
        "middle = (right + z²/2) / (asked + z²)",
        "half = z / (asked + z²) · √(right · (asked − right) / asked + z²/4)",
    ),
)

# --- faulty: which citations do not hold? -----------------------------------


def faulty(claims, passages):
    """Return the places of the claims (name, n) that passage n lacks."""
    found = []
    for place, (name, n) in enumerate(claims):
        text = passages[n - 1] if 1 <= n <= len(passages) else ""
        if name.lower().split() not in _runs(name, text):
            found.append(place)
    return found


def _runs(name, text):
    words, k = re.findall(r"\w+", text.lower()), len(name.split())
    return [words[i : i + k] for i in range(len(words))]


def _from_zero(claims, passages):
    moved = [(name, n + 1) for name, n in claims]
    return faulty(moved, passages)


def _anywhere(claims, passages):
    everything = [" | ".join(passages)]
    return faulty([(name, 1) for name, _ in claims], everything)


def _inside_words(claims, passages):
    found = []
    for place, (name, n) in enumerate(claims):
        there = 1 <= n <= len(passages)
        if not there or name.lower() not in passages[n - 1].lower():
            found.append(place)
    return found


def _backwards(claims, passages):
    turned = [(name, len(passages) if n == 0 else n) for name, n in claims]
    return faulty(turned, passages)


def _must_exist(claims, passages):
    if any(not 1 <= n <= len(passages) for _, n in claims):
        raise IndexError("no such passage")
    return faulty(claims, passages)


def _no_passage_is_fine(claims, passages):
    n = len(passages)
    known = [
        place for place, claim in enumerate(claims) if 1 <= claim[1] <= n
    ]
    return [place for place in faulty(claims, passages) if place in known]


def _places_from_one(claims, passages):
    return [place + 1 for place in faulty(claims, passages)]


def _names(claims, passages):
    return [claims[place][0] for place in faulty(claims, passages)]


def _those_that_hold(claims, passages):
    bad = faulty(claims, passages)
    return [place for place in range(len(claims)) if place not in bad]


def _as_it_stands(claims, passages):
    bad = faulty(claims, passages)
    for place, (name, n) in enumerate(claims):
        if 1 <= n <= len(passages) and name not in passages[n - 1]:
            bad.append(place)
    return sorted(set(bad))


_TEXTS = ["Lima is the capital of Peru.", "Tunisia borders Libya."]
FAULTY = Exercise(
    reference=faulty,
    cases=(
        ([("Lima", 1), ("Lima", 2)], _TEXTS),
        ([("Tunis", 2), ("Libya", 2)], _TEXTS),
        ([("Quito", 1), ("Peru", 1)], _TEXTS),
        ([("Libya", 0), ("Peru", 1), ("Lima", 1)], _TEXTS),
        ([("Lima", 3), ("Peru", 1)], _TEXTS),
        ([("LIMA", 1), ("libya", 2)], _TEXTS),
        ([("Lima", 1)], []),
        ([("Buenos Aires", 1)], ["Buenos Aires is the capital."]),
        ([("Buenos Aires", 1)], ["Buenos dias! Aires is air."]),
        ([], _TEXTS),
    ),
    mistakes=(
        Mistake(
            _from_zero, "Citations count from 1: [1] is the first passage."
        ),
        Mistake(
            _anywhere,
            "The name must stand in the passage that is cited. Another one "
            "does not help.",
        ),
        Mistake(
            _inside_words,
            "You found Tunis inside Tunisia. Compare whole words.",
        ),
        Mistake(
            _backwards,
            "[0] is no passage. With passages[n - 1] it becomes the last "
            "one: Python counts −1 from the end.",
        ),
        Mistake(
            _must_exist,
            "A citation of a passage that is not there is a faulty one. "
            "Report it, and go on.",
        ),
        Mistake(
            _no_passage_is_fine,
            "A citation of a passage that is not there cannot hold.",
        ),
        Mistake(
            _places_from_one,
            "Passages are counted from 1, but the places of the claims in "
            "their list from 0.",
        ),
        Mistake(_names, "Return the places of the claims, not their names."),
        Mistake(_those_that_hold, "These are the claims that hold."),
        Mistake(_as_it_stands, "Small and capital letters are to be alike."),
    ),
    hints=(
        "Take one claim. Is there a passage n at all? Then look in it, and "
        "nowhere else.",
        r're.findall(r"\w+", text.lower()) gives the words of a passage.',
        "A name of two words must find them side by side.",
    ),
)

EXERCISES = {
    "prompt": PROMPT,
    "first": FIRST,
    "interval": INTERVAL,
    "faulty": FAULTY,
}
