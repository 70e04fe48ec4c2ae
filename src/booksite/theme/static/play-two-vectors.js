// Two vectors: move them, and see what each formula makes of them.
"use strict";
book.play.start("two-vectors", (kit) => {
  const { make } = book;
  const { draw, set, text } = book.play;
  const { state } = kit;
  const REACH = 8;
  const STEP = 0.5;
  const HALF = 180;
  const keys = { a: ["a1", "a2"], b: ["b1", "b2"] };
  let lit = [];
  let scale = 20;
  state.show ??= "dot";

  // The picture
  const svg = draw("svg", { viewBox: "0 0 360 360", role: "img" });
  const grid = draw("path", { class: "grid" });
  const axes = draw("path", { class: "axis", d: "M0 180H360M180 0V360" });
  const circle = draw("circle", { class: "guide", cx: HALF, cy: HALF });
  const ticks = draw("g");
  const meaning = draw("g");
  svg.append(grid, axes, circle, ticks, meaning);
  const arrows = {};
  for (const name of ["b", "a"]) {
    const line = draw("path", { class: "shaft" });
    const head = draw("path", { class: "head" });
    const label = draw("text", { class: "name" }, name);
    const knob = draw("circle", { class: "knob", r: 9 });
    const hold = draw("circle", { class: "hold", r: 22 });
    arrows[name] = { line, head, label, knob, hold };
    svg.append(draw("g", { class: name }, knob, line, head, label, hold));
    drag(name, hold);
  }

  const x = (v) => HALF + v[0] * scale;
  const y = (v) => HALF - v[1] * scale;
  const at = (v) => `${x(v).toFixed(2)} ${y(v).toFixed(2)}`;
  const path = (...points) => `M${points.map(at).join("L")}`;
  const times = (v, factor) => [v[0] * factor, v[1] * factor];
  const plus = (v, w) => [v[0] + w[0], v[1] + w[1]];
  const inside = (number) => Math.max(-REACH, Math.min(REACH, number));

  function drag(name, hold) {
    hold.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      hold.setPointerCapture(event.pointerId);
      light(keys[name]);
    });
    hold.addEventListener("pointermove", (event) => {
      if (!hold.hasPointerCapture(event.pointerId)) return;
      const box = svg.getBoundingClientRect();
      const unit = (box.width / 360) * scale;
      const far = [
        (event.clientX - box.left - box.width / 2) / unit,
        (box.height / 2 + box.top - event.clientY) / unit,
      ];
      // With both at length 1 the pointer only turns the arrow.
      const keep = state.normalise
        ? Math.hypot(state[keys[name][0]], state[keys[name][1]]) || 1
        : 1;
      const grow = state.normalise ? keep / (Math.hypot(...far) || 1) : 1;
      const step = state.normalise ? 0.01 : STEP;
      const [first, second] = keys[name];
      kit.change({
        [first]: inside(Math.round((far[0] * grow) / step) * step),
        [second]: inside(Math.round((far[1] * grow) / step) * step),
      });
    });
    hold.addEventListener("pointerup", () => light([]));
  }

  function arrow({ line, head, label, knob, hold }, tip) {
    const long = Math.hypot(...tip) * scale;
    const [u, v] = long
      ? [(tip[0] * scale) / long, (-tip[1] * scale) / long]
      : [0, 0];
    const [px, py] = [x(tip), y(tip)];
    const back = (along, side) =>
      `${px - u * along + v * side} ${py - v * along - u * side}`;
    set(line, { d: `M180 180L${back(Math.min(long, 10), 0)}` });
    set(head, {
      d: long ? `M${px} ${py}L${back(13, 5.5)}L${back(13, -5.5)}Z` : "",
    });
    set(label, { x: px + (long ? u : 1) * 22, y: py + v * 22 + 6 });
    set(knob, { cx: px, cy: py });
    set(hold, { cx: px, cy: py });
  }

  // What the chosen number looks like
  const note = (v, words) => [
    "text",
    { class: "note", x: x(v), y: y(v) + 5 },
    words,
  ];
  const drop = (...points) => ["path", { class: "drop", d: path(...points) }];
  const band = (kind, ...points) => [
    "path",
    { class: `band ${kind}`, d: path(...points) },
  ];
  // A place beside the line from the origin to v, on the side away from w
  function beside(v, w, far) {
    const turn = v[0] * w[1] - v[1] * w[0] > 0 ? 1 : -1;
    const long = Math.hypot(...v);
    const off = (turn * far) / scale / long;
    return plus(times(v, 0.5), [v[1] * off, -v[0] * off]);
  }
  const MEANINGS = {
    length({ a, b, lengths }) {
      return [
        band("a", [0, 0], a),
        band("b", [0, 0], b),
        note(beside(a, b, 24), text(lengths[0])),
        note(beside(b, a, 24), text(lengths[1])),
      ];
    },
    dot({ a, b, along, shadow, dot }) {
      const turn = a[0] * b[1] - a[1] * b[0] > 0 ? -1 : 1;
      const up = times([-along[1], along[0]], turn * Math.abs(shadow));
      const base = times(a, Math.sign(shadow));
      const foot = times(along, shadow);
      return [
        [
          "path",
          { class: "area", d: `${path([0, 0], base, plus(base, up), up)}Z` },
        ],
        drop(b, foot),
        band("c", [0, 0], foot),
        note(
          times(plus(base, up), 0.5),
          `${dot < 0 ? `${text(dot)}, ` : ""}area ${text(Math.abs(dot))}`,
        ),
      ];
    },
    projection({ a, b, along, shadow }) {
      const foot = times(along, shadow);
      return [
        drop(times(along, -20), times(along, 20)),
        drop(b, foot),
        band("c", [0, 0], foot),
        note(beside(shadow < 0 ? foot : a, b, 26), text(shadow)),
      ];
    },
    cosine({ a, b, along, shadow, lengths, cosine }) {
      const whole = times(along, lengths[1] * (Math.sign(cosine) || 1));
      const foot = times(along, shadow);
      const r = lengths[1] * scale;
      const sweep = a[0] * b[1] - a[1] * b[0] > 0 === cosine >= 0 ? 1 : 0;
      return [
        band("whole", [0, 0], whole),
        [
          "path",
          { class: "drop", d: `M${at(b)}A${r} ${r} 0 0 ${sweep} ${at(whole)}` },
        ],
        drop(b, foot),
        band("c", [0, 0], foot),
        note(beside(whole, b, 42), `${text(shadow)} of ${text(lengths[1])}`),
      ];
    },
    angle({ a, b, lengths, angle }) {
      const r = 0.55 * Math.min(...lengths);
      const [from, to] = [times(a, r / lengths[0]), times(b, r / lengths[1])];
      const sweep = a[0] * b[1] - a[1] * b[0] > 0 ? 0 : 1;
      const middle = plus(from, to);
      const out = times(
        middle,
        (r + 22 / scale) / (Math.hypot(...middle) || 1),
      );
      const arc = `A${r * scale} ${r * scale} 0 0 ${sweep}`;
      return [
        ["path", { class: "area", d: `M180 180L${at(from)}${arc} ${at(to)}Z` }],
        note(out, `${text(angle, 1)}°`),
      ];
    },
    distance({ a, b, distance }) {
      const corner = [a[0], b[1]];
      const middle = times(plus(a, b), 0.5);
      const away = plus(middle, times(corner, -1));
      const off = 20 / scale / (Math.hypot(...away) || 1);
      return [
        drop(b, corner, a),
        band("c", a, b),
        note(plus(middle, times(away, off)), text(distance)),
      ];
    },
  };

  // The formulas: a term knows which numbers it is made of
  const term = (words, ...of) => {
    const span = make("span", { className: "term" }, words);
    span.dataset.of = of.join(" ");
    return span;
  };
  const part = (key, value) =>
    term(value < 0 ? `(${text(value)})` : text(value), key);
  const sum = (v, name, join) => [
    part(`${name}1`, v[0]),
    join,
    " + ",
    part(`${name}2`, v[1]),
    join,
  ];
  const longOf = (name, value) => term(text(value), ...keys[name]);
  const FORMULAS = {
    length: ({ a, b, lengths }) => [
      "‖a‖ = √(",
      ...sum(a, "a", "²"),
      ") = ",
      make("b", {}, text(lengths[0])),
      make("br"),
      "‖b‖ = √(",
      ...sum(b, "b", "²"),
      ") = ",
      make("b", {}, text(lengths[1])),
    ],
    dot: ({ a, b, dot }) => [
      "a·b = ",
      part("a1", a[0]),
      " × ",
      part("b1", b[0]),
      " + ",
      part("a2", a[1]),
      " × ",
      part("b2", b[1]),
      " = ",
      make("b", {}, text(dot)),
    ],
    projection: ({ dot, lengths, shadow }) => [
      "a·b ∕ ‖a‖ = ",
      term(text(dot), ...keys.a, ...keys.b),
      " ∕ ",
      longOf("a", lengths[0]),
      " = ",
      make("b", {}, text(shadow)),
    ],
    cosine: ({ dot, lengths, cosine }) => [
      "a·b ∕ (‖a‖ ‖b‖) = ",
      term(text(dot), ...keys.a, ...keys.b),
      " ∕ (",
      longOf("a", lengths[0]),
      " × ",
      longOf("b", lengths[1]),
      ") = ",
      make("b", {}, text(cosine, 3)),
    ],
    angle: ({ cosine, angle }) => [
      "arccos ",
      term(text(cosine, 3), ...keys.a, ...keys.b),
      " = ",
      make("b", {}, `${text(angle, 1)}°`),
    ],
    distance: ({ a, b, distance }) => [
      "‖a − b‖ = √(",
      term(bracket(a[0] - b[0]), "a1", "b1"),
      "² + ",
      term(bracket(a[1] - b[1]), "a2", "b2"),
      "²) = ",
      make("b", {}, text(distance)),
    ],
  };
  const bracket = (value) => (value < 0 ? `(${text(value)})` : text(value));
  const NAMES = {
    length: "lengths",
    dot: "dot product",
    projection: "shadow of b on a",
    cosine: "cosine",
    angle: "angle",
    distance: "distance",
  };
  const lines = {};
  for (const name of Object.keys(NAMES)) {
    lines[name] = make("p", { className: "formula" });
  }

  function light(now) {
    lit = now;
    for (const span of kit.stage.querySelectorAll(".term")) {
      const of = span.dataset.of.split(" ");
      span.classList.toggle(
        "lit",
        of.some((key) => lit.includes(key)),
      );
    }
    for (const name of ["a", "b"]) {
      const held = keys[name].some((key) => lit.includes(key));
      arrows[name].line.parentNode.classList.toggle("lit", held);
    }
  }

  // The controls
  const range = { min: -REACH, max: REACH, step: STEP };
  const sides = Object.entries(keys).map(([name, pair]) => {
    const box = make("fieldset", { className: `play-vector ${name}` });
    box.append(
      make("legend", {}, `vector ${name}`),
      ...pair.map((key, n) => kit.number(key, `${name}${"₁₂"[n]}`, range)),
    );
    for (const row of box.querySelectorAll("[data-key]")) {
      row.addEventListener("focusin", () => light([row.dataset.key]));
      row.addEventListener("focusout", () => light([]));
    }
    return box;
  });
  const choices = Object.entries(NAMES).map(([key, name]) => [
    key,
    name,
    lines[key],
  ]);
  const left = make("div");
  const hint = make("p", { className: "play-hint" });
  hint.textContent = "Drag the tips, or slide:";
  left.append(svg, hint, ...sides);
  const right = make("div", { className: "play-side" });
  right.append(
    kit.choose("show", "Show in the picture", choices),
    kit.check("normalise", "Normalise: make both 1 long"),
  );
  kit.stage.append(left, right);

  function measure() {
    let a = [state.a1, state.a2];
    let b = [state.b1, state.b2];
    if (state.normalise) {
      a = times(a, 1 / (Math.hypot(...a) || 1));
      b = times(b, 1 / (Math.hypot(...b) || 1));
    }
    const lengths = [Math.hypot(...a), Math.hypot(...b)];
    const dot = a[0] * b[0] + a[1] * b[1];
    const cosine = dot / (lengths[0] * lengths[1]);
    return {
      a,
      b,
      lengths,
      dot,
      cosine,
      angle: (Math.acos(Math.max(-1, Math.min(1, cosine))) * 180) / Math.PI,
      distance: Math.hypot(a[0] - b[0], a[1] - b[1]),
      shadow: dot / lengths[0],
      along: times(a, 1 / lengths[0]),
    };
  }

  function insight({ dot, cosine, lengths, distance, angle }) {
    if (!lengths[0] || !lengths[1]) {
      const zero = lengths[0] ? "b" : "a";
      return `${zero} has length 0. It has no direction, so it has no cosine.`;
    }
    if (state.normalise) {
      const square = text(distance * distance, 3);
      return (
        `Both are 1 long. The dot product is the cosine, ${text(cosine, 3)}, ` +
        `and distance² = 2 − 2 × ${text(cosine, 3)} = ${square}.`
      );
    }
    if (Math.abs(cosine) < 1e-9)
      return "A right angle: the dot product is 0, and so is the cosine.";
    if (cosine > 1 - 1e-9)
      return "The same direction: the cosine is 1, whatever the lengths.";
    if (cosine < 1e-9 - 1)
      return "Opposite directions: the cosine is −1, whatever the lengths.";
    const own = lengths[0] ** 2;
    if (dot > own) {
      return (
        `By dot product b is more similar to a, ${text(dot)}, than a is to ` +
        `itself, ${text(own)}. The cosine, ${text(cosine, 3)}, does not fall for length.`
      );
    }
    return (
      `Dot product ${text(dot)}, cosine ${text(cosine, 3)}, ` +
      `angle ${text(angle, 1)}°, distance ${text(distance)}.`
    );
  }

  return () => {
    scale = state.normalise ? 130 : 20;
    const step = state.normalise ? 0.5 : 1;
    const ends = state.normalise ? 1 : REACH;
    const rules = [];
    for (let n = -ends; n <= ends; n += step) {
      rules.push(`M${x([n])} 0V360M0 ${y([0, n])}H360`);
    }
    set(grid, { d: rules.join("") });
    set(circle, {
      r: scale,
      visibility: state.normalise ? "visible" : "hidden",
    });
    ticks.replaceChildren(
      ...[-ends, -ends / 2, ends / 2, ends].flatMap((n) => [
        draw("text", { class: "tick-label", x: x([n]), y: 197 }, text(n)),
        draw(
          "text",
          { class: "tick-label end", x: 174, y: y([0, n]) + 5 },
          text(n),
        ),
      ]),
    );
    const now = measure();
    arrow(arrows.a, now.a);
    arrow(arrows.b, now.b);
    const drawn =
      now.lengths[0] && now.lengths[1] ? MEANINGS[state.show](now) : [];
    meaning.replaceChildren(...drawn.map((one) => draw(...one)));
    for (const [name, line] of Object.entries(lines)) {
      line.replaceChildren(...FORMULAS[name](now));
    }
    light(lit);
    const says = insight(now);
    set(svg, { "aria-label": `Arrows a and b. ${says}` });
    return {
      says,
      values: [
        ["length_a", "length of a", now.lengths[0]],
        ["length_b", "length of b", now.lengths[1]],
        ["dot", "dot product", now.dot],
        ["projection", "shadow of b on a", now.shadow],
        ["cosine", "cosine", now.cosine, text(now.cosine, 3)],
        ["angle", "angle in degrees", now.angle, text(now.angle, 1)],
        ["distance", "distance", now.distance],
      ],
    };
  };
});
