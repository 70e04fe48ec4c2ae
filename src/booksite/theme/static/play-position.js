// Position: two arrows, each turned by its place, and 64 such pairs together.
"use strict";
book.play.start("position", (kit) => {
  const { make } = book;
  const { draw, set, text } = book.play;
  const { state } = kit;
  const MOST = 500;
  const PAIRS = 64;
  const angle = (pair) => Number(state.base) ** (-pair / PAIRS);
  const degrees = (turn) => (turn * 180) / Math.PI;
  const round = (turn) => degrees(turn) % 360;
  const pairs = Array.from({ length: PAIRS }, (_, n) => n);
  const score = (far) =>
    pairs.reduce((sum, pair) => sum + 2 * Math.cos(far * angle(pair)), 0);

  // One pair of ones seen from above: two arrows, and the angle between them
  const M = 110;
  const R = 84;
  const START = Math.PI / 4; // where a pair of ones points at place 0
  const tip = (turn, r) => [M + r * Math.cos(turn), M - r * Math.sin(turn)];
  const plane = draw("svg", { viewBox: "0 0 220 220", role: "img" });
  const between = draw("path", { class: "area" });
  const arrows = ["a", "b"].map((kind) => {
    const shaft = draw("path", { class: "shaft" });
    const name = draw("text", { class: "name" }, kind === "a" ? "q" : "k");
    const arrow = draw("g", { class: kind }, shaft, name);
    return { shaft, name, arrow };
  });
  plane.append(
    draw("circle", { class: "grid", cx: M, cy: M, r: R }),
    draw("path", { class: "guide", d: `M${M} ${M}L${tip(START, R)}` }),
    between,
    ...arrows.map(({ arrow }) => arrow),
  );
  function sector(from, apart) {
    const r = R / 3;
    const [x, y] = tip(from, r);
    const [u, v] = tip(from + apart, r);
    const sweep = apart > 0 ? 0 : 1;
    return `M${M} ${M}L${x} ${y}A${r} ${r} 0 0 ${sweep} ${u} ${v}Z`;
  }

  // The score over the distance
  const X = (far) => 44 + (far / MOST) * 276;
  const Y = (value) => 140 - (value / 128) * 122;
  const chart = draw("svg", { viewBox: "0 0 340 186", role: "img" });
  const whole = draw("path", { class: "curve share" });
  const here = draw("path", { class: "drop" });
  const dot = draw("circle", { class: "dot-share", r: 5 });
  const label = (x, y, said, more = "") =>
    draw("text", { class: `tick-label ${more}`, x, y }, said);
  chart.append(
    draw("path", {
      class: "grid",
      d: [0, 64, 128].map((s) => `M44 ${Y(s)}H320`).join(""),
    }),
    here,
    whole,
    dot,
    ...[0, 64, 128].map((s) => label(40, Y(s) + 5, s, "end")),
    ...[0, 100, 200, 300, 400, 500].map((far) => label(X(far), 165, far)),
    label(182, 183, "distance |m − n|"),
  );

  // The rows that the sinusoid adds at the two places
  const rows = draw("svg", { viewBox: "0 0 340 130", role: "img" });
  const lines = ["", "7 4"].map((dash, n) =>
    draw("path", {
      class: `curve ${n ? "peel" : "share"}`,
      "stroke-dasharray": dash,
    }),
  );
  const U = (pair) => 44 + (pair / (PAIRS - 1)) * 276;
  const V = (value) => 54 - 44 * value;
  const mark = draw("path", { class: "drop" });
  rows.append(
    draw("path", { class: "grid", d: `M44 ${V(-1)}H320M44 ${V(1)}H320` }),
    mark,
    ...lines,
    ...[-1, 0, 1].map((s) => label(40, V(s) + 5, text(s), "end")),
    ...[0, 16, 32, 48, 63].map((pair) => label(U(pair), 118, pair)),
  );

  // Controls and words
  const caption = (said) => make("p", { className: "play-caption" }, said);
  const both = (by) => () => {
    const inside = (place) => Math.min(MOST, Math.max(0, place + by));
    const [m, n] = [inside(state.m), inside(state.n)];
    if (m - n === state.m - state.n) kit.change({ m, n });
  };
  const steps = make("div", { className: "play-steps" });
  steps.append(
    kit.button("Both one back", both(-1)),
    kit.button("Both one on", both(1)),
  );
  const turned = caption("");
  const left = make("div");
  left.append(
    kit.number("m", "m", { min: 0, max: MOST }),
    kit.number("n", "n", { min: 0, max: MOST }),
    steps,
    kit.number("pair", "i", { min: 0, max: PAIRS - 1 }),
    turned,
    plane,
  );
  const right = make("div", { className: "play-side" });
  right.append(
    kit.choose("base", "The base", [
      ["10000", "10,000: the first paper’s"],
      ["100000", "100,000: SmolLM2’s"],
    ]),
    caption("q · k after the turns, over the distance"),
    chart,
    caption("The sinusoid’s sines at m (line) and at n (dashes), by pair"),
    rows,
  );
  kit.stage.append(left, right);

  const path = (points) =>
    `M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}`;

  return () => {
    const { m, n, pair } = state;
    const far = m - n;
    const step = angle(pair);
    const apart = Math.atan2(Math.sin(far * step), Math.cos(far * step));
    turned.textContent = `Pair ${pair}: from the dots, q turned m times, k n times`;
    [m, n].forEach((place, which) => {
      const { shaft, name } = arrows[which];
      const r = which ? 0.8 * R : R;
      const [x, y] = tip(START + place * step, r);
      set(shaft, { d: `M${M} ${M}L${x} ${y}` });
      const [u, v] = tip(START + place * step, r + 15);
      set(name, { x: u, y: v + 6 });
    });
    set(between, { d: sector(START + n * step, apart) });
    const places = Array.from({ length: MOST + 1 }, (_, d) => d);
    set(whole, { d: path(places.map((d) => [X(d), Y(score(d))])) });
    const all = score(far);
    set(here, { d: `M${X(Math.abs(far))} ${Y(128)}V${Y(0)}` });
    set(dot, { cx: X(Math.abs(far)), cy: Y(all) });
    [m, n].forEach((place, which) => {
      const points = pairs.map((i) => [U(i), V(Math.sin(place * angle(i)))]);
      set(lines[which], { d: path(points) });
    });
    set(mark, { d: `M${U(pair)} ${V(1)}V${V(-1)}` });
    const wave = (2 * Math.PI) / step;
    const says =
      `q stands at ${m}, k at ${n}: m − n is ${text(far)}. Pair ${pair} comes round once in ` +
      `${text(wave, 1)} places; its arrows stand ` +
      `${text(Math.abs(degrees(apart)), 1)} degrees apart. All 64 pairs ` +
      `together: q · k is ${text(all, 1)}, and the sinusoid’s rows have half ` +
      `of that as their dot product.`;
    set(plane, { "aria-label": `Two arrows in a circle. ${says}` });
    set(chart, { "aria-label": `The score over the distance. ${says}` });
    set(rows, { "aria-label": `Two rows of 64 sines, at ${m} and at ${n}.` });
    const shown = (value) => text(value, 1);
    return {
      says,
      values: [
        ["offset", "m − n", far],
        ["wavelength", "places until pair i comes round", wave, shown(wave)],
        ["turn_q", "q is turned by, in degrees", round(m * step)],
        ["turn_k", "k is turned by, in degrees", round(n * step)],
        ["apart", "degrees from k to q", degrees(apart)],
        ["part", "pair i’s part of q · k", 2 * Math.cos(far * step)],
        ["score", "q · k of all pairs", all],
        ["sinusoid", "dot product of the sinusoid’s rows", all / 2],
        ["length", "length of each sinusoid row", Math.sqrt(PAIRS)],
      ],
    };
  };
});
