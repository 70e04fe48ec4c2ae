// Search: every section that holds all the words; the index comes on first use.
"use strict";
(() => {
  const { make } = book;
  const form = document.querySelector(".search");
  const input = form.querySelector("input");
  const box = form.querySelector(".hits");
  const all = document.getElementById("all-hits");
  const SHOWN = 8;
  let index = null;

  function load() {
    index ??= new Promise((done, failed) => {
      const script = make("script", { src: `${book.root}search-data.js` });
      script.onload = () => done(window.searchData);
      script.onerror = () => {
        index = null;
        failed();
      };
      document.head.append(script);
    });
    return index;
  }

  const fold = (text) =>
    text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "");

  function starts(text, word) {
    for (let at = text.indexOf(word); at >= 0; ) {
      if (at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1])) return at;
      at = text.indexOf(word, at + 1);
    }
    return -1;
  }

  // A word in a heading weighs more than one in the text; all must be there.
  function find(pages, query) {
    const wanted = fold(query).match(/[\p{L}\p{N}]+/gu) ?? [];
    const hits = [];
    if (!wanted.length) return hits;
    for (const sections of pages) {
      const title = sections[0][1];
      for (const [address, heading, text] of sections) {
        const high = fold(heading);
        const low = fold(text);
        let score = 0;
        for (const word of wanted) {
          const inHeading = starts(high, word) >= 0;
          if (!inHeading && starts(low, word) < 0) {
            score = 0;
            break;
          }
          score += inHeading ? 10 : 1;
        }
        if (high === wanted.join(" ")) score += 20;
        if (score) hits.push({ score, address, heading, text, title, wanted });
      }
    }
    return hits.sort((a, b) => b.score - a.score);
  }

  function snippet({ text, wanted }) {
    const low = fold(text);
    const at = Math.max(0, ...wanted.map((word) => starts(low, word)));
    const from = at > 70 ? text.indexOf(" ", at - 60) + 1 : 0;
    const part = text.slice(from, from + 170);
    const line = make("span", { className: "hit-text" }, from ? "… " : "");
    for (const piece of part.split(/([\p{L}\p{N}]+)/u)) {
      const hit = piece && wanted.some((word) => fold(piece).startsWith(word));
      line.append(hit ? make("mark", {}, piece) : piece);
    }
    if (from + 170 < text.length) line.append(" …");
    return line;
  }

  function asLink(hit) {
    const name =
      hit.title === hit.heading ? hit.title : `${hit.title} › ${hit.heading}`;
    return make(
      "a",
      { href: book.root + hit.address },
      make("span", { className: "hit-title" }, name),
      snippet(hit),
    );
  }

  function count(hits) {
    const line = make("p", {}, `${hits.length} ${hits.length === 1 ? "section" : "sections"} found`);
    line.setAttribute("role", "status");
    return line;
  }

  async function show() {
    const query = input.value.trim();
    if (!query) {
      box.hidden = true;
      return;
    }
    let hits;
    try {
      hits = find(await load(), query);
    } catch {
      box.replaceChildren(
        make("p", {}, "The search index could not be loaded. Try again."),
      );
      box.hidden = false;
      return;
    }
    const rows = hits.slice(0, SHOWN).map(asLink);
    if (hits.length > SHOWN && !all) {
      const href = `${book.root}search.html?q=${encodeURIComponent(query)}`;
      rows.push(make("a", { href }, `All ${hits.length} sections`));
    }
    box.replaceChildren(count(hits), ...rows);
    box.hidden = Boolean(all);
    all?.replaceChildren(count(hits), ...hits.map(asLink));
  }

  function step(by) {
    const stops = [input, ...box.querySelectorAll("a")];
    const at = stops.indexOf(document.activeElement);
    stops[(at + by + stops.length) % stops.length].focus();
  }

  input.addEventListener("focus", () => load().catch(() => {}), { once: true });
  input.addEventListener("input", show);
  form.addEventListener("submit", (event) => {
    if (!input.value.trim() || all) event.preventDefault();
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
  if (all) {
    input.value = new URLSearchParams(location.search).get("q") ?? "";
    show();
  }
})();
