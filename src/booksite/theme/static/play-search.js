// Two searches: the same eight texts, ranked by letters and by meaning.
"use strict";
book.play.start("search", (kit) => {
  const { make } = book;
  const { draw, text } = book.play;
  const { words, dot, unpack } = book.find;
  const { state } = kit;
  const ASKS = [
    "physician treats sick kid",
    "E42",
    "automobile workshop",
    "money",
    "bank",
    "a good film",
  ];
  const ROW = 30;
  const names = Object.keys(book.passages.texts);
  const texts = Object.values(book.passages.texts);
  const table = unpack(book.passages.table);
  const parts = texts.map((one) => words(one));
  const round = (score) => Math.round(score * 1e9) / 1e9;

  function unit(vector) {
    const length = Math.sqrt(dot(vector, vector));
    return length ? vector.map((value) => value / length) : vector;
  }
  const known = new Map();
  function vector(word) {
    if (!known.has(word)) known.set(word, table.vector(word));
    return known.get(word);
  }
  function sum(some) {
    const total = new Float64Array(table.width);
    for (const word of some) vector(word).forEach((v, d) => (total[d] += v));
    return total;
  }
  const cosine = (a, b) => dot(unit(a), unit(b));

  // A word that few texts have counts more
  const rarity = (word) =>
    Math.log(1 + parts.length / parts.filter((p) => p.includes(word)).length);
  const byLetters = (asked, part) =>
    asked
      .filter((word) => part.includes(word))
      .reduce((total, word) => total + rarity(word), 0);

  const likest = (word, part) =>
    Math.max(...part.map((other) => cosine(vector(word), vector(other))));
  function byMeaning(asked, part) {
    if (!state.own) return cosine(sum(asked), sum(part));
    const best = asked.map((word) => likest(word, part));
    return best.reduce((a, b) => a + b, 0) / best.length;
  }

  // A word that no text has, cut into shreds of fewer letters, says nothing
  const SHRED = 3;
  function usable(word) {
    const many = table.cut(word).length;
    const whole = many > 0 && word.length >= SHRED * many;
    return whole || parts.some((part) => part.includes(word));
  }
  const all = (query) => [...new Set(words(query))];
  const usedOf = (query) => all(query).filter(usable);

  function ranked(score) {
    const asked = usedOf(state.query);
    return parts
      .map((part, n) => ({ n, score: round(score(asked, part)) }))
      .sort((a, b) => b.score - a.score || a.n - b.n);
  }

  // What is asked
  const id = "play-search-query";
  const field = make("input", { type: "text", id, name: "query" });
  Object.assign(field, { autocomplete: "off", spellcheck: false });
  field.maxLength = 200;
  const trouble = make("p", { className: "play-trouble" });
  trouble.setAttribute("role", "status");
  function fault(asked) {
    if (!asked.trim()) return "Type a question first.";
    if (!all(asked).length) return `“${asked}” has no letter and no digit.`;
    const used = usedOf(asked).length;
    return used ? "" : `The table has no row for “${asked}”.`;
  }
  function ask() {
    trouble.textContent = fault(field.value);
    if (!trouble.textContent) kit.change({ query: field.value });
  }
  field.addEventListener("input", ask);
  field.addEventListener("change", () => {
    if (fault(field.value)) field.value = state.query;
  });
  kit.inputs.query = {
    read: (asked) => (fault(asked) || asked.length > 200 ? undefined : asked),
    show(value) {
      if (field.value !== value && !trouble.textContent) field.value = value;
    },
  };
  const name = make("label", { htmlFor: id }, "Your question");
  const box = make("div", { className: "play-question" }, name, field);
  const examples = make("div", { className: "play-examples" });
  for (const asked of ASKS) {
    examples.append(
      kit.button(asked, () => {
        trouble.textContent = "";
        kit.change({ query: asked });
      }),
    );
  }
  const own = kit.check("own", "Each word keeps its own vector");

  // Two columns, and a line from each text to itself
  const picture = draw("svg", { viewBox: "0 0 340 270", role: "img" });
  const read = make("ol", { className: "play-passages" });
  kit.stage.append(box, trouble, examples, own, kit.status, picture, read);

  function column(hits, most, right) {
    return hits.flatMap(({ n, score }, row) => {
      const y = 40 + row * ROW;
      const long = most > 0 ? Math.max(0, (38 * score) / most) : 0;
      const x = right ? 205 : 135;
      const end = right ? "start" : "end";
      const shown = score > 0 || right ? text(score) : "0";
      return [
        draw("text", { x, y, "text-anchor": end }, names[n]),
        draw("rect", {
          class: right ? "bar-up" : "bar-down",
          ...{ x: right ? 268 : 72 - long, y: y - 9, width: long, height: 10 },
        }),
        draw(
          "text",
          {
            class: "soft",
            ...{ x: right ? 338 : 2, y, "text-anchor": right ? "end" : "start" },
          },
          shown,
        ),
      ];
    });
  }

  function drawn(letters, meaning) {
    const lines = letters.map(({ n, score }, row) => {
      const to = meaning.findIndex((hit) => hit.n === n);
      return draw("line", {
        class: score > 0 ? "link found" : "link",
        ...{ x1: 140, y1: 36 + row * ROW, x2: 200, y2: 36 + to * ROW },
      });
    });
    picture.replaceChildren(
      draw("text", { x: 135, y: 14, "text-anchor": "end", class: "head" }, "by letters"),
      draw("text", { x: 205, y: 14, class: "head" }, "by meaning"),
      ...lines,
      ...column(letters, letters[0].score, false),
      ...column(meaning, meaning[0].score, true),
    );
    const [a, b] = [letters[0], meaning[0]];
    picture.setAttribute(
      "aria-label",
      `Two rankings of eight texts. By letters first: ${a.score > 0 ? names[a.n] : "none"}. By meaning first: ${names[b.n]}.`,
    );
  }

  // The texts in the order of meaning, with the words that both share marked
  function list(meaning) {
    const asked = words(state.query);
    read.replaceChildren(
      ...meaning.map(({ n }) => {
        const item = make("li", {}, make("b", {}, names[n]), ": ");
        for (const piece of texts[n].split(/([\p{L}\p{N}]+)/u)) {
          const same = asked.includes(words(piece)[0]);
          item.append(same ? make("mark", {}, piece) : piece);
        }
        return item;
      }),
    );
  }

  function says(letters, meaning) {
    const none = letters[0].score === 0;
    const first = none
      ? "By letters no text is found: none has a word of your question"
      : `By letters ${names[letters[0].n]} comes first, ${text(letters[0].score)}`;
    const best = meaning[0];
    const kind = state.own ? "mean of the best cosines" : "cosine";
    const left = all(state.query).filter((word) => !usable(word));
    const out = left.length ? ` Left out, as it has no row: ${left.join(", ")}.` : "";
    const asked = usedOf(state.query).sort(
      (a, b) => likest(b, parts[best.n]) - likest(a, parts[best.n]),
    );
    const near = parts[best.n].reduce((a, b) =>
      cosine(vector(asked[0]), vector(b)) > cosine(vector(asked[0]), vector(a)) ? b : a,
    );
    return (
      `${first}. By meaning ${names[best.n]} comes first, ${kind} ${text(best.score)}: ` +
      `“${asked[0]}” meets “${near}”.${out}`
    );
  }

  return () => {
    const letters = ranked(byLetters);
    const meaning = ranked(byMeaning);
    drawn(letters, meaning);
    list(meaning);
    const values = letters.flatMap((hit, at) => {
      const other = meaning[at];
      const n = at + 1;
      return [
        [`letters${n}`, `${n}. by letters`, names[hit.n], names[hit.n]],
        [`found${n}`, `${n}. its score`, hit.score],
        [`meaning${n}`, `${n}. by meaning`, names[other.n], names[other.n]],
        [`score${n}`, `${n}. its cosine`, other.score],
      ];
    });
    return { values, says: says(letters, meaning) };
  };
});
