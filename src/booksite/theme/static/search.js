// Search: the box at the top. What finds, and the index, come on first use.
"use strict";
(() => {
  const { make } = book;
  const form = document.querySelector(".search");
  const input = form.querySelector("input");
  const box = form.querySelector(".hits");
  const page = document.getElementById("by-letters");
  const SHOWN = 8;
  const LOST = "The search index could not be loaded. Try again.";
  const MORE = "All sections, and a search by meaning";
  let index = null;
  const found = make("p", { className: "unseen", role: "status" });
  form.append(found);

  function bring(name) {
    return new Promise((done, failed) => {
      const script = make("script", { src: book.root + name });
      script.onload = done;
      script.onerror = () => {
        script.remove();
        failed();
      };
      document.head.append(script);
    });
  }

  // Again where it failed, once where it did not
  function load() {
    index ??= Promise.all([
      book.find ?? bring("_static/find.js"),
      window.searchData ?? bring("search-data.js"),
    ])
      .then(() => book.find.build(window.searchData))
      .catch((error) => {
        index = null;
        throw error;
      });
    return index;
  }

  function count(hits) {
    const what = hits.length === 1 ? "section" : "sections";
    const line = make("p", {}, `${hits.length} ${what} found`);
    found.textContent = line.textContent;
    return line;
  }

  async function show() {
    const query = input.value.trim();
    if (page) return;
    if (!query) {
      box.hidden = true;
      return;
    }
    let hits;
    try {
      const known = await load();
      hits = book.find.byLetters(known, query);
    } catch {
      box.replaceChildren(make("p", {}, LOST));
      found.textContent = LOST;
      box.hidden = false;
      return;
    }
    const rows = hits.slice(0, SHOWN).map(book.find.asLink);
    const href = `${book.root}search.html?q=${encodeURIComponent(query)}`;
    rows.push(make("a", { href }, MORE));
    box.replaceChildren(count(hits), ...rows);
    box.hidden = false;
  }

  function step(by) {
    const stops = [input, ...box.querySelectorAll("a")];
    const at = stops.indexOf(document.activeElement);
    stops[(at + by + stops.length) % stops.length].focus();
  }

  input.addEventListener("focus", () => load().catch(() => {}), { once: true });
  input.addEventListener("input", show);
  form.addEventListener("submit", (event) => {
    if (!input.value.trim() || page) event.preventDefault();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      box.hidden = true;
      input.focus();
    } else if (!box.hidden && event.key === "ArrowDown") {
      event.preventDefault();
      step(1);
    } else if (!box.hidden && event.key === "ArrowUp") {
      event.preventDefault();
      step(-1);
    }
  });
  form.addEventListener("focusout", ({ relatedTarget: to }) => {
    if (to && !form.contains(to)) box.hidden = true;
  });
  addEventListener("click", (event) => {
    if (!form.contains(event.target)) box.hidden = true;
  });
  addEventListener("keydown", (event) => {
    if (event.key === "k" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      input.focus();
      input.select();
    }
  });
  book.search = { input, load, LOST };
})();
