"""Fonts: make the site's three fonts from their releases; no build does.

    npm pack @fontsource/stix-two-math@5.3.0
    npm pack @fontsource-variable/source-serif-4@5.3.1
    tar xf each of them into node_modules/<name>, then
    pip install fonttools==4.68.0 brotli==1.2.1
    python .ci/fonts.py node_modules src/booksite/theme/static/fonts

Both families are under the SIL Open Font License 1.1, which reserves their
names: what is made here is called Book Serif and Book Math.
"""

import hashlib
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

SERIF = "@fontsource-variable/source-serif-4/files/source-serif-4-latin-wght"
MATH = "@fontsource/stix-two-math/files/stix-two-math-latin-400"
LATIN = [
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),
    *range(0x2010, 0x2028),
    *map(ord, "‰′″‹›€™←→−×≈≠≤≥…✓★"),
]
GREEK = [*range(0x391, 0x3AA), *range(0x3B1, 0x3CA), *map(ord, "ϑϕϖϰϱϵ")]
SIGNS = (
    "¥¬¯°±·×÷ˆˉ˜ıȷ‖†…′″‴‾⁄\u2061\u2062\u2063ℂℋℐℒℕℙℚℛℝℤℬℰℱℳℎℓℏ←↑→↓↔↕↦⇐⇑⇒⇓⇔∀∂∃∅∆∇"
    "∈∉∋∏∑−∓∕∖∗∘√∝∞∠∣∥∧∨∩∪∫∴∼≃≅≈≠≡≤≥≪≫⊂⊃⊆⊇⊕⊗⊙⊤⊥⋅⋀⋁⋂⋃⋮⋯⋱⌈⌉⌊⌋⏞⏟⟨⟩⟶⟹⟺"
    "\u0302\u0303\u0304\u0305\u0307\u0308\u20d7"
)
LETTERS = [
    *range(0x1D400, 0x1D468),  # bold, italic
    *range(0x1D49C, 0x1D4B6),  # script capitals
    *range(0x1D6FC, 0x1D71A),  # italic Greek
    *range(0x1D7CE, 0x1D7D8),  # bold digits
]
MATHS = [*range(0x20, 0x7F), 0xA0, *GREEK, *map(ord, SIGNS), *LETTERS]


def narrow_roots(font: TTFont, most: int = 960) -> None:
    """Return nothing; let tall roots reach to the left of their place.

    Blink reserves for every root the width of the widest one.
    """
    variants = font["MATH"].table.MathVariants
    root = font.getBestCmap()[ord("√")]
    at = variants.VertGlyphCoverage.glyphs.index(root)
    made = variants.VertGlyphConstruction[at]
    glyphs = {v.VariantGlyph for v in made.MathGlyphVariantRecord}
    glyphs |= {part.glyph for part in made.GlyphAssembly.PartRecords}
    for name in glyphs:
        advance, bearing = font["hmtx"][name]
        if advance > most:
            glyph = font["glyf"][name]
            glyph.coordinates.translate((most - advance, 0))
            glyph.recalcBounds(font["glyf"])
            font["hmtx"][name] = (most, bearing + most - advance)


def drop_wide_brackets(font: TTFont) -> None:
    """Return nothing; build round brackets from parts once those are wide.

    Blink reserves for every bracket the width of the widest one.
    """
    variants = font["MATH"].table.MathVariants
    for sign in "()":
        name = font.getBestCmap()[ord(sign)]
        at = variants.VertGlyphCoverage.glyphs.index(name)
        made = variants.VertGlyphConstruction[at]
        part = made.GlyphAssembly.PartRecords[0].glyph
        widest = font["hmtx"][part][0]
        made.MathGlyphVariantRecord = [
            v
            for v in made.MathGlyphVariantRecord
            if font["hmtx"][v.VariantGlyph][0] <= widest
        ]
        made.VariantCount = len(made.MathGlyphVariantRecord)


def rename(font: TTFont, name: str) -> None:
    """Return nothing; give a font a name that nobody has reserved."""
    for record in font["name"].names:
        if record.nameID in (1, 3, 4, 6, 16):
            record.string = name


def write(font: TTFont, target: Path, unicodes: list[int], name: str) -> None:
    """Return nothing; write the part of a font that the book needs."""
    options = subset.Options()
    options.flavor = "woff2"
    options.hinting = False
    options.name_IDs = [0, 1, 2, 4, 6, 13, 14]
    options.layout_features = "kern liga mark mkmk ccmp locl ssty".split()
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=unicodes)
    subsetter.subset(font)
    rename(font, name)
    font.recalcTimestamp = False
    subset.save_font(font, str(target), options)
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    print(f"{digest}  {target.name}  {target.stat().st_size} bytes")


def main(source: Path, target: Path) -> None:
    """Return nothing; make all three."""
    for style, name in (("normal", "roman"), ("italic", "italic")):
        font = TTFont(source / f"{SERIF}-{style}.woff2")
        font = instancer.instantiateVariableFont(font, {"wght": (400, 700)})
        write(font, target / f"{name}.woff2", LATIN, "Book Serif")
    font = TTFont(source / f"{MATH}-normal.woff2")
    drop_wide_brackets(font)
    narrow_roots(font)
    write(font, target / "math.woff2", MATHS, "Book Math")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
