"""Canonical: the one text that stands for a notebook in the repository.

It keeps what a reader needs: sources, outputs, tags, alt texts. An editor's
metadata, timing and the paths in a traceback are left out.
"""

import json
import re

KERNELSPEC = {
    "display_name": "Python 3",
    "language": "python",
    "name": "python3",
}
# A name in words, not the eight random letters an editor gives a new cell.
READABLE = re.compile(r"[a-z]+\d{0,2}(-([a-z]+\d{0,2}|\d+[a-z]?))*")


def text(lines: str | list[str]) -> str:
    """Return a notebook's text, which it holds as one string or as lines."""
    return lines if isinstance(lines, str) else "".join(lines)


def canonical(notebook: dict) -> str:
    """Return the canonical text of a notebook, given as read from JSON.

    The canonical form of a canonical notebook is its own text.
    """
    taken: set[str] = set()
    cells = [_cell(cell, taken) for cell in notebook["cells"]]
    whole = {
        "cells": cells,
        "metadata": {"kernelspec": KERNELSPEC},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return (
        json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    )


def _cell(cell: dict, taken: set[str]) -> dict:
    source = text(cell["source"]).strip("\n")
    if cell["cell_type"] != "code":
        source = "\n".join(line.rstrip() for line in source.splitlines())
    kept = {
        "cell_type": cell["cell_type"],
        "id": _name(cell.get("id", ""), source, taken),
        "metadata": _metadata(cell["metadata"]),
        "source": source.splitlines(keepends=True),
    }
    if cell["cell_type"] == "code":
        kept["execution_count"] = cell["execution_count"]
        kept["outputs"] = _outputs(cell["outputs"])
    return kept


def _name(name: str, source: str, taken: set[str]) -> str:
    if not READABLE.fullmatch(name):
        name = "-".join(re.findall(r"[a-z]+", source.lower())[:4]) or "cell"
        name = name[:60].rstrip("-")
    unique, n = name, 1
    while unique in taken:
        n += 1
        unique = f"{name}-{n}"
    taken.add(unique)
    return unique


def _metadata(metadata: dict) -> dict:
    alt = metadata.get("mystnb", {}).get("image", {}).get("alt")
    hidden = metadata.get("jupyter", {}).get("source_hidden")
    kept = {
        "tags": list(metadata.get("tags", [])),
        "mystnb": alt and {"image": {"alt": alt}},
        "jupyter": hidden and {"source_hidden": True},
    }
    return {key: value for key, value in kept.items() if value}


def _outputs(outputs: list[dict]) -> list[dict]:
    merged: list[dict] = []
    for output in outputs:
        kept = _output(output)
        before = merged[-1] if merged else {}
        if "name" in kept and kept["name"] == before.get("name"):
            whole = text(before["text"]) + text(kept["text"])
            before["text"] = whole.splitlines(keepends=True)
        else:
            merged.append(kept)
    return merged


def _output(output: dict) -> dict:
    kind = output["output_type"]
    kept = {"output_type": kind}
    if kind == "stream":
        kept["name"] = output["name"]
        kept["text"] = text(output["text"]).splitlines(keepends=True)
    elif kind == "error":
        kept |= {key: output[key] for key in ("ename", "evalue")}
        # The rest of a traceback names paths of the machine it ran on.
        kept["traceback"] = [f"{output['ename']}: {output['evalue']}"]
    else:
        kept["metadata"] = {}
        kept["data"] = {k: _datum(k, v) for k, v in output["data"].items()}
        if kind == "execute_result":
            kept["execution_count"] = output["execution_count"]
    return kept


def _datum(mime: str, value: object) -> object:
    if mime.endswith("json"):
        return value
    if mime == "image/png":
        return text(value).replace("\n", "")
    return text(value).splitlines(keepends=True)
