"""The proof of every exercise: its checker knows right from wrong."""

from importlib import import_module
from pathlib import Path

import pytest
from mutants import mutants, parts

from embook import exercises
from embook.check import Exercise, check, diagnose, find, hint, outcome

CHAPTERS = sorted(
    p.stem
    for p in Path(exercises.__file__).parent.glob("*.py")
    if p.stem != "__init__"
)
ALL = {
    f"{chapter}.{name}": exercise
    for chapter in CHAPTERS
    for name, exercise in import_module(
        f"embook.exercises.{chapter}"
    ).EXERCISES.items()
}
MISTAKES = [
    pytest.param(e, m, id=f"{name}-{m.wrong.__name__.strip('_')}")
    for name, e in ALL.items()
    for m in e.mistakes
]
KILLED_AT_LEAST = 0.9


@pytest.mark.parametrize("name", ALL)
def test_the_reference_passes(name):
    e = find(name)
    assert diagnose(e.reference, e) == f"right in all {len(e.cases)} cases"


@pytest.mark.parametrize("nothing", [None, ...])
@pytest.mark.parametrize("name", ALL)
def test_a_stub_is_unwritten(name, nothing, capsys):
    check(lambda *_: nothing, name)
    assert capsys.readouterr().out == f"{name}: not written yet\n"


@pytest.mark.parametrize(("exercise", "mistake"), MISTAKES)
def test_a_named_mistake_is_caught_as_itself(exercise, mistake):
    assert diagnose(mistake.wrong, exercise) == f"not yet. {mistake.hint}"
    # A page is sent its source alone, which must say it all.
    assert mistake.wrong.__closure__ is None


@pytest.mark.parametrize("name", ALL)
def test_every_exercise_has_three_hints(name, capsys):
    for step in (1, 2, 3):
        hint(name, step)
    assert capsys.readouterr().out.count("Hint") == 3
    with pytest.raises(ValueError, match="hint 4: hints 1 to 3 exist"):
        hint(name, 4)


def replay(outcomes):
    """Return a function that comes to the given outcomes, one a call."""
    waiting = iter(outcomes)

    def mine(*_):
        now = next(waiting)
        if now.error is not None:
            raise now.error
        return now.value

    return mine


def survivors(name: str, exercise: Exercise) -> tuple[int, list[str]]:
    """Return how many mutants of the reference there are, and who lives."""
    made, alive = 0, []
    for part in parts(exercise.reference):
        whole = part.__code__
        for change, code in mutants(part):
            try:
                part.__code__ = code
                got = [outcome(exercise.reference, c) for c in exercise.cases]
            finally:
                part.__code__ = whole
            made += 1
            if diagnose(replay(got), exercise).startswith("right"):
                alive.append(f"{name}: {change}")
    return made, alive


def test_most_mutants_are_rejected(capsys):
    counts = [survivors(name, exercise) for name, exercise in ALL.items()]
    made = sum(n for n, _ in counts)
    alive = [who for _, names in counts for who in names]
    with capsys.disabled():
        print(f"\nmutants killed: {made - len(alive)}/{made}. Survivors:")
        print("\n".join(f"  {who}" for who in alive))
    assert made >= 10 * len(ALL)
    assert made - len(alive) >= KILLED_AT_LEAST * made


def test_a_weak_checker_lets_mutants_live():
    strong = ALL["similarity.axiom"]
    weak = Exercise(strong.reference, strong.cases[:1], (), strong.hints)
    assert len(survivors("", weak)[1]) > len(survivors("", strong)[1])


def test_a_wrong_answer_without_a_name_shows_its_case():
    verdict = diagnose(lambda a, b: 0.5, ALL["similarity.cosine"])
    assert verdict == (
        "not yet. Case 1 of 6: for [3. 4.], [4. 3.]\n"
        "expected 0.96\ngot      0.5"
    )


def test_a_wrong_answer_that_raises_shows_its_error():
    verdict = diagnose(lambda a, b: a[9], ALL["similarity.cosine"])
    assert "got      IndexError: index 9 is out of bounds" in verdict


def test_the_reader_cannot_change_the_cases():
    def spoil(a, b):
        a *= 0
        return 0.0

    diagnose(spoil, ALL["similarity.cosine"])
    test_the_reference_passes("similarity.cosine")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("similarity.cosin", 'no exercise "similarity.cosin": there are'),
        ("sim.cosine", 'no chapter "sim" has exercises'),
        ("cosine", 'no chapter "cosine" has exercises'),
    ],
)
def test_an_unknown_exercise_is_refused(name, message):
    with pytest.raises(ValueError, match=message):
        check(lambda: ..., name)
