import gzip
import hashlib
import json
import struct
from collections import Counter

import numpy as np
import pytest

from embook import data, sources, texts, weights
from embook.similarity import cosine, top_k
from embook.table import Table


@pytest.fixture(scope="session")
def smollm():
    return data.smollm_tokens()


@pytest.fixture(scope="session")
def reader():
    gguf = pytest.importorskip("gguf")
    return gguf.GGUFReader(data.smollm_file())


@pytest.fixture(scope="session")
def glove():
    return data.glove()


@pytest.fixture(scope="session")
def articles():
    return texts.introductions()


def nearest(table, word, count):
    scores = cosine(table[word][None], table.vectors)
    rows = top_k(scores, count + 1)[0, 1:]
    return [(table.words[r], round(float(scores[0, r]), 2)) for r in rows]


# Table


def test_a_table_gives_rows_in_the_order_asked():
    table = Table(("a", "b", "c"), np.arange(6.0).reshape(3, 2))
    np.testing.assert_array_equal(table.rows(["c", "a", "c"]), [2, 0, 2])
    np.testing.assert_array_equal(table["b"], [2.0, 3.0])


def test_a_table_cannot_be_written_to_but_its_origin_can():
    origin = np.zeros((1, 2))
    table = Table(("a",), origin)
    with pytest.raises(ValueError, match="read-only"):
        table.vectors[0, 0] = 1.0
    origin[0, 0] = 1.0


@pytest.mark.parametrize(
    ("word", "line"),
    [
        ("Dog", "no row for 'Dog': try 'dog'"),
        (" dog ", "no row for ' dog ': try 'dog'"),
        ("cat", "no row for 'cat': try ' cat'"),
        ("emu", "no row for 'emu': it is none of this table's 2 words"),
        (3, "no row for 3: it is none of this table's 2 words"),
        (["dog"], "no row for .'dog'.: it is none of this table's 2 words"),
    ],
)
def test_an_unknown_word_is_named_with_a_way_out(word, line):
    with pytest.raises(ValueError, match=line):
        Table(("dog", " cat"), np.eye(2)).row(word)


@pytest.mark.parametrize("words", ["dog", [], ()])
def test_rows_refuses_what_is_no_list_of_words(words):
    with pytest.raises(ValueError, match="a list of words is needed"):
        Table(("dog",), np.eye(1)).rows(words)


def test_a_table_needs_one_word_for_each_row():
    with pytest.raises(ValueError, match="2 entries, vectors has 3 rows"):
        Table(("a", "b"), np.eye(3))
    with pytest.raises(ValueError, match="'a' more than once"):
        Table(("a", "b", "a"), np.eye(3))
    with pytest.raises(ValueError, match="vectors has rank 1"):
        Table(("a", "b"), np.ones(2))


# GloVe


def test_glove_is_mapped_from_the_disk_not_copied(glove):
    assert glove.vectors.shape == (400_000, 50)
    assert glove.vectors.dtype == np.float32
    owner = glove.vectors
    while isinstance(owner.base, np.ndarray):
        owner = owner.base
    assert isinstance(owner, np.memmap)
    assert len(set(glove.words)) == 400_000


def test_the_top_of_glove_is_its_first_rows(glove):
    top = data.glove(1000)
    assert top.words == glove.words[:1000]
    np.testing.assert_array_equal(top.vectors, glove.vectors[:1000])


@pytest.mark.parametrize("top", [0, 400_001, 2.5, True])
def test_glove_refuses_a_top_out_of_range(top):
    with pytest.raises(ValueError, match=r"top is .* from 1 to 400000"):
        data.glove(top)


def test_the_committed_subset_is_the_top_of_glove_rounded(glove):
    small = data.glove_small()
    assert small.words == glove.words[:20_000]
    assert small.vectors.dtype == np.float32
    error = np.abs(small.vectors - glove.vectors[:20_000]).max()
    assert 0 < error < 0.002


def test_the_committed_subset_is_built_again_byte_for_byte(tmp_path):
    data.pack(tmp_path / "again.npz", data.glove(20_000))
    committed = sources.ARTEFACTS / "glove_20k.npz"
    assert (tmp_path / "again.npz").read_bytes() == committed.read_bytes()


def test_the_committed_merges_are_the_published_ones(tmp_path):
    data.write_gpt2_merges(tmp_path / "again.bpe")
    committed = (sources.ARTEFACTS / "gpt2_merges.bpe").read_bytes()
    assert (tmp_path / "again.bpe").read_bytes() == committed
    # The licence asks for its notice beside every copy.
    notice = (sources.ARTEFACTS / "LICENSE-gpt2").read_text("utf-8")
    assert "Copyright (c) 2019 OpenAI" in notice


# SmolLM2


def test_smollm_table_has_the_measured_shape_and_norms(smollm):
    assert smollm.vectors.shape == (49_152, 576)
    assert smollm.vectors.dtype == np.float32
    middle = np.linalg.norm(smollm.vectors.mean(axis=0))
    usual = np.median(np.linalg.norm(smollm.vectors, axis=1))
    np.testing.assert_allclose([middle, usual], [2.178, 3.154], atol=5e-4)


@pytest.mark.parametrize(
    ("word", "near"),
    [
        (" dog", [(" Dog", 0.8), (" dogs", 0.74)]),
        (" car", [(" Car", 0.65), (" cars", 0.64)]),
        (
            " Delhi",
            [(" Mumbai", 0.73), (" Calcutta", 0.72), (" Hyderabad", 0.71)],
        ),
    ],
)
def test_smollm_neighbours(smollm, word, near):
    assert nearest(smollm, word, len(near)) == near


def test_smollm_spells_i_love_ai(smollm):
    rows = smollm.rows(["I", " love", " AI"])
    np.testing.assert_array_equal(rows, [57, 2606, 5646])


def test_our_header_reads_what_gguf_reads(reader):
    fields = data.smollm_fields()
    theirs = {
        name: field.contents()
        for name, field in reader.fields.items()
        if not name.startswith("GGUF.")
    }
    assert fields == theirs
    assert fields["llama.rope.freq_base"] == 100_000
    assert len(fields["tokenizer.ggml.merges"]) == 48_900


def test_our_arrays_are_gguf_s_own(reader):
    gguf = pytest.importorskip("gguf")
    ours = data.smollm_weights()
    assert list(ours) == [tensor.name for tensor in reader.tensors]
    assert sum(array.size for array in ours.values()) == 134_515_008
    assert {array.dtype for array in ours.values()} == {np.dtype("float32")}
    for tensor in reader.tensors[:12] + reader.tensors[-1:]:
        theirs = gguf.dequantize(tensor.data, tensor.tensor_type)
        np.testing.assert_array_equal(ours[tensor.name], theirs)


def test_the_table_is_a_weight_of_the_model(smollm):
    place = weights.header(data.smollm_file()).places["token_embd.weight"]
    again = weights.array(data.smollm_file(), place)
    np.testing.assert_array_equal(smollm.vectors, again)


def test_a_file_that_gguf_wrote_is_read_as_it_was_written(tmp_path):
    gguf = pytest.importorskip("gguf")
    path = tmp_path / "small.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_custom_alignment(64)
    fields = {
        "uint8": 200,
        "int8": -100,
        "uint16": 60_000,
        "int16": -30_000,
        "uint32": 4_000_000_000,
        "int32": -2_000_000_000,
        "float32": 0.5,
        "bool": True,
        "string": "Ġdog",
        "uint64": 2**63,
        "int64": -(2**62),
        "float64": 0.1,
    }
    for kind, value in fields.items():
        getattr(writer, f"add_{kind}")(f"a.{kind}", value)
    writer.add_array("a.array", ["one", "two"])
    wide = np.arange(64, dtype=np.float32).reshape(2, 32)
    half = np.ones(3, np.float16)
    writer.add_tensor("wide", wide)
    writer.add_tensor("half", half)
    packed = gguf.quantize(wide, gguf.GGMLQuantizationType.Q8_0)
    eight = gguf.GGMLQuantizationType.Q8_0
    writer.add_tensor("eight", packed, raw_dtype=eight)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()

    found = weights.header(path)
    assert found.fields == {
        "general.architecture": "llama",
        "general.alignment": 64,
        "a.array": ["one", "two"],
    } | {f"a.{kind}": value for kind, value in fields.items()}
    arrays = {n: weights.array(path, at) for n, at in found.places.items()}
    np.testing.assert_array_equal(arrays["wide"], wide)
    np.testing.assert_array_equal(arrays["half"], half)
    np.testing.assert_allclose(arrays["eight"], wide, atol=63 / 127 / 2)
    assert {a.dtype for a in arrays.values()} == {np.dtype("float32")}


def test_header_refuses_another_kind_of_file(tmp_path):
    other = tmp_path / "other"
    other.write_bytes(b"GGML and more")
    with pytest.raises(ValueError, match=r"does not begin with .* GGUF"):
        weights.header(other)


# MiniLM


def test_minilm_arrays_are_those_in_the_file():
    ours = data.minilm_weights()
    raw = (data.minilm_folder() / "model.safetensors").read_bytes()
    (length,) = struct.unpack("<Q", raw[:8])
    header = json.loads(raw[8 : 8 + length])
    header.pop("__metadata__")
    assert ours.keys() == header.keys()
    types = {"F32": np.float32, "I64": np.int64}
    for name, facts in header.items():
        start, end = (8 + length + at for at in facts["data_offsets"])
        theirs = np.frombuffer(raw[start:end], types[facts["dtype"]])
        theirs = theirs.reshape(facts["shape"])
        np.testing.assert_array_equal(ours[name], theirs)
    sizes = [a.size for a in ours.values() if a.dtype == np.float32]
    assert sum(sizes) == 22_713_216


def test_minilm_tables():
    table = data.minilm_tokens()
    assert table.vectors.shape == (30_522, 384)
    rows = table.rows(["i", "love", "ai"])
    np.testing.assert_array_equal(rows, [1045, 2293, 9932])
    positions = data.minilm_positions()
    assert positions.shape == (512, 384)
    lengths = [
        np.linalg.norm(x, axis=1).mean() for x in (positions, table.vectors)
    ]
    np.testing.assert_allclose(lengths, [0.474, 1.066], atol=5e-4)


# Texts


def test_introductions_of_three_languages(articles):
    assert len(articles) == 10_033
    assert len(texts.introductions("fr")) == 9_955
    assert len(texts.introductions("es")) == 6_239
    delhi = next(a for a in articles if a.title == "Delhi")
    assert delhi.description == "Megacity and union territory of India"
    assert delhi.topic == "Uncategorized"
    assert delhi.text.startswith("Delhi, officially the National Capital")


def test_usable_queries_are_descriptions_of_one_article_alone(articles):
    texts = Counter(a.description.strip() for a in articles)
    alone = [t for t, n in texts.items() if n == 1 and len(t.split()) > 3]
    assert len(alone) == 7_757


@pytest.mark.parametrize("language", ["de", "", None, ["en"]])
def test_introductions_refuses_another_language(language):
    with pytest.raises(ValueError, match="en, fr or es is allowed"):
        texts.introductions(language)


def test_whole_articles_are_prose_without_markup():
    whole = texts.encyclopedia()
    assert len(whole) == 106
    assert (whole[0].title, whole[-1].title) == ("Anarchism", "Algorithm")
    first = "Anarchism is a political philosophy that advocates"
    assert whole[0].text.startswith(first)
    every = "".join(article.text for article in whole)
    assert every.count("[[") < 50
    assert every.count("{{") < 5  # in an article about such signs
    assert "<ref" not in every


@pytest.mark.parametrize(
    ("markup", "prose"),
    [
        ("an [[apple|Apple]] and [[pear]]s", "an Apple and pears"),
        ("so<ref name=a>See [[B]].</ref> it<ref name=a/> is", "so it is"),
        ("''Bold'' {{as {{said}} so}}", "Bold"),
        ("[[File:a.jpg|thumb|An [[ant]], [http://x y]]]\nText", "Text"),
        ("{|\n! a\n| b\n|}\n== Head ==\n* one\n", "Head \n one"),
        ("a &amp; b<!-- [[c]] -->", "a & b"),
    ],
)
def test_markup_becomes_prose(markup, prose):
    assert texts._prose(markup) == prose


def test_union_addresses_are_in_order_and_unchanged():
    speeches = texts.union_addresses()
    assert len(speeches) == 237
    years = [s.year for s in speeches]
    assert years == sorted(years)
    assert (years[0], years[-1]) == (1790, 2026)
    # Two presidents spoke in January and February of 1953.
    last_of_old, first_of_new = (s for s in speeches if s.year == 1953)
    assert last_of_old.president == "Harry S. Truman"
    assert first_of_new.president == "Dwight D. Eisenhower"
    assert sum(len(s.text.split()) for s in speeches) == 1_980_427
    digest = hashlib.sha256(speeches[0].text.encode()).hexdigest()
    assert digest.startswith("71cfcce4c84e8b82")


# Tokenizers and judgements


def offline_tiktoken(folder, monkeypatch):
    """Fill tiktoken's cache with our files; it checks their hashes itself."""
    load = pytest.importorskip("tiktoken.load")
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(folder))
    monkeypatch.setattr(load, "read_file", lambda url: pytest.fail(url))
    root = "https://openaipublic.blob.core.windows.net/"
    gpt2 = sources.SOURCES["gpt2"].path("data/vocab.bpe").parent
    ranks = sources.SOURCES["tiktoken"].folder() / "data"
    files = {
        "gpt-2/encodings/main/vocab.bpe": (gpt2 / "vocab.bpe").read_bytes(),
        "gpt-2/encodings/main/encoder.json": (
            gpt2 / "encoder.json"
        ).read_bytes(),
    }
    for name in ("cl100k_base.tiktoken", "o200k_base.tiktoken"):
        packed = (ranks / f"{name}.gz").read_bytes()
        files[f"encodings/{name}"] = gzip.decompress(packed)
    for url, content in files.items():
        key = hashlib.sha1((root + url).encode()).hexdigest()
        (folder / key).write_bytes(content)


def test_ranks_are_those_of_tiktoken(tmp_path, monkeypatch):
    tiktoken = pytest.importorskip("tiktoken")
    public = pytest.importorskip("tiktoken_ext.openai_public")
    offline_tiktoken(tmp_path, monkeypatch)
    for name, build, ids in (
        ("gpt2", public.gpt2, [40, 1842, 9552]),
        ("cl100k", public.cl100k_base, [40, 3021, 15592]),
        ("o200k", public.o200k_base, [40, 3047, 20837]),
    ):
        theirs = build()
        ours = data.bpe_ranks(name)
        assert ours == theirs["mergeable_ranks"]
        coder = tiktoken.Encoding(**theirs | {"mergeable_ranks": ours})
        assert coder.encode("I love AI") == ids


@pytest.mark.parametrize("name", ["p50k", "", None, ["gpt2"]])
def test_bpe_ranks_refuses_another_name(name):
    with pytest.raises(ValueError, match="gpt2, cl100k or o200k is allowed"):
        data.bpe_ranks(name)


def test_judgements_are_pairs_with_a_score():
    related, similar = texts.wordsim(), texts.simlex()
    assert (len(related), len(similar)) == (353, 999)
    assert related[0] == ("love", "sex", 6.77)
    assert similar[0] == ("old", "new", 1.58)
    for _, _, score in related + similar:
        assert 0 <= score <= 10


def test_analogies_are_fours_in_fourteen_sections():
    sections = texts.analogies()
    assert len(sections) == 14
    assert sum(map(len, sections.values())) == 19_544
    assert {len(q) for qs in sections.values() for q in qs} == {4}
    assert sections["family"][0] == ("boy", "girl", "brother", "sister")
    first = ("Athens", "Greece", "Baghdad", "Iraq")
    assert sections["capital-common-countries"][0] == first


def test_the_corpus_is_all_three_collections_in_lower_case():
    lists = texts.corpus()
    often = texts.frequent(lists)
    assert (len(lists), sum(map(len, lists)), len(often)) == (
        10_376,
        3_208_695,
        21_740,
    )
    assert texts.introductions()[0].text.startswith("20th-century classical")
    assert lists[0][:3] == ["th", "century", "classical"]
    assert next(iter(often.items())) == ("the", 256_735)
    assert min(often.values()) == 5
    for word in ("the", "josé", "delhi"):
        assert word in often
    assert not {"The", "1790", "don't", ""} & often.keys()
