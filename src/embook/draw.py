"""Draw: the book's one figure style, and a function's source on the page.

Figures are dark ink on white; the site inverts them in dark mode. Series
differ by mark and dash as well as by colour (Okabe & Ito, 2008).
"""

import inspect
from collections.abc import Callable

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


def show(f: Callable) -> None:
    """Return nothing; display the source of f as the installed file has it.

    Raises TypeError where f has no Python source, as a builtin has none.
    """
    from IPython.display import Markdown, display

    where = inspect.getmodule(f).__name__
    source = inspect.getsource(f)
    display(Markdown(f"```python\n# {where}\n{source}```"))
