import subprocess
import sys
import zipfile
from importlib import resources
from pathlib import Path

from booksite.wheel import wheel

ROOT = Path(__file__).parents[1]


def library(folder: Path) -> dict[str, bytes]:
    """Return the files of the package in a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.joinpath("embook").rglob("*")
        if path.is_file() and path.parent.name != "__pycache__"
    }


def test_pip_installs_it_and_every_file_arrives(tmp_path):
    name, data = wheel(ROOT)
    tmp_path.joinpath(name).write_bytes(data)
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-index"]
    target = ["--no-deps", "--target", tmp_path / "site", tmp_path / name]
    subprocess.run([*pip, *target], check=True)
    assert library(tmp_path / "site") == library(ROOT / "src")
    toml = resources.files("embook").joinpath("sources.toml").read_bytes()
    assert library(tmp_path / "site")["embook/sources.toml"] == toml


def test_it_is_the_same_at_every_build(tmp_path):
    name, data = wheel(ROOT)
    for part in ("pyproject.toml", "LICENSE"):
        tmp_path.joinpath(part).write_bytes(ROOT.joinpath(part).read_bytes())
    # Other times and other rights on the files.
    for file, content in library(ROOT / "src").items():
        path = tmp_path / "src" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o600)
    assert wheel(tmp_path) == (name, data)
    tmp_path.joinpath("src", "embook", "norms.py").write_text("spoilt = 1\n")
    assert wheel(tmp_path)[1] != data


def test_it_holds_what_the_standard_asks_for(tmp_path):
    name, data = wheel(ROOT)
    tmp_path.joinpath(name).write_bytes(data)
    with zipfile.ZipFile(tmp_path / name) as archive:
        names = archive.namelist()
        info = next(n for n in names if n.endswith("METADATA"))
        text = archive.read(info).decode()
    folder = info.removesuffix("METADATA")
    assert {f"{folder}{n}" for n in ("WHEEL", "RECORD")} < {*names}
    assert f"{folder}licenses/LICENSE" in names
    assert "License-Expression: MIT\n" in text
