import re

import pytest

from booksite.tex import TexError, mathml


def inner(tex: str) -> str:
    """Return a formula's MathML without the element around it."""
    return re.sub("^<math>|</math>$", "", mathml(tex))


def o(sign: str) -> str:
    """Return an operator of a script, with no space around it."""
    return f'<mo lspace="0" rspace="0">{sign}</mo>'


WORKED = {
    "a": "<mi>a</mi>",
    "12.5": "<mn>12.5</mn>",
    r"\mathbf{a}": "<mi>𝐚</mi>",
    r"\mathbb{R}^D": "<msup><mi>ℝ</mi><mi>D</mi></msup>",
    "A_{ij}": "<msub><mi>A</mi><mrow><mi>i</mi><mi>j</mi></mrow></msub>",
    "a_i^2": "<msubsup><mi>a</mi><mi>i</mi><mn>2</mn></msubsup>",
    r"\frac{1}{n}": "<mfrac><mn>1</mn><mi>n</mi></mfrac>",
    r"\sqrt{x}": "<msqrt><mi>x</mi></msqrt>",
    r"\sqrt[3]{x}": "<mroot><mi>x</mi><mn>3</mn></mroot>",
    r"\lVert a \rVert": '<mo form="prefix" fence="true" stretchy="false">'
    '‖</mo><mi>a</mi><mo form="postfix" fence="true" stretchy="false">‖</mo>',
    r"\|a\|": '<mo stretchy="false" lspace="0" rspace="0">‖</mo><mi>a</mi>'
    '<mo stretchy="false" lspace="0" rspace="0">‖</mo>',
    r"\left(a\right.": '<mo form="prefix" fence="true">(</mo>'
    "<mi>a</mi><mrow />",
    r"\sum_{i=1}^n i": '<munderover><mo movablelimits="true">∑</mo>'
    f"<mrow><mi>i</mi>{o('=')}<mn>1</mn></mrow><mi>n</mi></munderover>"
    "<mi>i</mi>",
    r"2\cos x": '<mn>2</mn><mspace width="0.1667em" /><mi>cos</mi>'
    '<mspace width="0.1667em" /><mi>x</mi>',
    r"\cos(x)": '<mi>cos</mi><mo stretchy="false">(</mo><mi>x</mi>'
    '<mo stretchy="false">)</mo>',
    r"\operatorname{softmax}": "<mi>softmax</mi>",
    r"\text{if }x": "<mtext>if\u00a0</mtext><mi>x</mi>",
    r"\hat{y}": '<mover accent="true"><mi>y</mi>'
    '<mo stretchy="false">^</mo></mover>',
    "x'": '<msup><mi>x</mi><mo lspace="0" rspace="0">′</mo></msup>',
    "-a-b": '<mo form="prefix">−</mo><mi>a</mi><mo>−</mo><mi>b</mi>',
    r"50{,}257": '<mn>50</mn><mo separator="true" lspace="0" rspace="0">'
    ",</mo><mn>257</mn>",
    r"\Sigma": '<mi mathvariant="normal">Σ</mi>',
    r"a<b": "<mi>a</mi><mo>&lt;</mo><mi>b</mi>",
    r"\begin{aligned}a&=1\\b&=2\end{aligned}": '<mtable displaystyle="true" '
    'class="aligned"><mtr><mtd><mi>a</mi></mtd><mtd><mrow><mo>=</mo>'
    "<mn>1</mn></mrow></mtd></mtr><mtr><mtd><mi>b</mi></mtd><mtd><mrow>"
    "<mo>=</mo><mn>2</mn></mrow></mtd></mtr></mtable>",
    r"\begin{pmatrix}1\end{pmatrix}": '<mo form="prefix" fence="true">(</mo>'
    '<mtable class="pmatrix"><mtr><mtd><mn>1</mn></mtd></mtr></mtable>'
    '<mo form="postfix" fence="true">)</mo>',
}


@pytest.mark.parametrize("tex", WORKED)
def test_a_formula_becomes_the_mathml_worked_by_hand(tex):
    assert inner(tex) == WORKED[tex]


REFUSED = {
    r"\frob": r"the command \frob is not known",
    "a^": "expected 'more', found 'the end'",
    "{a": "} is missing",
    r"\text{a": "} is missing",
    "a}": "'}' stands where nothing takes it",
    r"\left(a": r"\right is missing",
    r"\left a": "'a' is no bracket",
    "a_i_j": "two scripts _ on one letter",
    r"a \\ b": "stands outside of an environment",
    r"\begin{frob}\end{frob}": "the environment frob is not known",
    r"\begin{cases}a\end{matrix}": r"\begin{cases} is not closed",
    r"\begin{array}{c|c}a\end{array}": "array columns may be l, c, r",
    r"\text{$a$}": r"formulas inside \text are not read",
    "a & b": "'&' stands where nothing takes it",
    "漢@": "the sign '@' is not known",
}


@pytest.mark.parametrize("tex", REFUSED)
def test_what_cannot_be_read_is_refused_by_name(tex):
    with pytest.raises(TexError) as error:
        mathml(tex)
    assert REFUSED[tex] in str(error.value)


def test_a_tex_comment_is_no_part_of_a_formula():
    assert inner("a % the first\n+ b") == inner("a + b")
    assert "%" in inner(r"50\,\%")
