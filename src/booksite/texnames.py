"""TeX names: what each command of the book's formulas stands for.

A command that is not here is an error at the build, never raw TeX on a page.
"""

from string import ascii_lowercase, ascii_uppercase, digits

GREEK = {
    name: chr(0x3B1 + n)
    for n, name in enumerate(
        "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda "
        "mu nu xi omicron pi rho varsigma sigma tau upsilon varphi chi psi "
        "omega".split()
    )
} | {"epsilon": "ϵ", "phi": "ϕ", "vartheta": "ϑ"}
CAPITALS = {
    "Gamma": "Γ",
    "Delta": "Δ",
    "Theta": "Θ",
    "Lambda": "Λ",
    "Xi": "Ξ",
    "Pi": "Π",
    "Sigma": "Σ",
    "Phi": "Φ",
    "Psi": "Ψ",
    "Omega": "Ω",
}
LETTERS = {
    "infty": "∞",
    "ell": "ℓ",
    "partial": "∂",
    "nabla": "∇",
    "emptyset": "∅",
    "varnothing": "∅",
    "forall": "∀",
    "exists": "∃",
    "top": "⊤",
    "bot": "⊥",
    "dots": "…",
    "ldots": "…",
    "cdots": "⋯",
    "vdots": "⋮",
    "ddots": "⋱",
    "%": "%",
    "#": "#",
    "$": "$",
    "&": "&",
    "_": "_",
    "angle": "∠",
    "hbar": "ℏ",
}
BINARY = {
    "cdot": "⋅",
    "times": "×",
    "div": "÷",
    "pm": "±",
    "mp": "∓",
    "ast": "∗",
    "circ": "∘",
    "odot": "⊙",
    "oplus": "⊕",
    "otimes": "⊗",
    "cap": "∩",
    "cup": "∪",
    "setminus": "∖",
    "land": "∧",
    "lor": "∨",
}
RELATION = {
    "le": "≤",
    "leq": "≤",
    "ge": "≥",
    "geq": "≥",
    "ne": "≠",
    "neq": "≠",
    "ll": "≪",
    "gg": "≫",
    "approx": "≈",
    "sim": "∼",
    "simeq": "≃",
    "cong": "≅",
    "equiv": "≡",
    "propto": "∝",
    "in": "∈",
    "notin": "∉",
    "ni": "∋",
    "subset": "⊂",
    "subseteq": "⊆",
    "supset": "⊃",
    "supseteq": "⊇",
    "mid": "∣",
    "parallel": "∥",
    "perp": "⊥",
    "to": "→",
    "rightarrow": "→",
    "leftarrow": "←",
    "gets": "←",
    "leftrightarrow": "↔",
    "Rightarrow": "⇒",
    "Leftarrow": "⇐",
    "Leftrightarrow": "⇔",
    "implies": "⟹",
    "iff": "⟺",
    "mapsto": "↦",
    "uparrow": "↑",
    "downarrow": "↓",
}
OPEN = {
    "lVert": "‖",
    "lvert": "|",
    "langle": "⟨",
    "lfloor": "⌊",
    "lceil": "⌈",
    "lbrace": "{",
    "{": "{",
}
CLOSE = {
    "rVert": "‖",
    "rvert": "|",
    "rangle": "⟩",
    "rfloor": "⌋",
    "rceil": "⌉",
    "rbrace": "}",
    "}": "}",
}
FENCES = OPEN | CLOSE | {"|": "‖", "Vert": "‖", "vert": "|"}
BIG = {"sum": "∑", "prod": "∏", "bigcup": "⋃", "bigcap": "⋂"}
FUNCTIONS = set(
    "arccos arcsin arctan arg cos cosh cot deg dim exp ker lg ln log sin "
    "sinh tan tanh".split()
)
LIMITS = set("argmax argmin det gcd inf lim max min sup".split())
SPACES = {
    ",": "0.1667em",
    ":": "0.2222em",
    ">": "0.2222em",
    ";": "0.2778em",
    "!": "-0.1667em",
    " ": "0.25em",
    "quad": "1em",
    "qquad": "2em",
}
ACCENTS = {
    "hat": "^",
    "widehat": "^",
    "bar": "¯",
    "tilde": "~",
    "widetilde": "~",
    "vec": "→",
    "dot": "˙",
    "ddot": "¨",
}
WIDE = {"widehat", "widetilde"}
BRACES = {"underbrace": "⏟", "overbrace": "⏞"}
SIZES = {"big": "1.2em", "Big": "1.8em", "bigg": "2.4em", "Bigg": "3em"}
MATRICES = {
    "matrix": ("", ""),
    "smallmatrix": ("", ""),
    "pmatrix": ("(", ")"),
    "bmatrix": ("[", "]"),
    "vmatrix": ("|", "|"),
    "Vmatrix": ("‖", "‖"),
    "cases": ("{", ""),
}
ALIGNED = set("align align* aligned alignat split".split())
CENTRED = set("gather gather* gathered equation equation* array".split())


def alphabet(capital: int, small: int = 0, digit: int = 0) -> dict[str, str]:
    """Return a map of letters to the mathematical letters from there on."""
    letters: dict[str, str] = {}
    for first, names in (
        (capital, ascii_uppercase),
        (small, ascii_lowercase),
        (digit, digits),
    ):
        if first:
            letters |= {c: chr(first + n) for n, c in enumerate(names)}
    return letters


def greek(small: int, capital: int) -> dict[str, str]:
    """Return a map of Greek letters to those from the given ones on."""
    letters = {chr(0x3B1 + n): chr(small + n) for n in range(25)}
    return letters | {chr(0x391 + n): chr(capital + n) for n in range(25)}


STRUCK = dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True))
SCRIPT = dict(zip("BEFHILMR", "ℬℰℱℋℐℒℳℛ", strict=True))
FONTS = {
    "mathbf": alphabet(0x1D400, 0x1D41A, 0x1D7CE) | greek(0x1D6C2, 0x1D6A8),
    "boldsymbol": alphabet(0x1D468, 0x1D482, 0x1D7CE)
    | greek(0x1D736, 0x1D71C),
    "mathbb": alphabet(0x1D538) | STRUCK,
    "mathcal": alphabet(0x1D49C) | SCRIPT,
    "mathit": {},
    "mathrm": {},
}
FONTS["bm"] = FONTS["boldsymbol"]
TEXT = {
    "text": "",
    "textrm": "",
    "mbox": "",
    "textbf": "bold",
    "textit": "italic",
    "texttt": "mono",
    "mathtt": "mono",
}
