// Tokenizer: any text, cut and merged as GPT-2 does it, one merge at a time.
"use strict";
book.play.start("tokenizer", (kit) => {
  const { make } = book;
  const { state } = kit;
  const MOST = 1000;
  const SHOWN = 200;
  const EXAMPLES = {
    "one fruit, twice": "strawberry strawberry",
    numbers: "127 1270 12700 127000",
    "three words": "unhappiness Unhappiness UNHAPPINESS",
    accents: "Würde, café, cafe\u0301",
    Hindi: "नमस्ते दुनिया",
    Chinese: "人人生而自由",
    "a family": "👩\u200d👩\u200d👧",
    code: "def f(x):\n    return x ** 2",
  };
  const { letters, pattern } = book.gpt2;
  const tokens = book.gpt2.tokens.split(" ");
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const cuts = new RegExp(pattern, "gu");
  const utf8 = new TextEncoder();
  const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const bytes = (part) => Uint8Array.from(part, (one) => letters.indexOf(one));
  const hex = (part) =>
    Array.from(bytes(part), (byte) => byte.toString(16).padStart(2, "0"));

  function fault(text) {
    const signs = Array.from(text);
    const at = signs.findIndex((sign) => /\p{Cs}/u.test(sign));
    if (at < 0) return "";
    const name = signs[at].charCodeAt(0).toString(16).toUpperCase();
    return (
      `text holds U+${name} at place ${at}: half of a surrogate pair is no ` +
      "character, and UTF-8 has no bytes for it"
    );
  }

  function cut(text) {
    const wrong = fault(text);
    if (wrong) throw new Error(wrong);
    return text.match(cuts) ?? [];
  }

  // A piece after so many merges. Of all neighbours that spell a token those
  // with the lowest id go first, and of equals the leftmost.
  function merge(piece, most = Infinity) {
    const parts = Array.from(utf8.encode(piece), (byte) => letters[byte]);
    const rank = (n) => ids.get(parts[n] + parts[n + 1]) ?? Infinity;
    const ranks = parts.slice(1).map((_, n) => rank(n));
    const merged = [];
    while (merged.length < most) {
      const lowest = Math.min(...ranks);
      if (lowest === Infinity) break;
      const at = ranks.indexOf(lowest);
      merged.push([at, parts[at], parts[at + 1]]);
      parts.splice(at, 2, parts[at] + parts[at + 1]);
      ranks.splice(at, 1);
      if (at > 0) ranks[at - 1] = rank(at - 1);
      if (at < ranks.length) ranks[at] = rank(at);
    }
    return { parts, ranks, merged };
  }

  const memory = new Map();
  function known(piece) {
    if (!memory.has(piece)) memory.set(piece, merge(piece));
    return memory.get(piece);
  }

  const encode = (text) =>
    cut(text).flatMap((piece) => known(piece).parts.map((t) => ids.get(t)));
  Object.assign(book.gpt2, { cut, merge, encode });

  // What can be seen of some bytes: nothing of half a letter, or a joiner
  function sight(part) {
    try {
      const text = strict.decode(bytes(part));
      if (/^(?![ \n\t])[\p{C}\p{Z}]+$/u.test(text)) return "";
      const shown = { " ": "␣", "\n": "↵", "\t": "⇥" };
      const mark = /^\p{M}/u.test(text) ? "◌" : "";
      return mark + text.replace(/[ \n\t]/g, (sign) => shown[sign]);
    } catch {
      return "";
    }
  }
  const visible = (part) => sight(part) || hex(part).join(" ");
  const face = (part) =>
    make("bdi", { className: sight(part) ? "face" : "face hex" }, visible(part));
  const last = () => known(cut(state.text)[state.piece - 1] ?? "").merged.length;

  // The text
  const field = make("textarea", { id: "play-tokenizer-text", name: "text" });
  Object.assign(field, { rows: 2, spellcheck: false, dir: "auto" });
  Object.assign(field, { autocomplete: "off", autocapitalize: "off" });
  const trouble = make("p", { className: "play-trouble" });
  trouble.setAttribute("role", "status");

  function problem(text) {
    const long = Array.from(text).length;
    if (!long) return "Type a text first.";
    if (long > MOST) return `${long} characters: at most ${MOST} fit here.`;
    return fault(text) && `The ${fault(text)}.`;
  }
  field.addEventListener("input", () => {
    trouble.textContent = problem(field.value);
    if (!trouble.textContent) kit.change({ text: field.value });
  });
  field.addEventListener("change", () => {
    if (problem(field.value)) field.value = state.text;
  });
  const lines = (text) => text.replace(/\r\n?/g, "\n");
  kit.inputs.text = {
    read: (asked) => (problem(asked) ? undefined : asked),
    show(value) {
      // A text area knows one kind of line end.
      if (field.value !== lines(value)) field.value = value;
      settle();
    },
  };
  const ask = make("div", { className: "play-text" });
  const name = make("label", { htmlFor: field.id }, "Your text");
  ask.append(name, field, trouble);
  const examples = make("div", { className: "play-examples" });
  for (const [words, text] of Object.entries(EXAMPLES)) {
    examples.append(
      kit.button(words, () => {
        trouble.textContent = "";
        kit.change({ text, piece: 1, step: 0 });
      }),
    );
  }

  // Its pieces: one of them is chosen
  const counts = make("p", { className: "play-counts" });
  const group = make("fieldset", { className: "play-pieces" });
  let pieces = [];
  let every = [];
  let seen;

  function settle() {
    if (seen !== state.text) {
      seen = state.text;
      pieces = cut(seen);
      every = encode(seen);
      group.replaceChildren(
        make("legend", {}, "Pieces, cut before any merge. Choose one:"),
        ...pieces.map(choice),
      );
    }
    state.piece = Math.min(state.piece, pieces.length);
    state.step = Math.min(state.step, last());
  }

  function choice(piece, n) {
    const input = make("input", { type: "radio", value: n + 1 });
    input.name = "play-tokenizer-piece";
    input.dataset.key = "piece";
    input.addEventListener("change", () =>
      kit.change({ piece: n + 1, step: 0 }),
    );
    const { parts } = known(piece);
    const label = make("label", {}, input, ...parts.map(face));
    // Where its tokens show nothing but bytes, the piece stands before them.
    const whole = parts.every(sight) ? "" : sight(parts.join(""));
    if (whole) input.after(make("bdi", { className: "whole" }, whole));
    return label;
  }

  kit.inputs.piece = {
    read(asked) {
      const n = Number(asked);
      const there = n >= 1 && n <= cut(state.text).length;
      return Number.isInteger(n) && there ? n : undefined;
    },
    show(value) {
      for (const input of group.querySelectorAll("input")) {
        input.checked = Number(input.value) === value;
      }
    },
  };

  // Its merges
  const steps = make("div", { className: "play-steps" });
  const step = (by) => () =>
    kit.change({ step: Math.max(0, Math.min(last(), state.step + by)) });
  steps.append(
    kit.number("step", "merges", { min: 0, max: last }),
    kit.button("Undo one", step(-1)),
    kit.button("Next merge", step(1)),
  );
  const row = make("ol", { className: "play-parts" });
  const caption = make("p", { className: "play-hint" });
  caption.textContent =
    "Under each token its bytes and its id. Between two: the id of the token " +
    "that they would make, if GPT-2 has it. The lowest goes first.";
  const ends = make("p", { className: "play-ids" });
  kit.stage.append(
    ask,
    examples,
    counts,
    group,
    steps,
    kit.status,
    row,
    caption,
    ends,
  );

  function chip(part, made, rank, lowest) {
    const box = make("span", { className: made ? "chip made" : "chip" });
    box.append(face(part));
    if (sight(part)) {
      box.append(make("span", { className: "hex" }, hex(part).join(" ")));
    }
    box.append(make("b", {}, ids.get(part)));
    const item = make("li", {}, box);
    if (rank !== undefined) {
      const next = lowest && "next";
      const gap = make("span", { className: next ? "gap next" : "gap" });
      gap.append(rank === Infinity ? "–" : `${next ? "next " : ""}${rank}`);
      item.append(gap);
    }
    return item;
  }

  const plural = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;

  function says({ parts, ranks, merged }, at) {
    const whole = visible(known(pieces[state.piece - 1]).parts.join(""));
    const pair = (a, b) => `${visible(a)} and ${visible(b)}`;
    let start = `“${whole}” is ${plural(parts.length, "byte")}.`;
    if (merged.length) {
      const [, a, b] = merged.at(-1);
      start =
        `Merge ${merged.length} of ${last()}: ${pair(a, b)} become ` +
        `${visible(a + b)}, id ${ids.get(a + b)}.`;
    }
    if (at < 0) {
      const left = plural(parts.length, "token");
      return `${start} Nothing more can merge: ${left}.`;
    }
    const may = ranks.filter(Number.isFinite).length;
    return (
      `${start} ${plural(may, "pair")} of neighbours could merge. ` +
      `The lowest id, ${ranks[at]}, goes first: ` +
      `${pair(parts[at], parts[at + 1])}.`
    );
  }

  return () => {
    settle();
    const piece = pieces[state.piece - 1];
    const now = merge(piece, state.step);
    const { parts, ranks, merged } = now;
    const may = ranks.filter(Number.isFinite);
    const at = may.length ? ranks.indexOf(Math.min(...may)) : -1;
    const made = merged.at(-1)?.[0] ?? -1;
    const items = parts
      .slice(0, SHOWN)
      .map((part, n) => chip(part, n === made, ranks[n], n === at));
    if (parts.length > SHOWN) {
      items.push(make("li", {}, `and ${parts.length - SHOWN} more`));
    }
    row.replaceChildren(...items);
    const points = Array.from(state.text).length;
    const size = utf8.encode(state.text).length;
    counts.replaceChildren(
      ...[
        [points, "code point"],
        [size, "byte"],
        [pieces.length, "piece"],
        [every.length, "token"],
      ].map(([n, word]) => make("span", {}, plural(n, word))),
    );
    ends.textContent = `All ids: ${every.join(" ")}`;
    const join = (list) => list.join(" ");
    const own = parts.map((part) => ids.get(part));
    return {
      says: says(now, at),
      values: [
        ["points", "code points", points],
        ["bytes", "bytes", size],
        ["pieces", "pieces", pieces.length],
        ["tokens", "tokens", every.length],
        ["piece", "this piece", piece, visible(known(piece).parts.join(""))],
        ["merges", "its merges", last()],
        ["parts", "now, as GPT-2 spells it", join(parts), join(parts)],
        ["hex", "now, in bytes", ...twice(parts.map((p) => hex(p).join("")))],
        ["ids", "now, in ids", ...twice(own)],
        ["may", "pairs that could merge", may.length],
        ["next", "id of the next", ...twice(at < 0 ? [] : [ranks[at]])],
        ["all", "all ids of the text", ...twice(every)],
      ],
    };
  };

  function twice(list) {
    return [list.join(" "), list.join(" ") || "–"];
  }
});
