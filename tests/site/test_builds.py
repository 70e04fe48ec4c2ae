"""The same sources give the same site, and a broken one is not built."""

import filecmp
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import ROOT, build


def copy_of_the_tree(target: Path) -> Path:
    """Return a folder with every file that git does not ignore."""
    command = ["git", "ls-files", "-co", "--exclude-standard", "-z"]
    listed = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        if ROOT.joinpath(name).is_file():
            target.joinpath(name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target / name)
    return target


@pytest.mark.deep
def test_two_builds_in_two_folders_are_the_same(tmp_path):
    first, second = (
        build(copy_of_the_tree(tmp_path / name), tmp_path / f"{name}-out")
        for name in ("one", "another-place")
    )
    files = [
        {p.relative_to(site) for p in site.rglob("*") if p.is_file()}
        for site in (first, second)
    ]
    assert files[0] == files[1]
    _, different, missing = filecmp.cmpfiles(
        first, second, files[0], shallow=False
    )
    assert (different, missing) == ([], [])


@pytest.mark.deep
def test_a_broken_quiz_stops_the_build(tmp_path):
    tree = copy_of_the_tree(tmp_path / "tree")
    tree.joinpath("intro.md").write_text(
        "# Start\n\n:::{quiz} a-b\nWhy?\n\n- No reason.\n:::\n"
    )
    with pytest.raises(AssertionError, match=r"quiz: intro\.md:6: "):
        build(tree, tmp_path / "out")


@pytest.mark.deep
def test_a_published_site_has_an_address(tmp_path, monkeypatch):
    monkeypatch.setenv("SITE_URL", "https://example.org/book")
    site = build(ROOT, tmp_path)
    listed = site.joinpath("sitemap.xml").read_text()
    urls = re.findall("<loc>https://example.org/book/(.*?)</loc>", listed)
    assert {"intro.html", "back/glossary.html"} <= set(urls)
    assert all(site.joinpath(url).is_file() for url in urls)
    page = site.joinpath("back", "glossary.html").read_text()
    canonical = "https://example.org/book/back/glossary.html"
    assert f'rel="canonical" href="{canonical}"' in page
    lost = site.joinpath("404.html").read_text()
    assert 'href="/book/_static/book.css"' in lost
