// Near on the map, near in truth? 240 words, four maps, one set of vectors.
"use strict";
book.play.start("map", (kit) => {
  const { make } = book;
  const { draw, set, text } = book.play;
  const { state } = kit;
  const NEAR = 10;
  const SIDE = 340;
  const words = book.maps.words.split(" ");
  const { numbers, maps } = book.maps;
  const width = numbers.length / words.length;
  const rows = words.map((_, n) => numbers.slice(n * width, (n + 1) * width));
  const dot = (a, b) => a.reduce((sum, value, n) => sum + value * b[n], 0);
  const lengths = rows.map((row) => Math.sqrt(dot(row, row)));
  const cosine = (a, b) => dot(rows[a], rows[b]) / (lengths[a] * lengths[b]);

  // Each word's ten best others; of equal ones the first
  function lists(score) {
    return words.map((_, a) =>
      words
        .map((_, b) => ({ b, score: score(a, b) }))
        .filter(({ b }) => b !== a)
        .sort((one, other) => other.score - one.score || one.b - other.b)
        .slice(0, NEAR)
        .map(({ b }) => b),
    );
  }

  const truth = lists(cosine);
  const known = new Map();
  // What a map shows: where the words are, whom it sets near, what it keeps
  function shown(by) {
    if (known.has(by)) return known.get(by);
    const { label, places } = maps.find(({ name }) => name === by);
    const at = words.map((_, n) => [places[2 * n], -places[2 * n + 1]]);
    // Squares of whole steps: equal gaps stay equal
    const gap = (a, b) =>
      (at[a][0] - at[b][0]) ** 2 + (at[a][1] - at[b][1]) ** 2;
    const near = lists((a, b) => -gap(a, b));
    const kept = truth.map(
      (some, n) => some.filter((b) => near[n].includes(b)).length,
    );
    const mean = kept.reduce((a, b) => a + b, 0) / kept.length;
    known.set(by, { label, at, gap, near, kept, mean });
    return known.get(by);
  }

  // Which word, and which map
  const id = "play-map-word";
  const picker = make("select", { id, name: "word" });
  const inOrder = [...words].sort();
  picker.append(...inOrder.map((word) => make("option", {}, word)));
  picker.addEventListener("change", () => kit.change({ word: picker.value }));
  kit.inputs.word = {
    read: (asked) => (words.includes(asked) ? asked : undefined),
    show: (value) => (picker.value = value),
  };
  const go = (by) => () => {
    const n = inOrder.indexOf(state.word) + by + inOrder.length;
    kit.change({ word: inOrder[n % inOrder.length] });
  };
  const most = (choose) => () => {
    const { kept } = shown(state.by);
    kit.change({ word: words[kept.indexOf(choose(...kept))] });
  };
  const steps = make("div", { className: "play-steps" });
  steps.append(
    make("label", { htmlFor: id }, "Word"),
    picker,
    kit.button("Back", go(-1)),
    kit.button("Next", go(1)),
  );
  const extremes = make("div", { className: "play-examples" });
  extremes.append(
    kit.button("Best kept here", most(Math.max)),
    kit.button("Worst kept here", most(Math.min)),
  );

  // The paper: all dots, lines to the true ten, and marks with names
  const SHAPES = {
    both: "M0-6.5L6.5 0L0 6.5L-6.5 0Z",
    missed: "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0Z",
    false: "M-4.5-4.5H4.5V4.5H-4.5Z",
    asked: "M0-8L2-3 8-2 3 1 5 7 0 3-5 7-3 1-8-2-2-3Z",
  };
  const SAYS = {
    both: "near in truth and on the map",
    missed: "near in truth, not on the map",
    false: "near on the map, not in truth",
  };
  const paper = draw("svg", { viewBox: `0 0 ${SIDE} ${SIDE}`, role: "img" });
  const inner = { width: SIDE - 2, height: SIDE - 2, x: 1, y: 1 };
  const specks = words.map(() => draw("circle", { class: "speck", r: 2.2 }));
  const marks = draw("g");
  let ties = draw("path", { class: "guide" });
  paper.append(draw("rect", { class: "grid", ...inner }), ...specks, ties, marks);
  // 500 steps to each side of the middle, and a rim
  const spot = ([x, y]) => [x, y].map((n) => (SIDE * (n + 535)) / 1070);
  function move(element, [x, y]) {
    element.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
  }
  paper.addEventListener("click", ({ clientX, clientY }) => {
    const { left, top, width } = paper.getBoundingClientRect();
    const x = ((clientX - left) * SIDE) / width;
    const y = ((clientY - top) * SIDE) / width;
    const far = shown(state.by).at.map((place) => {
      const [a, b] = spot(place);
      return Math.hypot(a - x, b - y);
    });
    kit.change({ word: words[far.indexOf(Math.min(...far))] });
  });

  // Beside its mark, where no other name and no mark is; else the list has it
  function free(taken, [x, y], word) {
    const half = 2 + 4.2 * word.length;
    const aside = half + 8;
    const ways = [[aside, 4], [-aside, 4], [0, -10], [0, 19]];
    ways.push(...[-9, 17].flatMap((dy) => [[aside - 3, dy], [3 - aside, dy]]));
    const fits = ([dx, dy]) =>
      Math.abs(x + dx - SIDE / 2) < SIDE / 2 - half &&
      Math.abs(y + dy - SIDE / 2) < SIDE / 2 - 14 &&
      taken.every(
        ([a, b, wide]) =>
          Math.abs(a - x - dx) > wide + half || Math.abs(b - y - dy + 5) > 12,
      );
    const way = ways.find(fits);
    if (way) taken.push([x + way[0], y + way[1] - 5, half]);
    return way;
  }

  const drawn = new Map();
  function mark(n, kind, taken, place) {
    const way = free(taken, place, words[n]);
    if (!drawn.has(n)) {
      const label = draw("text", { class: "note" }, words[n]);
      drawn.set(n, draw("g", {}, draw("path"), label));
      marks.prepend(drawn.get(n));
    }
    const made = drawn.get(n);
    set(made, { class: `mark ${kind}` });
    set(made.firstChild, { d: SHAPES[kind] });
    set(made.lastChild, {
      ...{ x: way?.[0] ?? 0, y: way?.[1] ?? 0 },
      visibility: way ? "visible" : "hidden",
    });
    move(made, place);
  }

  let before = {};
  function look(asked, kinds, at) {
    at.forEach((place, n) => move(specks[n], spot(place)));
    const of = new Map([[asked, "asked"]]);
    for (const [kind, some] of Object.entries(kinds)) {
      for (const n of some) of.set(n, kind);
    }
    // The marks of a word travel to the next map; another word has its own.
    for (const [n, made] of drawn) {
      if (before.word === state.word && of.has(n)) continue;
      made.remove();
      drawn.delete(n);
    }
    const taken = [...of.keys()].map((n) => [...spot(at[n]), 5]);
    for (const [n, kind] of of) mark(n, kind, taken, spot(at[n]));
    const from = spot(at[asked]);
    const d = truth[asked].map((n) => `M${from}L${spot(at[n])}`).join("");
    // On their way the dots have no lines.
    if (before.by && before.by !== state.by) {
      const fresh = draw("path", { class: "guide tie" });
      ties.replaceWith(fresh);
      ties = fresh;
    }
    set(ties, { d });
    before = { ...state };
  }

  const legend = make("ul", { className: "play-legend" });
  const hint = make("p", { className: "play-hint" });
  hint.textContent = "To choose a word by hand, click or tap near its dot.";
  function list(kinds) {
    legend.replaceChildren(
      ...Object.entries(kinds).map(([kind, some]) => {
        const box = { viewBox: "-17 -9 34 18", "aria-hidden": "true" };
        const shape = draw("path", { class: `mark ${kind}`, d: SHAPES[kind] });
        const names = some.map((n) => words[n]).join(", ") || "none";
        const head = make("b", {}, `${some.length} ${SAYS[kind]}: `);
        const said = make("span", {}, head, names);
        return make("li", {}, draw("svg", box, shape), said);
      }),
    );
  }

  const left = make("div");
  const choices = maps.map(({ name, label }) => [name, label]);
  left.append(steps, kit.choose("by", "Map", choices), paper, hint);
  const right = make("div", { className: "play-side" });
  right.append(extremes, kit.status, legend);
  kit.stage.append(left, right);

  return () => {
    const { label, at, gap, near, kept, mean } = shown(state.by);
    const n = words.indexOf(state.word);
    const kinds = {
      both: truth[n].filter((b) => near[n].includes(b)),
      missed: truth[n].filter((b) => !near[n].includes(b)),
      false: near[n].filter((b) => !truth[n].includes(b)),
    };
    const [first] = truth[n];
    const nearer = words.filter(
      (_, b) => b !== n && gap(n, b) < gap(n, first),
    ).length;
    look(n, kinds, at);
    list(kinds);
    const dots = nearer === 1 ? "1 dot lies" : `${nearer || "no"} dots lie`;
    const said =
      `${label}: the 10 dots nearest to “${words[n]}” hold ${kept[n]} of its ` +
      `10 true neighbours; ${dots} nearer than the truest, ` +
      `“${words[first]}”. Over all ${words.length} words this map keeps ` +
      `${text(mean)} of 10, luck would keep ` +
      `${text((NEAR * NEAR) / (words.length - 1))}.`;
    set(paper, { "aria-label": `${words.length} words as dots. ${said}` });
    return {
      says: said,
      values: [
        ["common", "true neighbours among the nearest dots", kept[n]],
        ["mean", "the same, mean of all words", mean],
        ["nearer", "dots nearer than the truest neighbour", nearer],
        ...truth[n].flatMap((b, place) => {
          const nth = place + 1;
          const [real, dotted] = [words[b], words[near[n][place]]];
          const score = cosine(n, b);
          return [
            [`near${nth}`, `${nth}. in truth`, real, real],
            [`cosine${nth}`, `${nth}. its cosine`, score, text(score, 3)],
            [`dot${nth}`, `${nth}. on the map`, dotted, dotted],
          ];
        }),
      ],
    };
  };
});
