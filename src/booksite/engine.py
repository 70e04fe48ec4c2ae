"""Engine: settings that Jupyter Book hands to extensions this book lacks."""

# sphinx_comments, of the default extensions, would declare these.
UNUSED = ("comments_config",)


def setup(app) -> None:
    """Return nothing; declare them, so that no build warns of them."""
    for name in UNUSED:
        app.add_config_value(name, {}, "")
