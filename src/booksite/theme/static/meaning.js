// Meaning: the page of both searches. The vectors come when asked for.
"use strict";
(() => {
  const { make, search, find } = book;
  const { input } = search;
  const { words, dot, rarity, rank, byLetters } = find;
  // What ranking.py does, to the last digits: see there.
  const POWER = 6;
  const RELATIVE = 0.5;
  const SHRED = 3;
  const STRANGER = 0.4;
  const SHOWN = 10;
  // A word that brings less of a score is not named.
  const LEAST = 0.05;
  const halves = {
    letters: document.querySelector("#by-letters .found"),
    meaning: document.querySelector("#by-meaning .found"),
  };
  const offer = document.querySelector("#by-meaning .load");
  let table = null;

  // The vectors of the book's words; those without any are left out.
  function learn(index) {
    index.vectors ??= index.known
      .map((word) => ({ word, vector: table.vector(word) }))
      .map((one) => ({ ...one, length: Math.sqrt(dot(one.vector, one.vector)) }))
      .filter((one) => one.length);
    return index.vectors;
  }

  function cosines(index, word) {
    const asked = table.vector(word);
    const length = Math.sqrt(dot(asked, asked));
    if (!length) return [];
    return learn(index).map((one) => [
      one.word,
      dot(one.vector, asked) / (one.length * length),
    ]);
  }

  function alike(index, word) {
    const shreds = word.length < SHRED * table.cut(word).length;
    if (shreds && !index.posts.has(word)) return null;
    const all = cosines(index, word);
    const nearest = all.reduce((most, [, cosine]) => Math.max(most, cosine), 0);
    if (nearest < STRANGER) return null;
    return new Map(
      all
        .filter(([, cosine]) => cosine > 0)
        .map(([known, cosine]) => [known, (cosine / nearest) ** POWER]),
    );
  }

  function parts(index, query) {
    return [...new Set(words(query))].map((word) => {
      const near = alike(index, word);
      const some = [...(near ?? [])].filter(([, part]) => part >= RELATIVE);
      const worth = rarity(index, some.map(([known]) => known));
      return { word, worth, alike: near };
    });
  }

  const byMeaning = (index, query) =>
    rank(index, parts(index, query).filter((part) => part.alike));

  // --- what is shown -------------------------------------------------------

  const quoted = (list) => list.map((word) => `“${word}”`).join(", ");

  // The words of the question that count most here, each with its likest word
  function whyMeaning(index, { section, score, why }) {
    const here = new Set([...words(section.heading), ...words(section.text)]);
    const most = [...why].sort((a, b) => b.gain - a.gain).slice(0, 3);
    const telling = most.filter(({ gain }) => gain >= LEAST * score);
    return telling.map(({ word, gain, alike }) => {
      const near = [...here].reduce((best, one) =>
        (alike.get(one) ?? 0) > (alike.get(best) ?? 0) ? one : best,
      );
      const cosine = new Map(cosines(index, word)).get(near);
      const share = Math.round((100 * gain) / score);
      const same = near === word ? "itself" : near;
      return `${word}: ${same}, cosine ${cosine.toFixed(2)} (${share} %)`;
    });
  }

  function whyLetters({ why }, query) {
    const found = why.map(({ word }) => word);
    const missing = words(query).filter((word) => !found.includes(word));
    const said = [`found: ${found.join(", ")}`];
    if (missing.length) said.push(`not here: ${missing.join(", ")}`);
    return said;
  }

  function list(hits, other, name, why) {
    const places = new Map(other.map(({ section }, n) => [section, n + 1]));
    const found = make("ol", { className: "hit-list" });
    for (const hit of hits.slice(0, SHOWN)) {
      const lines = why(hit);
      const place = places.get(hit.section);
      if (place) lines.push(`number ${place} by ${name}`);
      found.append(
        make(
          "li",
          {},
          find.asLink(hit),
          make("p", { className: "hit-why" }, lines.join(" · ")),
        ),
      );
    }
    return found;
  }

  // The line stays, and its text changes: only then is it spoken.
  function say(half, text, ...more) {
    let line = halves[half].firstElementChild;
    if (line?.role !== "status") {
      line = make("p", { role: "status" });
      halves[half].replaceChildren(line);
    }
    while (line.nextSibling) line.nextSibling.remove();
    line.textContent = text;
    line.after(...more);
  }

  function told(half, hits, ...lists) {
    const sections = hits.length === 1 ? "section" : "sections";
    const best = hits.length > SHOWN ? `The best ${SHOWN} of ` : "";
    say(half, `${best}${hits.length} ${sections}`, ...lists);
  }

  async function show() {
    const query = input.value.trim();
    if (!words(query).length) {
      const text = query
        ? `${quoted([query])} has no letter and no digit to search for.`
        : "Type a question in the box at the top of the page.";
      say("letters", text);
      if (table) say("meaning", text);
      return;
    }
    let index;
    try {
      index = await search.load();
    } catch {
      say("letters", search.LOST);
      return;
    }
    if (query !== input.value.trim()) return;
    const letters = byLetters(index, query);
    const meaning = table ? byMeaning(index, query) : [];
    if (!letters.length) {
      say("letters", "No section has any of these words.");
    } else {
      told("letters", letters, list(letters, meaning, "meaning", (hit) => whyLetters(hit, query)));
    }
    if (!table) return;
    const strangers = parts(index, query)
      .filter((part) => !part.alike)
      .map((part) => part.word);
    if (!meaning.length) {
      say("meaning", `The book has no word near ${quoted(strangers)}. Try another word.`);
      return;
    }
    const left = strangers.length
      ? [make("p", {}, `Left out: the book has no word near ${quoted(strangers)}.`)]
      : [];
    told("meaning", meaning, ...left, list(meaning, letters, "letters", (hit) => whyMeaning(index, hit)));
  }

  function loadTable() {
    const button = offer.querySelector("button");
    button.disabled = true;
    const script = make("script", { src: book.root + button.dataset.load });
    script.onload = () => {
      table = find.unpack(book.table);
      offer.remove();
      const title = document.getElementById("by-meaning-title");
      title.tabIndex = -1;
      title.focus();
      show();
    };
    script.onerror = () => {
      script.remove();
      button.disabled = false;
      button.textContent = "They did not arrive. Try again";
    };
    document.head.append(script);
  }

  offer.querySelector("button").addEventListener("click", loadTable);
  let waiting = 0;
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const query = input.value.trim();
      try {
        history.replaceState(null, "", query ? `?q=${encodeURIComponent(query)}` : location.pathname);
      } catch {
        // A browser that forbids it loses the link, not the search.
      }
      show();
    }, 150);
  });
  Object.assign(search, { byMeaning, table: () => table });
  input.value = new URLSearchParams(location.search).get("q") ?? "";
  show();
})();
