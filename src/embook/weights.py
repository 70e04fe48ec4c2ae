"""Weights: what stands in a GGUF file, and where?

Source:  ggml-org, the GGUF specification (docs/gguf.md in the ggml project)
"""

import math
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from embook.sources import tool

# The kinds of value in a header, as struct names the plain ones.
KINDS = dict(enumerate("BbHhIif?")) | {10: "Q", 11: "q", 12: "d"}
PLAIN = {kind: struct.Struct(f"<{letter}") for kind, letter in KINDS.items()}
UINT32, STRING, ARRAY, UINT64 = 4, 8, 9, 10


@dataclass(frozen=True)
class Header:
    """The fields of a file, and the place of each of its arrays."""

    fields: dict[str, object]
    places: dict[str, tuple[list[int], int, int]]


def header(path: Path) -> Header:
    """Return the header of a GGUF file.

    gguf's own reader takes two seconds for a header with a vocabulary, this
    one a sixth of a second. Raises ValueError where path is no GGUF file, or
    ends too soon.
    """
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise ValueError(f"{path} does not begin with the letters GGUF")
        try:
            return _header(file)
        except (struct.error, UnicodeDecodeError) as error:
            raise ValueError(f"{path} ends inside its header") from error


def _header(file) -> Header:
    _value(file, UINT32)
    arrays, count = _value(file, UINT64), _value(file, UINT64)
    fields, places = {}, {}
    for _ in range(count):
        name = _value(file, STRING)
        fields[name] = _value(file, _value(file, UINT32))
    for _ in range(arrays):
        name, axes = _value(file, STRING), _value(file, UINT32)
        # GGUF names the last axis first.
        shape = [_value(file, UINT64) for _ in range(axes)][::-1]
        places[name] = shape, _value(file, UINT32), _value(file, UINT64)
    aligned = fields.get("general.alignment", 32)
    start = -(-file.tell() // aligned) * aligned
    return Header(
        fields,
        {
            n: (shape, kind, start + at)
            for n, (shape, kind, at) in places.items()
        },
    )


def _value(file, kind: int):
    if kind == STRING:
        return file.read(_value(file, UINT64)).decode()
    if kind == ARRAY:
        kind, count = _value(file, UINT32), _value(file, UINT64)
        return [_value(file, kind) for _ in range(count)]
    return PLAIN[kind].unpack(file.read(PLAIN[kind].size))[0]


def array(path: Path, place: tuple[list[int], int, int]) -> np.ndarray:
    """Return the array at a place of the file, dequantised to float32.

    Raises ValueError where the file ends before the array does.
    """
    gguf = tool("gguf")
    shape, kind, offset = place
    kind = gguf.GGMLQuantizationType(kind)
    packed = gguf.quant_shape_to_byte_shape(shape, kind)
    end, size = offset + math.prod(packed), path.stat().st_size
    if size < end:
        raise ValueError(f"{path} has {size} bytes: an array ends at {end}")
    raw = np.fromfile(path, np.uint8, math.prod(packed), offset=offset)
    # gguf goes by 16 rows: in a few hundred long rows it is done in half the
    # time, since numbers are packed block by block.
    rows = math.gcd(len(raw) // gguf.GGML_QUANT_SIZES[kind][1], 512)
    return gguf.dequantize(raw.reshape(rows, -1), kind).reshape(shape)


def readable(token: bytes) -> str:
    """Return a token's text, or its bytes where it is part of a letter.

    >>> readable(b" dog"), readable("é".encode()[:1])
    (' dog', '<0xC3>')
    """
    try:
        return token.decode()
    except UnicodeDecodeError:
        return "".join(f"<0x{byte:02X}>" for byte in token)
