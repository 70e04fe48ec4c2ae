"""Doctor: what of the book works on this machine, and what do you lose?

`make doctor` prints it. The exit status is 1 where a file is broken, for
that would give wrong numbers, and 0 where something is only missing. With a
page as argument, the data cards of that page are rewritten from the sources:
`python -m embook.doctor back/data.md`.
"""

import platform
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

from embook.sources import SOURCES, BrokenData, MissingData, Source

CARDS = "% Written by `python -m embook.doctor back/data.md` from here on.\n"
TOOLS = {
    "jupyter_book": "the site (make book)",
    "torch": "training, and SmolLM2",
    "regex": "the tokenizers of the real models",
    "transformers": "the tests of SmolLM2",
    "sentence_transformers": "the tests of MiniLM",
    "pyarrow": "the list of GloVe's 400,000 words",
    "gguf": "the numbers of SmolLM2",
    "safetensors": "the numbers of MiniLM",
    "pytest": "the tests (make test)",
    "jupyterlab": "the chapters as notebooks (make lab)",
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def check(source: Source) -> tuple[str, str]:
    """Return found, missing or broken, and one line that says more.

    Reads every byte that the book uses, and compares its sha256.
    """
    try:
        for name in source.files:
            source.path(name, thorough=True)
    except MissingData as error:
        return "missing", f"{source.title}: you lose {source.loses}; {error}"
    except BrokenData as error:
        return "broken", f"{source.title}: {error}"
    total = sum(facts["bytes"] for facts in source.files.values())
    return "found", f"{source.title}, {total / 1e6:.1f} MB"


def doctor() -> int:
    """Return 1 if a file is broken, else 0; print what is here and what not.

    Torch and its like are only looked for, not imported.
    """
    lines = [("found", f"Python {platform.python_version()}")]
    lines += [check(source) for source in SOURCES.values()]
    for name, loss in TOOLS.items():
        if find_spec(name):
            lines.append(("found", name))
        else:
            lines.append(("missing", f"{name}: you lose {loss}"))
    if any(map(shutil.which, BROWSERS)):
        lines.append(("found", "Chromium"))
    else:
        lines.append(("missing", "Chromium: you lose the site's own tests"))
    for state, line in lines:
        print(f"{state:8} {line}")
    if any(state == "missing" for state, _ in lines):
        print("`make test` installs all that is missing but the browser.")
    return int(any(state == "broken" for state, _ in lines))


def cards() -> str:
    """Return the data and model cards, as Markdown for the site."""
    return "".join(map(_card, SOURCES.values()))


def _card(source: Source) -> str:
    rows = {
        "What for": source.purpose[0].upper() + source.purpose[1:] + ".",
        "What it holds": source.holds,
        "Who made it": source.made,
        "Licence": source.licence,
        "Limits": source.limits,
        "Derived from it": source.derived,
    }
    rows["Files"] = "; ".join(
        f"`{name}`, {facts['bytes']:,} bytes"
        for name, facts in source.files.items()
    )
    if source.package:
        rows["Package"] = (
            f"`{source.package}` {source.version}, "
            f"{source.bytes / 1e6:.1f} MB to download"
        )
    if source.sha256:
        rows["sha256 of the wheel"] = f"`{source.sha256}`"
    body = "\n\n".join(f"{term}\n: {text}" for term, text in rows.items())
    return f"\n## {source.title}\n\n{body}\n"


def rewrite(page: Path) -> None:
    """Return nothing; put fresh cards under the marked line of a page.

    Raises ValueError where the page has no such line.
    """
    prose, mark, _ = page.read_text("utf-8").partition(CARDS)
    if not mark:
        raise ValueError(f"{page} lacks the line {CARDS!r}")
    page.write_text(prose + mark + cards(), "utf-8")


if __name__ == "__main__":
    if sys.argv[1:]:
        rewrite(Path(sys.argv[1]))
    else:
        sys.exit(doctor())
