"""Wheel: the book's library as one file that pip and the page can install.

It is written here and not by pip, which would need its build tools, a second
or two, and a clock.
"""

import base64
import hashlib
import tomllib
from pathlib import Path

from booksite.archive import archive

WHEEL = """\
Wheel-Version: 1.0
Generator: booksite
Root-Is-Purelib: true
Tag: py3-none-any
"""


def metadata(project: dict) -> str:
    """Return the METADATA file of a project, given as pyproject.toml has it.

    >>> project = {"name": "a", "version": "1", "requires-python": ">=3.11"}
    >>> project |= {"license": "MIT", "license-files": ["LICENSE"]}
    >>> project |= {"dependencies": ["numpy>=2.0"]}
    >>> metadata(project).splitlines()[-1]
    'Requires-Dist: numpy>=2.0'
    """
    lines = [
        "Metadata-Version: 2.4",
        f"Name: {project['name']}",
        f"Version: {project['version']}",
        f"License-Expression: {project['license']}",
        *(f"License-File: {name}" for name in project["license-files"]),
        f"Requires-Python: {project['requires-python']}",
        *(f"Requires-Dist: {name}" for name in project["dependencies"]),
    ]
    return "\n".join(lines) + "\n"


def record(files: dict[str, bytes], place: str) -> str:
    """Return the RECORD file: name, digest and size of every other file."""
    lines = []
    for name in sorted(files):
        digest = hashlib.sha256(files[name]).digest()
        text = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        lines.append(f"{name},sha256={text},{len(files[name])}\n")
    return "".join(lines) + f"{place},,\n"


def wheel(root: Path) -> tuple[str, bytes]:
    """Return the name and the bytes of the library's wheel.

    The root is the folder of pyproject.toml.
    """
    pyproject = root.joinpath("pyproject.toml").read_text("utf-8")
    project = tomllib.loads(pyproject)["project"]
    stem = f"{project['name']}-{project['version']}"
    info = f"{stem}.dist-info"
    source = root / "src"
    files = {
        path.relative_to(source).as_posix(): path.read_bytes()
        for path in source.joinpath(project["name"]).rglob("*")
        if path.is_file() and path.parent.name != "__pycache__"
    }
    for name in project["license-files"]:
        files[f"{info}/licenses/{name}"] = root.joinpath(name).read_bytes()
    files[f"{info}/METADATA"] = metadata(project).encode()
    files[f"{info}/WHEEL"] = WHEEL.encode()
    place = f"{info}/RECORD"
    files[place] = record(files, place).encode()
    return f"{stem}-py3-none-any.whl", archive(files)
