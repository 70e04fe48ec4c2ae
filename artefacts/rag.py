"""Build rag.json again: python artefacts/rag.py.

Some ten minutes of one processor. Without a file of replies it starts
from the beginning; with one (a path as argument) it goes on where it was.
"""

import json
import os
import re
import sys
from pathlib import Path

import numpy as np

from embook import benchmark, minilm, smollm, texts
from embook.rag import answer, opening, prompt, read
from embook.similarity import cosine, top_k
from embook.sources import ARTEFACTS
from embook.verdict import plain

MANY = 5  # passages among which the right one stands
WAYS = ("none", "right", "first", "middle", "last", "wrong", "top 1", "top 3")
# The rule. The first fifty words of an article say "is the capital ... of
# PLACE", and PLACE is the title of an article (the longest that fits) whose
# own short description calls it a country or a nation.
SAYS = re.compile(
    r"\bis the (?:national |federal |state |provincial )?capital\b(?: city)?"
    r"(?:,? (?!of\b|in\b)[^.;:()]{0,60}?)?(?: of| in) (?:the )?"
)
LEAD = re.compile(
    r"(?:[\w.-]+ ){0,4}?(?:state|province|region|community|country|Republic"
    r"|Province) (?:of )?(?:the )?(?=[A-Z])"
)
OTHER = {  # other spellings, and names of old, that count as right
    "Asmara": ["Asmera"],
    "Astana": ["Nur-Sultan"],
    "Beijing": ["Peking"],
    "Dhaka": ["Dacca"],
    "Kyiv": ["Kiev"],
    "N'Djamena": ["Ndjamena"],
    "Ulaanbaatar": ["Ulan Bator"],
    "Washington": ["Washington D.C."],
}
DROPPED = {  # by hand, after reading every match
    "Atlanta": "two places are called Georgia",
    "Bandung": "the text says West Java, which has no article",
    "Guatemala City": "the question gives the answer away",
    "Kuwait City": "the question gives the answer away",
    "Mexico City": "the question gives the answer away",
    "Panama City": "the question gives the answer away",
    "Sanaa": "the introduction of Aden claims the same",
    "Tbilisi": "two places are called Georgia",
    "The Hague": "the text says South Holland, which has no article",
}


def bare(title: str) -> str:
    """Return a title without what tells it from others of its name."""
    return re.sub(r"(, [^,]+| \([^)]*\))$", "", title)


def place(head: str, titles: dict, own: str) -> str | None:
    """Return the place whose capital the opening of an article claims."""
    said = SAYS.search(head)
    after = head[said.end() :] if said else ""
    for rest in (
        after,
        LEAD.sub("", after, count=1) if LEAD.match(after) else "",
    ):
        words = re.match(r"[\w.' -]*", rest).group().split()
        for k in range(min(5, len(words)), 0, -1):
            name = " ".join(words[:k]).rstrip(".")
            if name in titles and name != own:
                return name
    return None


def matches() -> tuple[list, list]:
    """Return the questions, and what was dropped by hand and why."""
    articles = texts.introductions()
    titles = {
        bare(a.title): a
        for a in articles
        if re.search(r"\b(country|nation)\b", a.description, re.I)
    }
    kept, dropped = [], []
    for n, a in enumerate(articles):
        city = bare(a.title)
        name = place(opening(a.text), titles, city)
        if name is None:
            continue
        the = "the " * titles[name].text.startswith(f"The {name}")
        the = the or "the " * name.endswith(
            ("Republic", "States", "Emirates", "Netherlands", "Philippines")
        )
        asked = f"What is the capital of {the}{name}?"
        if city in DROPPED:
            dropped.append([asked, n, DROPPED[city]])
        else:
            kept.append([asked, n, [city, *OTHER.get(city, [])]])
    return kept, dropped


def passages(asked: list) -> dict[str, list[list[int]]]:
    """Return for each way of asking the articles that are read, in order."""
    articles, _ = benchmark.encoded()
    heads = [opening(a.text) for a in texts.introductions()]
    near = minilm.load().vectors([q for q, _, _ in asked])
    best = top_k(cosine(near, articles), 200).tolist()
    ways = {way: [] for way in WAYS}
    for at, ((_, gold, names), found) in enumerate(
        zip(asked, best, strict=True)
    ):
        others = [
            n
            for n in found
            if n != gold
            and not any(plain(x) in plain(heads[n]) for x in names)
        ][: MANY - 1]
        ways["none"].append([])
        ways["right"].append([gold])
        ways["first"].append([gold, *others])
        half = MANY // 2
        ways["middle"].append([*others[:half], gold, *others[half:]])
        ways["last"].append([*others, gold])
        ways["wrong"].append([asked[(at + 1) % len(asked)][1]])
        ways["top 1"].append(found[:1])
        ways["top 3"].append(found[:3])
    return ways


def replies(asked: list, ways: dict, notes: Path, part: slice) -> dict:
    """Return the reply to each message; those in the notes are not asked."""
    known, heads = {}, [opening(a.text) for a in texts.introductions()]
    if notes.is_file():
        lines = notes.read_text("utf-8").splitlines()
        known = dict(json.loads(line) for line in lines)
    said = {way: [] for way in ways}
    with notes.open("a", encoding="utf-8") as file:
        for n in range(len(asked))[part]:
            for way, rows in ways.items():
                message = prompt(asked[n][0], [heads[i] for i in rows[n]])
                if message not in known:
                    known[message] = answer(smollm.load(), message)
                    line = json.dumps([message, known[message]])
                    print(line, file=file, flush=True)
                said[way].append(known[message])
    return said


def any_page(many: int = 100) -> list[list]:
    """Return many articles by chance, and what India's capital is then.

    Each is [its number, the token that comes first after "The capital of
    India is", with the article's opening before the question].
    """
    articles, model = texts.introductions(), smollm.load()
    rng, found = np.random.default_rng(0), []
    for n in rng.choice(len(articles), many, replace=False).tolist():
        message = prompt("What is the capital of India?", read(articles, [n]))
        ids = model.chat(message) + model.encode("The capital of India is")
        first = model.decode([int(model.next(ids).argmax())])
        found.append([n, first])
    return found


def main(notes: str = os.devnull, part: str = "0/1") -> None:
    """Return nothing; write the questions, passages and replies.

    part 1/3 asks every third question from number 1 on, and writes the
    notes alone.
    """
    asked, dropped = matches()
    ways = passages(asked)
    start, step = map(int, part.split("/"))
    said = replies(asked, ways, Path(notes), slice(start, None, step))
    found = {"questions": asked, "dropped": dropped}
    found |= {"passages": ways, "replies": said}
    found["any page"] = any_page()
    text = json.dumps(found, ensure_ascii=False)
    if step == 1:
        (ARTEFACTS / "rag.json").write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
