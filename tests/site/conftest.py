"""The site, built once; a server for it; and a browser that sees no other."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from filelock import FileLock

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # No name but this machine's can be resolved.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


def build(source: Path, target: Path) -> Path:
    """Return the folder of a site, built from the sources into target."""
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build"]
    done = subprocess.run(
        [
            *command,
            *("-q", "-W", "-n", "--keep-going"),
            *("--path-output", str(target), str(source)),
        ],
        capture_output=True,
        text=True,
        env=os.environ | {"SOURCE_DATE_EPOCH": "1700000000"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return target / "_build" / "html"


@dataclass
class Seen:
    """What went wrong on a page, and what it fetched."""

    problems: list[str] = field(default_factory=list)
    responses: list = field(default_factory=list)


class Quiet(SimpleHTTPRequestHandler):
    """A server that keeps its log to itself."""

    def log_message(self, format, *args):
        """Return nothing; log nothing."""


@pytest.fixture(scope="session")
def site(tmp_path_factory, worker_id) -> Path:
    """Return the folder of the site, built from this tree."""
    pytest.importorskip("jupyter_book", reason="the site's tools are missing")
    if worker_id == "master":
        return build(ROOT, tmp_path_factory.mktemp("site"))
    # The workers of one run share a folder, and the first one builds.
    shared = tmp_path_factory.getbasetemp().parent / "site"
    with FileLock(f"{shared}.lock"):
        done = shared / "done"
        if not done.exists():
            build(ROOT, shared)
            done.touch()
    return shared / "_build" / "html"


@pytest.fixture(scope="session")
def address(site) -> Iterator[str]:
    """Return where the site is served, without the last slash."""
    handler = partial(Quiet, directory=str(site))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def chromium():
    """Return a browser; skip, and say why, where there is none."""
    if not CHROMIUM:
        pytest.skip("no Chromium on this machine: the site was not opened")
    reason = "playwright is missing: the site was not opened"
    driver = pytest.importorskip("playwright.sync_api", reason=reason)
    with driver.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=FLAGS
        )
        yield browser
        browser.close()


def watch(page, home: str) -> Seen:
    """Return what is seen on a page from now on."""
    seen = Seen()
    say = seen.problems.append
    page.on(
        "console",
        lambda m: (
            m.type in ("error", "warning")
            and say(f"console: {m.text} at {m.location.get('url')}")
        ),
    )
    page.on("pageerror", lambda error: say(f"error: {error}"))
    # A request that the next page cuts short has not failed.
    page.on(
        "requestfailed",
        lambda r: r.failure == "net::ERR_ABORTED" or say(f"failed: {r.url}"),
    )

    def answered(response):
        url = response.url
        if url.startswith(("data:", "blob:")):
            return
        if not url.startswith(home):
            say(f"another host: {url}")
        elif response.status >= 400:
            say(f"status {response.status}: {url}")
        else:
            seen.responses.append(response)

    page.on("response", answered)
    return seen


@pytest.fixture
def visit(chromium, address):
    """Return a function that opens a page and watches it."""
    contexts = []

    def go(path: str, *, width=1280, height=900, home=address, **options):
        context = chromium.new_context(
            viewport={"width": width, "height": height}, **options
        )
        contexts.append(context)
        context.set_default_timeout(5000)
        page = context.new_page()
        seen = watch(page, home)
        page.goto(f"{home}/{path}", wait_until="load")
        return page, seen

    yield go
    for context in contexts:
        context.close()
