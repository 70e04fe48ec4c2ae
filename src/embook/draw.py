"""Draw: the book's one figure style, and a function's source on the page.

Figures are dark ink on white; the site inverts them in dark mode. Series
differ by mark and dash as well as by colour (Okabe & Ito, 2008).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK = "#22272e"
FAINT = "#8a929c"
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1)), (0, (1, 1)))
MARKS = ("o", "s", "^", "D", "v", "P")


def style() -> None:
    """Return nothing; set the figure style for the rest of the notebook."""
    import matplotlib as mpl
    from cycler import cycler
    from matplotlib_inline.backend_inline import set_matplotlib_formats

    # Without bbox_inches=None each figure is cropped to a width of its own.
    set_matplotlib_formats("png", bbox_inches=None)
    mpl.rcParams.update(
        {
            "figure.figsize": (7.0, 3.4),
            "figure.dpi": 144,
            "figure.constrained_layout.use": True,
            "font.size": 10,
            "axes.titlesize": 10,
            "axes.titlelocation": "left",
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.edgecolor": INK,
            "axes.labelcolor": INK,
            "text.color": INK,
            "xtick.color": INK,
            "ytick.color": INK,
            "grid.color": "#d8dce1",
            "legend.frameon": False,
            "axes.prop_cycle": cycler(color=COLOURS)
            + cycler(linestyle=DASHES)
            + cycler(marker=MARKS),
        }
    )


def arrow(ax: Axes, tip: np.ndarray, name: str, dash: str = "-") -> None:
    """Return nothing; draw a named arrow from the origin to tip (2,)."""
    line = {"lw": 1.6, "color": INK, "shrinkA": 0, "shrinkB": 0}
    ax.annotate(
        "", tip, (0, 0), arrowprops={"arrowstyle": "-", "ls": dash, **line}
    )
    head = {"arrowstyle": "-|>", "mutation_scale": 14, **line}
    ax.annotate("", tip, 0.97 * np.asarray(tip), arrowprops=head)
    ax.annotate(
        name,
        tip,
        (7, -8),
        textcoords="offset points",
        style="italic",
        size=12,
    )


def points(
    ax: Axes,
    x: np.ndarray,
    y: np.ndarray,
    names: Sequence[str],
    chosen: Sequence[int],
    mark: str = "o",
    side: str = "right",
) -> None:
    """Return nothing; mark the chosen points of x (N,), y (N,) by name.

    The names stand to the right or the left of their marks.
    """
    ax.plot(x[chosen], y[chosen], mark, ls="", ms=5)
    ha, away = ("right", -6) if side == "left" else ("left", 6)
    beside = {"ha": ha, "va": "center", "textcoords": "offset points"}
    for i in chosen:
        ax.annotate(names[i].strip(), (x[i], y[i]), (away, 0), **beside)


def show(f: Callable) -> None:
    """Return nothing; display the source of f as the installed file has it.

    Raises TypeError where f has no Python source, as a builtin has none.
    """
    from IPython.display import Markdown, display

    where = inspect.getmodule(f).__name__
    source = inspect.getsource(f)
    display(Markdown(f"```python\n# {where}\n{source}```"))
