"""Law 5: every decimal in prose was printed by its chapter, or is cited."""

import re
from collections.abc import Iterator
from pathlib import Path

from booksite.canonical import text
from laws.stored import cells, printed, read

# 0.96, .5, -1,234.5, 2.5e-08; not 3.11.2, Qwen2.5, GPT-3.5 or a whole number.
DECIMAL = re.compile(
    r"(?:(?<![\w.)\]}])-)?"
    r"(?<![\w.])(?<![A-Za-z]-)"
    r"(?:\d{1,3}(?:,\d{3})+|\d+)?\.\d+(?:e[+-]?\d+)?(?!\.?\d)"
)
# Addresses hold numbers that claim nothing.
ADDRESS = re.compile(
    r"https?://[^\s)>]+|\bdoi:\S+|\]\([^)]*\)|<!--.*?-->", re.S
)
# A list item, a row of a table, a heading or a fence starts a new sentence.
BLOCK = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*+|#]|\d+\.\s|:{3}|`{3}))")
SENTENCE = re.compile(
    r"(?<=[.!?])(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bal\.)(?<!\bcf\.)(?<!\bvs\.)"
    r"\s+(?=[A-Z0-9\"“*_$`\[(])"
)


def decimals(prose: str) -> list[str]:
    """Return the decimals of a text, as they stand there.

    >>> decimals("from −0.5 to .75, GPT-3.5, version 3.11.2, 4 %, 2.5e-08s")
    ['-0.5', '.75', '2.5e-08']
    """
    return DECIMAL.findall(prose.replace("−", "-"))


def sentences(prose: str) -> list[str]:
    """Return the sentences of a Markdown text, without addresses.

    >>> sentences("It is 0.5. Not so {cite}`x`.\\n- It, e.g. A, is 2.")
    ['It is 0.5.', 'Not so {cite}`x`.', '- It, e.g. A, is 2.']
    """
    blocks = BLOCK.split(ADDRESS.sub(" ", prose))
    return [s for block in blocks for s in SENTENCE.split(block.strip())]


def prose(notebook: dict) -> Iterator[tuple[str, str]]:
    """Return what a reader reads or hears: a cell's name, and its text."""
    for cell in cells(notebook, "markdown"):
        yield f"cell {cell['id']}", text(cell["source"])
    for cell in cells(notebook, "code"):
        image = cell["metadata"].get("mystnb", {}).get("image", {})
        yield f"alt text of cell {cell['id']}", image.get("alt", "")


def printed_or_cited(path: Path) -> list[str]:
    """Return the decimals in prose that no output holds and none cites."""
    notebook = read(path)
    stored = {
        number
        for cell in cells(notebook, "code")
        for output in cell["outputs"]
        for shown in printed(output)
        for number in decimals(shown)
    }
    return [
        f"{path.name}, {where}: {number} is in no stored output: print it, "
        "write it as it is printed, or cite its source in the sentence"
        for where, words in prose(notebook)
        for sentence in sentences(words)
        if "{cite" not in sentence
        for number in decimals(sentence)
        if number not in stored
    ]
