"""TeX: the book's formulas as MathML Core, which browsers draw themselves.

Source: MathML Core (W3C, 2025); The TeXbook (Knuth, 1984), appendix G
"""

import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring

from booksite import texnames as names

TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|\d+(?:\.\d+)?|\s+|.", re.DOTALL)
NO_SPACE = {"lspace": "0", "rspace": "0"}
THIN, RELATED = names.SPACES[","], names.SPACES[";"]
# After these a minus is a sign; after all others it subtracts.
FIRM = ("open", "rel", "bin", "op", "big")
# A thin space stands between a function's name and these neighbours.
BEFORE_NAME, AFTER_NAME = ("ord", "op", "close"), ("ord", "op", "big")


class TexError(ValueError):
    """A formula that this book's subset of TeX does not hold."""


@dataclass
class Atom:
    """One element, and its kind by TeX's rules for spaces."""

    xml: Element
    kind: str = "ord"


def leaf(tag: str, text: str, **attributes: str) -> Element:
    """Return an element with text.

    >>> tostring(leaf("mi", "x"))
    b'<mi>x</mi>'
    """
    element = Element(tag, attributes)
    element.text = text
    return element


def branch(tag: str, *children: Element, **attributes: str) -> Element:
    """Return an element with children."""
    element = Element(tag, attributes)
    element.extend(children)
    return element


def row(atoms: list[Atom]) -> Element:
    """Return the atoms in one element, spaced as TeX spaces them."""
    spaced: list[Element] = []
    before = None
    for atom in atoms:
        sign = atom.xml.tag == "mo" and atom.xml.text in ("−", "+", "±", "∓")
        if sign and (before is None or before.kind in FIRM):
            atom.xml.set("form", "prefix")
        if before and (
            (before.kind in BEFORE_NAME and atom.kind == "op")
            or (before.kind == "op" and atom.kind in AFTER_NAME)
        ):
            spaced.append(Element("mspace", width=THIN))
        spaced.append(atom.xml)
        before = atom
    if len(spaced) == 1:
        return spaced[0]
    return branch("mrow", *spaced)


def fence(sign: str, form: str, **attributes: str) -> Element:
    """Return a bracket that opens or closes; none for TeX's dot."""
    if not sign:
        return Element("mrow")
    return leaf("mo", sign, form=form, fence="true", **attributes)


def tight(script: Element) -> Element:
    """Return a script whose operators have no space around them."""
    for sign in script.iter("mo"):
        sign.attrib.update(NO_SPACE)
    return script


class Parser:
    """A formula's tokens, and how far they have been read."""

    def __init__(self, tex: str):
        """Return a parser at the start of a formula."""
        self.tokens = TOKEN.findall(re.sub(r"(?<!\\)%.*", "", tex))
        self.at = 0
        self.font: dict[str, str] | None = None
        self.upright = False

    def peek(self) -> str:
        """Return the next token that is no blank, or "" at the end."""
        while self.at < len(self.tokens) and self.tokens[self.at].isspace():
            self.at += 1
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, expected: str = "") -> str:
        """Return the next token and step over it."""
        token = self.peek()
        if not token or (expected and token != expected):
            raise TexError(
                f"expected {expected or 'more'!r}, found "
                f"{token or 'the end'!r}"
            )
        self.at += 1
        return token

    def atoms(self, *ends: str) -> list[Atom]:
        """Return the atoms up to one of the ends, which is not taken."""
        found: list[Atom] = []
        while self.peek() not in ends:
            if not self.peek():
                raise TexError(f"{' or '.join(ends)} is missing")
            found.append(self.scripted())
        return found

    def group(self) -> Element:
        """Return what stands in braces, or the one atom that follows."""
        if self.peek() != "{":
            return self.atom().xml
        self.take("{")
        inner = row(self.atoms("}"))
        self.take("}")
        if inner.tag == "mo":
            inner.attrib.update(NO_SPACE)
        return inner

    def raw(self) -> str:
        """Return the text in braces as it stands."""
        self.take("{")
        start, depth = self.at, 1
        while depth:
            if self.at == len(self.tokens):
                raise TexError("} is missing")
            depth += {"{": 1, "}": -1}.get(self.tokens[self.at], 0)
            self.at += 1
        text = "".join(self.tokens[start : self.at - 1])
        if "$" in text or "{" in text:
            raise TexError(f"formulas inside \\text are not read: {text!r}")
        return re.sub(r"\\([ %#&_$])", r"\1", text)

    def scripted(self) -> Atom:
        """Return an atom with its scripts."""
        base = self.atom()
        scripts: dict[str, Element] = {}
        while (mark := self.peek()) in ("^", "_", "'"):
            if mark == "'":
                self.take()
                scripts["^"] = leaf("mo", "′", **NO_SPACE)
                continue
            self.take()
            if mark in scripts and scripts[mark].text != "′":
                raise TexError(f"two scripts {mark} on one letter")
            script = tight(self.group())
            if mark in scripts:
                script = branch("mrow", scripts[mark], script)
            scripts[mark] = script
        if not scripts:
            return base
        low, high = scripts.get("_"), scripts.get("^")
        limits = base.xml.get("movablelimits") or base.xml.tag in (
            "munder",
            "mover",
        )
        if low is not None and high is not None:
            tag = "munderover" if limits else "msubsup"
        elif low is not None:
            tag = "munder" if limits else "msub"
        else:
            tag = "mover" if limits else "msup"
        parts = [part for part in (base.xml, low, high) if part is not None]
        return Atom(branch(tag, *parts), base.kind)

    def atom(self) -> Atom:
        """Return the next atom, without scripts."""
        token = self.take()
        if token == "{":
            self.at -= 1
            return Atom(self.group())
        if token[0] == "\\":
            return self.command(token[1:])
        if token in "^_'&}":
            raise TexError(f"{token!r} stands where nothing takes it")
        if token[0].isdigit():
            return Atom(leaf("mn", self.styled(token)))
        if token.isalpha():
            return self.letter(token)
        if token in "([":
            return Atom(leaf("mo", token, stretchy="false"), "open")
        if token in ")]":
            return Atom(leaf("mo", token, stretchy="false"), "close")
        if token in "|/":
            return Atom(leaf("mo", token, stretchy="false", **NO_SPACE))
        if token == ":":
            return Atom(
                leaf("mo", ":", lspace=RELATED, rspace=RELATED), "rel"
            )
        if token in "=<>≤≥≈":
            return Atom(leaf("mo", token), "rel")
        if token in "+-*×·−":
            sign = {"-": "−", "*": "∗", "·": "⋅"}.get(token, token)
            return Atom(leaf("mo", sign), "bin")
        if token in ",;":
            return Atom(leaf("mo", token, separator="true"), "open")
        if token == "~":
            return Atom(Element("mspace", width=names.SPACES[" "]), "space")
        if token in ".!?…∞‖":
            return Atom(leaf("mi", token))
        raise TexError(f"the sign {token!r} is not known in formulas")

    def styled(self, text: str) -> str:
        """Return the text in the font that holds now."""
        return "".join((self.font or {}).get(c, c) for c in text)

    def letter(self, token: str) -> Atom:
        """Return a letter, slanted as TeX slants it."""
        styled = self.styled(token)
        upright = self.upright or (
            styled == token and token in names.CAPITALS.values()
        )
        attributes = {"mathvariant": "normal"} if upright else {}
        return Atom(leaf("mi", styled, **attributes))

    def command(self, name: str) -> Atom:
        """Return what a command stands for."""
        for table in (names.GREEK, names.CAPITALS):
            if name in table:
                return self.letter(table[name])
        for table, tag, kind in (
            (names.LETTERS, "mi", "ord"),
            (names.BINARY, "mo", "bin"),
            (names.RELATION, "mo", "rel"),
        ):
            if name in table:
                return Atom(leaf(tag, table[name]), kind)
        if name in names.OPEN:
            sign = fence(names.OPEN[name], "prefix", stretchy="false")
            return Atom(sign, "open")
        if name in names.CLOSE:
            sign = fence(names.CLOSE[name], "postfix", stretchy="false")
            return Atom(sign, "close")
        if name in names.FENCES:
            sign = leaf("mo", names.FENCES[name], stretchy="false")
            sign.attrib.update(NO_SPACE)
            return Atom(sign)
        if name in names.BIG:
            sign = leaf("mo", names.BIG[name], movablelimits="true")
            return Atom(sign, "big")
        if name == "int":
            return Atom(leaf("mo", "∫"), "big")
        if name in names.FUNCTIONS:
            return Atom(leaf("mi", name), "op")
        if name in names.LIMITS:
            return self.limits(name)
        if name in names.SPACES:
            space = Element("mspace", width=names.SPACES[name])
            return Atom(space, "space")
        if name in names.FONTS:
            return self.in_font(name)
        if name in names.TEXT:
            return self.text(name)
        return self.construction(name)

    def limits(self, name: str) -> Atom:
        """Return an operator whose subscript stands below it."""
        word = re.sub("^arg(?=m)", "arg\u2009", name)
        sign = leaf("mo", word, movablelimits="true", **NO_SPACE)
        return Atom(sign, "op")

    def in_font(self, name: str) -> Atom:
        """Return a group in another alphabet."""
        before = self.font, self.upright
        self.font, self.upright = names.FONTS[name], name == "mathrm"
        start = self.at
        inner = self.group()
        self.font, self.upright = before
        word = "".join(self.tokens[start : self.at]).strip("{}")
        if name in ("mathrm", "mathit") and word.isalpha() and word[1:]:
            inner = leaf("mi", word)
            if name == "mathit":
                inner.set("class", "italic")
        return Atom(inner)

    def text(self, name: str) -> Atom:
        """Return words, which stand in a formula as they are."""
        # Blanks at the ends of an element are dropped: these are not.
        words = leaf(
            "mtext", re.sub(r"^[\s~]+|[\s~]+$", "\u00a0", self.raw())
        )
        if names.TEXT[name]:
            words.set("class", names.TEXT[name])
        return Atom(words)

    def construction(self, name: str) -> Atom:
        """Return what a command builds of the groups after it."""
        if name in ("frac", "dfrac", "tfrac"):
            xml = branch("mfrac", self.group(), self.group())
            if name != "frac":
                shown = "true" if name == "dfrac" else "false"
                xml = branch(
                    "mstyle", xml, displaystyle=shown, scriptlevel="0"
                )
            return Atom(xml)
        if name == "binom":
            pair = branch("mfrac", self.group(), self.group())
            pair.set("linethickness", "0")
            return Atom(
                branch("mrow", leaf("mo", "("), pair, leaf("mo", ")"))
            )
        if name == "sqrt":
            if self.peek() == "[":
                self.take("[")
                degree = row(self.atoms("]"))
                self.take("]")
                return Atom(branch("mroot", self.group(), degree))
            return Atom(branch("msqrt", self.group()))
        if name == "overline":
            # No browser stretches a bar over more than one letter.
            return Atom(branch("mrow", self.group(), **{"class": "over"}))
        if name in names.ACCENTS:
            sign = leaf("mo", names.ACCENTS[name])
            sign.set("stretchy", "true" if name in names.WIDE else "false")
            return Atom(branch("mover", self.group(), sign, accent="true"))
        if name in names.BRACES:
            tag = "munder" if name == "underbrace" else "mover"
            sign = leaf("mo", names.BRACES[name])
            return Atom(branch(tag, self.group(), sign))
        if name in ("underset", "overset"):
            script, base = self.group(), self.group()
            tag = "munder" if name == "underset" else "mover"
            return Atom(branch(tag, base, script), "op")
        if name in ("operatorname", "operatorname*"):
            word = self.raw()
            if name.endswith("*"):
                return self.limits(word)
            return Atom(leaf("mi", word), "op")
        if name == "left":
            return self.fenced()
        if (size := names.SIZES.get(name.rstrip("lrm"))) is not None:
            return self.sized(size, name[-1])
        if name == "begin":
            return self.environment()
        raise TexError(f"the command \\{name} is not known")

    def delimiter(self) -> str:
        """Return the bracket that is next; "" for a dot."""
        token = self.take()
        sign = names.FENCES.get(token[1:], "") if token[0] == "\\" else token
        if sign not in {*"()[]|./", *names.FENCES.values()}:
            raise TexError(f"{token!r} is no bracket")
        return sign.replace(".", "")

    def fenced(self) -> Atom:
        r"""Return what stands between \left and \right."""
        left = fence(self.delimiter(), "prefix")
        inner = row(self.atoms(r"\right"))
        self.take(r"\right")
        right = fence(self.delimiter(), "postfix")
        return Atom(branch("mrow", left, inner, right))

    def sized(self, size: str, side: str) -> Atom:
        """Return a bracket of a given size."""
        form, kind = {"l": ("prefix", "open"), "r": ("postfix", "close")}.get(
            side, ("infix", "ord")
        )
        sign = leaf("mo", self.delimiter(), form=form, stretchy="true")
        sign.set("minsize", size)
        sign.set("maxsize", size)
        if form == "infix":
            sign.attrib.update(NO_SPACE)
        return Atom(sign, kind)

    def environment(self) -> Atom:
        r"""Return the table between \begin and \end."""
        name = self.raw()
        known = {*names.MATRICES, *names.ALIGNED, *names.CENTRED}
        if name not in known:
            raise TexError(f"the environment {name} is not known")
        columns = self.raw() if name in ("array", "alignat") else ""
        if set(columns) - set("lcr0123456789 "):
            raise TexError(f"array columns may be l, c, r, not {columns!r}")
        table = self.table()
        if self.raw() != name:
            raise TexError(f"\\begin{{{name}}} is not closed by its \\end")
        left, right = names.MATRICES.get(name, ("", ""))
        if name in names.ALIGNED | names.CENTRED:
            table.set("displaystyle", "true")
        style = "aligned" if name in names.ALIGNED else name.rstrip("*")
        table.set("class", " ".join([style, *columns.replace(" ", "")]))
        if not left:
            return Atom(table)
        parts = fence(left, "prefix"), table, fence(right, "postfix")
        return Atom(branch("mrow", *parts))

    def table(self) -> Element:
        r"""Return the rows up to \end, which is taken."""
        table = Element("mtable")
        line = SubElement(table, "mtr")
        while True:
            inner = row(self.atoms("&", r"\\", r"\end"))
            line.append(branch("mtd", inner))
            token = self.take()
            if token == r"\end":
                break
            if token == r"\\":
                if self.peek() == r"\end":
                    self.take()
                    break
                line = SubElement(table, "mtr")
        return table


def mathml(tex: str, display: bool = False) -> str:
    r"""Return a formula as MathML.

    Raises TexError where the formula uses what this book's TeX lacks.

    >>> mathml(r"a_i")
    '<math><msub><mi>a</mi><mi>i</mi></msub></math>'
    """
    parser = Parser(tex)
    found = parser.atoms("", r"\\")
    if parser.peek():
        raise TexError("\\\\ stands outside of an environment")
    inner = row(found)
    attributes = {"display": "block"} if display else {}
    content = (
        list(inner) if inner.tag == "mrow" and not inner.attrib else [inner]
    )
    return tostring(branch("math", *content, **attributes), "unicode")
