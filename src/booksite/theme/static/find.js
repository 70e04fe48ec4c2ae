// Find: sections by the words they hold, and the vectors of words.
"use strict";
book.find = (() => {
  const { make } = book;
  // A passage of so many words and what stands between them
  const WINDOW = 60;
  // A word is marked that brings so much of a hit's score.
  const MARKED = 0.03;
  // What ranking.py does, to the last digits: see there.
  const HEADING = 3;
  const SOON = 1.2;
  const LONG = 0.75;
  const words = (text) =>
    text.toLowerCase().normalize("NFD").replace(/\p{Mn}/gu, "")
      .match(/[\p{L}\p{N}]+/gu) ?? [];

  function build(pages) {
    const sections = pages.flatMap((page) =>
      page.map(([address, heading, text]) => {
        return { address, heading, text, title: page[0][1] };
      }),
    );
    // For each word, the sections that have it, and how often
    const posts = new Map();
    const lengths = sections.map(({ heading, text }, n) => {
      const high = words(heading);
      const all = [...words(text), ...high, ...high, ...high];
      for (const word of all) {
        if (!posts.has(word)) posts.set(word, new Map());
        const post = posts.get(word);
        post.set(n, (post.get(n) ?? 0) + 1);
      }
      return all.length;
    });
    const mean = lengths.reduce((a, b) => a + b, 0) / lengths.length;
    const known = [...posts.keys()].sort();
    const spread = lengths.map((l) => SOON * (1 - LONG + (LONG * l) / mean));
    return { sections, posts, known, spread };
  }

  function rarity({ sections, posts }, some) {
    const having = new Set(some.flatMap((word) => [...posts.get(word).keys()]));
    const without = sections.length - having.size;
    return Math.log1p((without + 0.5) / (having.size + 0.5));
  }

  // Each part is a word of the question, what it is worth, and how far words
  // of the book count as it.
  function rank(book, parts) {
    const hits = book.sections.map((section) => ({ section, score: 0, why: [] }));
    for (const { word, worth, alike } of parts) {
      const often = new Float64Array(hits.length);
      for (const [known, part] of alike) {
        for (const [n, count] of book.posts.get(known)) {
          often[n] += part * count;
        }
      }
      often.forEach((sum, n) => {
        if (!sum) return;
        const gain = (worth * sum * (SOON + 1)) / (sum + book.spread[n]);
        hits[n].score += gain;
        hits[n].why.push({ word, gain, alike });
      });
    }
    for (const hit of hits) hit.score = Math.round(hit.score * 1e9) / 1e9;
    return hits
      .filter((hit) => hit.score > 0)
      .sort((a, b) => b.score - a.score);
  }

  function byLetters(book, query) {
    const parts = [...new Set(words(query))].map((word) => {
      const some = book.known.filter((known) => known.startsWith(word));
      const alike = new Map(some.map((known) => [known, 1]));
      return { word, worth: some.length && rarity(book, some), alike };
    });
    return rank(book, parts);
  }

  // The sentence with most of what counts, its words marked. A word counts
  // as much as the largest share that a part of the question gives it.
  function snippet({ section, score, why }) {
    const worth = (word) =>
      Math.max(0, ...why.map((w) => w.gain * (w.alike.get(word) ?? 0)));
    const shown = (word) => worth(word) >= MARKED * score;
    const pieces = section.text.split(/([\p{L}\p{N}\p{Mn}]+)/u);
    const values = pieces.map((piece, n) =>
      n % 2 ? worth(words(piece)[0] ?? "") : 0,
    );
    // Of all rows of so many pieces, the one that is worth most, each word once
    let [from, best] = [0, -1];
    for (let at = 0; at < pieces.length; at += at ? 2 : 1) {
      if (at > 1 && !/[.?!:;,]/.test(pieces[at - 1])) continue;
      const part = values.slice(at, at + WINDOW);
      const sum = [...new Set(part)].reduce((a, b) => a + b, 0);
      if (sum > best) [from, best] = [at, sum];
    }
    const line = make("span", { className: "hit-text" }, from ? "… " : "");
    for (const piece of pieces.slice(from, from + WINDOW)) {
      const mark = piece && shown(words(piece)[0] ?? "");
      line.append(mark ? make("mark", {}, piece) : piece);
    }
    if (from + WINDOW < pieces.length) line.append(" …");
    return line;
  }

  function asLink(hit) {
    const { title, heading, address } = hit.section;
    const name = title === heading ? title : `${title} › ${heading}`;
    return make(
      "a",
      { href: book.root + address },
      make("span", { className: "hit-title" }, name),
      snippet(hit),
    );
  }

  // The static table, as booksite/meaning.py packs it
  const dot = (a, b) => a.reduce((sum, value, d) => sum + value * b[d], 0);
  function unpack({ shift, most, width, pieces, weights, numbers }) {
    const number = (letter) => letter.charCodeAt(0) - shift;
    const names = pieces.split(" ");
    const ids = new Map(names.map((name, id) => [name, id]));
    const heavy = Array.from(weights, number);
    // Two columns at a time, each number from -most to most
    const base = 2 * most + 1;
    const rows = new Int8Array(width * names.length);
    for (let n = 0; n < numbers.length; n++) {
      const both = number(numbers[n]);
      const [d, id] = [Math.floor(n / names.length), n % names.length];
      rows[2 * d * names.length + id] = Math.floor(both / base) - most;
      rows[(2 * d + 1) * names.length + id] = (both % base) - most;
    }

    // WordPiece: from the left, the longest piece that has a row
    function cut(word) {
      const found = [];
      for (let start = 0; start < word.length; ) {
        const mark = start ? "##" : "";
        let end = word.length;
        while (end > start && !ids.has(mark + word.slice(start, end))) end--;
        if (end === start || word.length > 100) return [];
        found.push(ids.get(mark + word.slice(start, end)));
        start = end;
      }
      return found;
    }

    function vector(word) {
      const sum = new Float64Array(width);
      for (const id of cut(word)) {
        for (let d = 0; d < width; d++) {
          sum[d] += heavy[id] * rows[d * names.length + id];
        }
      }
      return sum;
    }
    return { cut, vector, width };
  }

  return { words, dot, unpack, build, rarity, rank, byLetters, asLink };
})();
