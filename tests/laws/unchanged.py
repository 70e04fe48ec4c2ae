"""Law 7: testing changes no tracked file.

`python tests/laws/unchanged.py note` before the tests, `… compare` after.
"""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

NOTE = Path("_build/before-the-tests.json")
SKIPPED = "law 7 skipped: this is no git checkout, no file is tracked"


def hashes(root: Path) -> dict[str, str] | None:
    """Return a hash for each tracked file, or None outside of git."""
    command = ["git", "-C", str(root), "ls-files", "-z"]
    try:
        listed = subprocess.run(command, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    names = [name for name in listed.stdout.decode().split("\0") if name]
    return {name: _hash(root / name) for name in names}


def _hash(path: Path) -> str:
    if not path.is_file():
        return "missing"
    return hashlib.sha256(path.read_bytes()).hexdigest()


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Return the files that were tracked before and differ now."""
    return sorted(f for f in before if before[f] != after.get(f))


def main(step: str) -> None:
    """Return nothing; note the hashes, or exit with what has changed."""
    now = hashes(Path())
    if now is None:
        print(SKIPPED)
    elif step == "note":
        NOTE.parent.mkdir(exist_ok=True)
        NOTE.write_text(json.dumps(now), encoding="utf-8")
    else:
        before = json.loads(NOTE.read_text(encoding="utf-8"))
        files = changed(before, now)
        if files:
            sys.exit(f"law 7: the tests changed {', '.join(files)}")
        print(f"law 7: {len(now)} tracked files unchanged by the tests")


if __name__ == "__main__":
    main(sys.argv[1])
