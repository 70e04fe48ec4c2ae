"""What strict nbval needs besides: eyes for figures, and the semicolon.

nbval never compares PNG, and compares SVG digit by digit, which no two kinds
of processor pass. Here both are compared with a tolerance.
"""

import base64
import io
import re
from collections.abc import Iterable

import numpy as np

# Not a file of tests: doctests of two conftest.py would clash by their name.
collect_ignore = ["conftest.py"]

# Root mean square over all pixels, 0-255. On another kind of processor NumPy
# figures moved by 0.007 at most; one cell of a heat map that is out of date
# gives 0.17, one bar that is 2 % too long 4. Training in float32 may move a
# curve by 4 between processors; training in float64 gave 0.
PNG_RMS = 0.1
# In points. Processors: 0.00006. A bar that is 2 % too long: 1.5.
SVG_POINTS = 0.01
# Not the digits of a colour such as #3b528b: a colour may not change at all.
NUMBER = re.compile(r"(?<![#\w.])-?\d+\.?\d*(?:e-?\d+)?\b")
# Identifiers and the date of drawing differ between runs.
UNSTEADY = re.compile(
    r'\bid="[^"]*"|(?<=url\()#[\w-]+|(?<=href=")#[\w-]+'
    r"|<metadata>.*?</metadata>",
    re.S,
)


def pixels(png: str) -> np.ndarray:
    """Return the pixels (height, width, 4) of a PNG in base 64."""
    from PIL import Image

    return np.asarray(
        Image.open(io.BytesIO(base64.b64decode(png))).convert("RGBA"), float
    )


def png_change(stored: str, fresh: str) -> str:
    """Return what differs between two PNG in base 64, or an empty text."""
    a, b = pixels(stored), pixels(fresh)
    if a.shape != b.shape:
        return f"{a.shape[1::-1]} pixels stored, {b.shape[1::-1]} drawn"
    rms = np.sqrt(((a - b) ** 2).mean())
    return "" if rms <= PNG_RMS else f"pixels differ by {rms:.3f} RMS"


def svg_change(stored: str, fresh: str) -> str:
    """Return what differs between two SVG texts, or an empty text."""
    a, b = UNSTEADY.sub("", stored), UNSTEADY.sub("", fresh)
    if NUMBER.sub("#", a) != NUMBER.sub("#", b):
        return "marks or words differ"
    x, y = (np.array(NUMBER.findall(svg), float) for svg in (a, b))
    far = np.abs(x - y).max(initial=0)
    return "" if far <= SVG_POINTS else f"marks moved by {far:.3f} points"


CHANGES = {"image/png": png_change, "image/svg+xml": svg_change}


def images(outputs: Iterable[dict], mime: str) -> list[str]:
    """Return the images of one type among a cell's outputs."""
    data = (output.get("data", {}) for output in outputs)
    return [shown[mime] for shown in data if mime in shown]


def stale(stored: Iterable[dict], fresh: Iterable[dict]) -> str:
    """Return why the stored figures are out of date, or an empty text."""
    for mime, change in CHANGES.items():
        old, new = images(stored, mime), images(fresh, mime)
        if len(old) != len(new):
            return f"{len(old)} stored as {mime}, {len(new)} drawn"
        for i, (one, other) in enumerate(zip(old, new, strict=True), 1):
            said = change(one, other)
            if said:
                return f"figure {i} of {len(old)}: {said}"
    return ""


def pytest_configure() -> None:
    """Return nothing; have nbval see figures and run like JupyterLab."""
    from nbval.kernel import RunningKernel
    from nbval.plugin import IPyNbCell

    compare_text = IPyNbCell.compare_outputs

    def compare_outputs(cell, fresh, stored, skip_compare=None):
        skip = (*cell.parent.skip_compare, *CHANGES)
        if not compare_text(cell, fresh, stored, skip):
            return False
        said = stale(stored, fresh)
        if said:
            cell.comparison_traceback.append(
                f"stale figure: {said}.\nRun `make chapters "
                f"ONLY={cell.parent.path.stem}` and look at the figure: "
                "if it is right, commit it, if not, mend the code."
            )
        return not said

    def execute_cell_input(kernel, source, allow_stdin=None):
        # Without history IPython overlooks a final semicolon: nbval's #194.
        return kernel.kc.execute(
            source, allow_stdin=allow_stdin, stop_on_error=False
        )

    IPyNbCell.compare_outputs = compare_outputs
    RunningKernel.execute_cell_input = execute_cell_input
