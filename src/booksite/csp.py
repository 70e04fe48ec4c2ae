"""CSP: the page itself forbids any script, picture or font of another site.

Mends nothing that shows: it keeps what the other modules mend from coming
back unnoticed.
"""

from base64 import b64encode
from hashlib import sha256


def source(script: str) -> str:
    """Return what allows one inline script, and no other.

    >>> source("")
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    """
    digest = b64encode(sha256(script.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def policy(head_script: str, python: bool = False) -> str:
    """Return the policy of a page; only one that runs Python allows wasm."""
    scripts = ["'self'", source(head_script)]
    if python:
        scripts.append("'wasm-unsafe-eval'")
    # Styles may be inline: tables of dataframes bring their own.
    rules = {
        "default-src": "'none'",
        "script-src": " ".join(scripts),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "worker-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'self'",
        "object-src": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())
