"""Data: where do the vectors and the models come from?

With texts.py the only reader of files. Every source is a package of data,
installed with pip and read in place: its code is never imported, and nothing
is downloaded when a chapter runs. back/data.md says whose each source is.
Every loader raises MissingData or BrokenData (sources.py), in one line.

Shapes:  V = rows of a table, D = numbers a row
"""

import base64
import gzip
import sys
from functools import cache
from pathlib import Path

import numpy as np

from embook.refuse import between
from embook.sources import ARTEFACTS, SOURCES, tool
from embook.table import Table
from embook.weights import Header, array, header, readable

SMOLLM = "SmolLM2-135M-Instruct.Q4_1.gguf"
# GPT-2's vocabularies spell each byte as one visible letter: a byte that is
# no visible letter of its own gets one from 256 on, so a space becomes Ġ.
_SHOWN = (*range(33, 127), *range(161, 173), *range(174, 256))
_HIDDEN = (byte for byte in range(256) if byte not in _SHOWN)
BYTE_OF = {chr(byte): byte for byte in _SHOWN}
BYTE_OF |= {chr(256 + n): byte for n, byte in enumerate(_HIDDEN)}


def glove(top: int | None = None) -> Table:
    """Return GloVe's words (V, 50), the most frequent first.

    All 400,000 rows stay on disk (a memory map); the first `top` are copied.
    Raises ValueError where top is not from 1 to V.
    """
    parquet = tool("pyarrow.parquet")
    source = SOURCES["glove"]
    with source.reading("data/glove_6B_index.parquet") as path:
        words = parquet.ParquetFile(path).read()["index"]
    with source.reading("data/glove_6B_50d_emb.npy") as path:
        vectors = np.asarray(np.load(path, mmap_mode="r"))
    if top is not None:
        top = between(top, 1, len(words), "top")
        vectors = np.ascontiguousarray(vectors[:top])
    return Table(tuple(words[:top].to_pylist()), vectors)


def glove_small() -> Table:
    """Return GloVe's 20,000 most frequent words (20000, 50), in float32.

    The file is part of the book, rounded to float16.

    >>> glove_small().rows(["the", "of"])
    array([0, 3])
    """
    return _packed("glove_20k", "glove_20k.npz")


def sgns() -> Table:
    """Return the vectors (21740, 100) that the chapter on training made."""
    return _packed("sgns", "sgns.npz")


def sgns_runs() -> dict[str, np.ndarray]:
    """Return what else was kept of that training, and of a second one.

    `context` (5000, 100): the first words in the table beside `sgns`;
    `again` and `again_context`, as large: both tables, from another seed.
    `steps` (41, 48, 100): the words of `texts.groups` at 41 moments; `done`
    (41,): the part read by then; `loss` (41,): for each pair, on a sample.
    """
    with SOURCES["sgns"].reading("sgns_runs.npz") as path:
        with np.load(path) as file:
            return {key: file[key].astype(np.float32) for key in file}


def _packed(key: str, name: str) -> Table:
    with SOURCES[key].reading(name) as path:
        with np.load(path) as file:
            words = file["words"].tobytes().decode().split("\n")
            return Table(tuple(words), file["vectors"].astype(np.float32))


def pack(path: Path, table: Table) -> None:
    """Return nothing; write a table's words, and its numbers in float16."""
    words = np.frombuffer("\n".join(table.words).encode(), np.uint8)
    # Not compressed: the bytes are the same whatever zlib is installed.
    np.savez(path, vectors=table.vectors.astype(np.float16), words=words)


def minilm_folder() -> Path:
    """Return MiniLM's folder, each byte of its weights checked."""
    weights = "model/model.safetensors"
    return SOURCES["minilm"].path(weights, thorough=True).parent


def minilm_weights() -> dict[str, np.ndarray]:
    """Return MiniLM's 104 arrays by name: 103 float32, 1 of position ids."""
    safetensors = tool("safetensors.numpy")
    with SOURCES["minilm"].reading("model/model.safetensors") as path:
        return safetensors.load_file(path)


def minilm_tokens() -> Table:
    """Return MiniLM's word pieces and their vectors (30522, 384)."""
    with SOURCES["minilm"].reading("model/vocab.txt") as path:
        pieces = path.read_text("utf-8").split("\n")[:-1]
        weights = minilm_weights()["embeddings.word_embeddings.weight"]
        return Table(tuple(pieces), weights)


def minilm_positions() -> np.ndarray:
    """Return MiniLM's learned position vectors (512, 384)."""
    return minilm_weights()["embeddings.position_embeddings.weight"]


def smollm_file() -> Path:
    """Return the path of SmolLM2's GGUF file, each byte of it checked."""
    return SOURCES["smollm"].path(SMOLLM, thorough=True)


def smollm_fields() -> dict[str, object]:
    """Return what SmolLM2's file says of itself, under GGUF's own names.

    `tokenizer.ggml.tokens` and `.merges` are lists of str, in byte-level
    spelling (Ġ is a space); `tokenizer.chat_template` is Jinja.
    """
    return dict(_smollm_header().fields)


@cache
def smollm_tokens() -> Table:
    """Return SmolLM2's tokens and their vectors (49152, 576), in float32.

    Tokens are text: " dog" is a space and dog. A token that is part of a
    letter shows its bytes: "<0xF0>". The matrix is also the output matrix.
    """
    spelt = _smollm_header().fields["tokenizer.ggml.tokens"]
    words = tuple(readable(bytes(map(BYTE_OF.get, t))) for t in spelt)
    return Table(words, _smollm("token_embd.weight"))


def smollm_weights() -> dict[str, np.ndarray]:
    """Return SmolLM2's 272 arrays in float32 (538 MB), under GGUF's names.

    A matrix is (outputs, inputs). The rows of attn_q and attn_k stand in
    GGUF's order, in which RoPE turns neighbours: 0 with 1, 2 with 3.
    """
    return {name: _smollm(name) for name in _smollm_header().places}


@cache
def _smollm_header() -> Header:
    with SOURCES["smollm"].reading(SMOLLM) as path:
        return header(path)


def _smollm(name: str) -> np.ndarray:
    with SOURCES["smollm"].reading(SMOLLM) as path:
        return array(path, _smollm_header().places[name])


def bpe_ranks(name: str) -> dict[bytes, int]:
    """Return each token's rank, which is its id, for a byte-pair tokenizer.

    The name is gpt2 (50,256 ranks), cl100k (100,256) or o200k (199,998), all
    without special tokens. Raises ValueError for another name.
    """
    if name in ("cl100k", "o200k"):
        file = f"data/{name}_base.tiktoken.gz"
        with SOURCES["tiktoken"].reading(file) as path:
            lines = gzip.decompress(path.read_bytes()).splitlines()
            pairs = map(bytes.split, lines)
            return {base64.b64decode(t): int(rank) for t, rank in pairs}
    if name != "gpt2":
        allowed = "gpt2, cl100k or o200k is allowed"
        raise ValueError(f"name is {name!r}: {allowed}")
    with SOURCES["gpt2_merges"].reading("gpt2_merges.bpe") as path:
        _, *merges, _ = path.read_text("utf-8").split("\n")
        # First come the bytes, in the order of the letters that spell them.
        spelt = [*sorted(BYTE_OF), *(m.replace(" ", "") for m in merges)]
        return {bytes(map(BYTE_OF.get, t)): n for n, t in enumerate(spelt)}


def write_gpt2_merges(path: Path) -> None:
    """Return nothing; write the file that `bpe_ranks` reads for gpt2."""
    with SOURCES["gpt2"].reading("data/vocab.bpe") as published:
        path.write_bytes(published.read_bytes())


if __name__ == "__main__":
    if sys.argv[1:] == ["glove_20k"]:
        pack(ARTEFACTS / "glove_20k.npz", glove(20_000))
    elif sys.argv[1:] == ["gpt2_merges"]:
        write_gpt2_merges(ARTEFACTS / "gpt2_merges.bpe")
    else:
        sys.exit("usage: python -m embook.data glove_20k or gpt2_merges")
