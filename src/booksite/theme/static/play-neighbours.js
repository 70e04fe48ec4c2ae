// Neighbours and analogies: 5,000 real words, three scores, and arithmetic.
"use strict";
book.play.start("neighbours", (kit) => {
  const { make } = book;
  const { text } = book.play;
  const { state } = kit;
  const SHOWN = 10;
  const SIGNS = { word: "", minus: "−", plus: "+" };
  const ORDERS = {
    cosine: "Highest cosine with",
    dot: "Highest dot product with",
    distance: "Smallest distance from",
  };
  const names = book.words.words.split(" ");
  const rows = new Map(names.map((name, row) => [name, row]));
  const { steps, shift, numbers, hubs } = book.words;
  // In whole steps, so that sums are exact and equal scores stay equal
  const table = Int8Array.from(numbers, (one) => one.charCodeAt(0) - shift);
  const width = table.length / names.length;
  const row = (n) => table.subarray(n * width, (n + 1) * width);
  const dot = (a, b) => a.reduce((sum, value, n) => sum + value * b[n], 0);
  const gap = (a, b) =>
    a.reduce((sum, value, n) => sum + (value - b[n]) ** 2, 0);
  const lengths = names.map((_, n) => Math.sqrt(dot(row(n), row(n))));
  const SCORES = {
    cosine: (q, n) => dot(q, row(n)) / (Math.sqrt(dot(q, q)) * lengths[n]),
    dot: (q, n) => dot(q, row(n)) / steps ** 2,
    distance: (q, n) => Math.sqrt(gap(q, row(n))) / steps,
  };

  // The words that are asked about
  const list = make("datalist", { id: "play-neighbours-words" });
  const trouble = make("p", { className: "play-trouble" });
  trouble.setAttribute("role", "status");
  const fields = {};

  function read(key, asked) {
    const word = asked.trim().toLowerCase();
    return rows.has(word) || (!word && key !== "word") ? word : undefined;
  }

  function starting(word) {
    for (let n = word.length; n > 0; n--) {
      const found = names.filter((name) => name.startsWith(word.slice(0, n)));
      if (found.length) return found.slice(0, 8);
    }
    return [];
  }

  function field(key, label) {
    const id = `play-neighbours-${key}`;
    const input = make("input", { type: "text", id, name: key });
    Object.assign(input, { autocomplete: "off", spellcheck: false });
    input.autocapitalize = "off";
    input.setAttribute("list", list.id);
    const ask = () => {
      const typed = input.value.trim().toLowerCase();
      const word = read(key, typed);
      if (word !== undefined) {
        trouble.textContent = "";
        kit.change({ [key]: word });
      }
      return word;
    };
    input.addEventListener("input", () => {
      const typed = input.value.trim().toLowerCase();
      list.replaceChildren(
        ...(typed ? starting(typed) : []).map((value) =>
          make("option", { value }),
        ),
      );
      ask();
    });
    input.addEventListener("change", () => {
      if (ask() !== undefined) return;
      const typed = input.value.trim();
      const near = starting(typed.toLowerCase()).slice(0, 3).join(", ");
      trouble.textContent = typed
        ? `“${typed}” is not among these ${names.length} words.` +
          (near ? ` Try ${near}.` : "")
        : "Type a word first.";
      input.value = state[key];
    });
    kit.inputs[key] = {
      read: (asked) => read(key, asked),
      show(value) {
        if (read(key, input.value) !== value) input.value = value;
      },
    };
    fields[key] = input;
    const sign = make("span", { className: "sign" }, SIGNS[key]);
    sign.setAttribute("aria-hidden", "true");
    const name = make("label", { htmlFor: id }, label);
    return make("div", { className: "play-word" }, sign, name, input);
  }

  const go = (changes) => {
    trouble.textContent = "";
    kit.change({ minus: "", plus: "", ...changes });
  };

  function hub() {
    const counts = hubs[state.score];
    go({ word: names[counts.indexOf(Math.max(...counts))], without: true });
  }

  const asks = make("div", { className: "play-asks" });
  asks.append(
    field("word", "word"),
    field("minus", "minus"),
    field("plus", "plus"),
  );
  const examples = make("div", { className: "play-examples" });
  examples.append(
    kit.button("king − man + woman", () =>
      go({ word: "king", minus: "man", plus: "woman" }),
    ),
    kit.button("paris − france + italy", () =>
      go({ word: "paris", minus: "france", plus: "italy" }),
    ),
    kit.button("increase", () => go({ word: "increase" })),
    kit.button("the biggest hub", hub),
  );
  const settings = make("div", { className: "play-settings" });
  settings.append(
    kit.choose("score", "Score", [
      ["cosine", "cosine"],
      ["dot", "dot product"],
      ["distance", "distance"],
    ]),
    kit.check("without", "Leave out the words you typed"),
  );
  const hits = make("ol", { className: "play-hits" });
  const caption = make("p", { className: "play-hint" });
  caption.textContent =
    `The ten best of ${names.length.toLocaleString("en")} words. Each word has a list of its own ` +
    "ten best; “in 13 lists” says how many of them name this one.";
  kit.stage.append(
    asks,
    list,
    trouble,
    examples,
    settings,
    kit.status,
    caption,
    hits,
  );

  function asked() {
    return ["word", "minus", "plus"].filter((key) => state[key]);
  }

  function query() {
    const signs = { word: 1, minus: -1, plus: 1 };
    const sum = new Float64Array(width);
    for (const key of asked()) {
      row(rows.get(state[key])).forEach(
        (value, n) => (sum[n] += signs[key] * value),
      );
    }
    return sum;
  }

  function nearest() {
    const q = query();
    const score = SCORES[state.score];
    if (state.score === "cosine" && !dot(q, q)) return [];
    const small = state.score === "distance" ? -1 : 1;
    const typed = new Set(asked().map((key) => state[key]));
    return names
      .map((word, n) => ({
        word,
        n,
        score: score(q, n),
        typed: typed.has(word),
      }))
      .filter((hit) => !(state.without && hit.typed))
      .sort((a, b) => small * (b.score - a.score) || a.n - b.n)
      .slice(0, SHOWN);
  }

  function about(counts, typed) {
    const said = [`in ${counts} ${counts === 1 ? "list" : "lists"}`];
    if (counts >= 5 * SHOWN) said.push("a hub");
    if (typed) said.push("your word");
    return said.join(" · ");
  }

  function line({ word, n, score, typed }, most) {
    const bar = make("span", { className: typed ? "bar typed" : "bar" });
    bar.style.setProperty("--part", Math.max(0, score / most).toFixed(4));
    const counts = hubs[state.score][n];
    const item = make("li");
    const ask = () => {
      go({ word });
      hits.querySelector("button")?.focus(); // the old list is gone
    };
    const link = kit.button(word, ask, "play-hit");
    link.setAttribute("aria-label", `${word}: ask for its neighbours`);
    item.append(
      link,
      bar,
      make("span", { className: "score" }, score.toFixed(3).replace("-", "−")),
      make("span", { className: "lists" }, about(counts, typed)),
    );
    return item;
  }

  function says(hits) {
    const formula = asked()
      .map((key) => `${SIGNS[key]} ${state[key]}`)
      .join(" ");
    if (!hits.length) {
      return `The sum${formula} is 0. It has no direction, so it has no cosine.`;
    }
    const [first, second] = hits;
    const order = ORDERS[state.score];
    const start = `${order}${formula}: ${first.word}, ${text(first.score, 3)}`;
    const next = `${second.word}, ${text(second.score, 3)}`;
    const own = first.typed ? ", a word you typed" : "";
    return `${start}${own}. Then ${next}. ${crowd(hits)}`;
  }

  function crowd(hits) {
    const known = hits.map(({ n, word }) => [hubs[state.score][n], word]);
    const [count, word] = known.reduce((a, b) => (b[0] > a[0] ? b : a));
    return `The most listed of these is ${word}, on ${count} lists.`;
  }

  return () => {
    const found = nearest();
    const most = Math.max(...found.map((hit) => Math.abs(hit.score))) || 1;
    hits.replaceChildren(...found.map((hit) => line(hit, most)));
    const values = found.flatMap(({ word, n, score }, at) => [
      [`word${at + 1}`, `${at + 1}. word`, word, word],
      [`score${at + 1}`, `${at + 1}. ${state.score}`, score, text(score, 3)],
      [`lists${at + 1}`, `${at + 1}. on lists`, hubs[state.score][n]],
    ]);
    return { values, says: says(found) };
  };
});
