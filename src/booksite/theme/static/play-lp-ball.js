// The ball that empties: what p does to a ball, and what d does to all.
"use strict";
book.play.start("lp-ball", (kit) => {
  const { make } = book;
  const { draw, set, text } = book.play;
  const { state } = kit;
  const MOST = 1000;
  const P = { min: 0.3, max: 20, step: 0.1 };
  P.stops = [
    0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.2, 1.5, 1.8, 2, 2.5, 3, 4, 5, 6, 8,
    10, 15, 20,
  ];
  const D = { min: 1, max: MOST, step: 1 };
  D.stops = [
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    10,
    12,
    15,
    20,
    25,
    30,
    40,
    50,
    70,
    100,
    150,
    200,
    300,
    384,
    500,
    576,
    768,
    MOST,
  ];
  const power = () => (state.infinite ? Infinity : state.p);

  // The logarithm of Γ: Stirling's series, from 15 on right to 11 digits
  function logGamma(z) {
    let below = 0;
    for (; z < 15; z++) below += Math.log(z);
    const series = 1 / (12 * z) - 1 / (360 * z ** 3) + 1 / (1260 * z ** 5);
    return (
      (z - 0.5) * Math.log(z) - z + Math.log(2 * Math.PI) / 2 + series - below
    );
  }
  // How much of the cube from -1 to 1 the ball fills, as a logarithm
  const logShare = (p, d) =>
    p === Infinity ? 0 : d * logGamma(1 + 1 / p) - logGamma(1 + d / p);
  const long = (p, d) => (p === Infinity ? 1 : d ** (1 / p));

  // The ball in the plane
  const S = 118;
  const M = 150;
  const plane = draw("svg", { viewBox: "0 0 300 300", role: "img" });
  const ball = draw("path", { class: "area ball" });
  const diagonal = draw("path", { class: "band c" });
  const touch = draw("circle", { class: "dot-c", r: 5 });
  plane.append(
    draw("path", { class: "grid", d: "M150 0V300M0 150H300" }),
    draw("rect", {
      class: "guide",
      x: M - S,
      y: M - S,
      width: 2 * S,
      height: 2 * S,
    }),
    ball,
    draw("path", { class: "drop", d: `M${M} ${M}H${M + S}V${M - S}` }),
    diagonal,
    touch,
    ...[
      ["1", M + S + 12, M + 5],
      ["1", M - 4, M - S - 8],
    ].map(([words, x, y]) =>
      draw("text", { class: "tick-label", x, y }, words),
    ),
    draw("text", { class: "note", x: M + S, y: M - S - 10 }, "(1, 1)"),
  );

  function outline(p) {
    const points = [];
    for (let n = 0; n <= 240; n++) {
      const angle = (Math.PI * n) / 120;
      const [u, v] = [Math.cos(angle), Math.sin(angle)];
      const r =
        p === Infinity
          ? 1 / Math.max(Math.abs(u), Math.abs(v))
          : (Math.abs(u) ** p + Math.abs(v) ** p) ** (-1 / p);
      points.push(
        `${(M + S * r * u).toFixed(2)} ${(M - S * r * v).toFixed(2)}`,
      );
    }
    return `M${points.join("L")}Z`;
  }

  // Three shares over the number of dimensions
  const X = (d) => 46 + (Math.log10(d) / Math.log10(MOST)) * 274;
  const Y = (share) => 150 - 130 * share;
  const curves = draw("svg", { viewBox: "0 0 340 186", role: "img" });
  const CURVES = {
    share: {
      label: "the ball’s share of its cube",
      dash: "",
      of: (d) => Math.exp(logShare(power(), d)),
    },
    peel: {
      label: "the outer tenth’s share of the ball",
      dash: "7 4",
      of: (d) => 1 - 0.9 ** d,
    },
    spread: {
      label: "spread of cosines by chance",
      dash: "2 4",
      of: (d) => 1 / Math.sqrt(d),
    },
  };
  const here = draw("path", { class: "drop" });
  curves.append(
    draw("path", {
      class: "grid",
      d: [0, 0.5, 1].map((s) => `M46 ${Y(s)}H320`).join(""),
    }),
    here,
    ...[0, 0.5, 1].map((s) =>
      draw(
        "text",
        { class: "tick-label end", x: 41, y: Y(s) + 5 },
        `${s * 100}%`,
      ),
    ),
    ...[1, 10, 100, 1000].map((d) =>
      draw("text", { class: "tick-label", x: X(d), y: 168 }, d),
    ),
    draw("text", { class: "tick-label", x: 183, y: 184 }, "dimensions d"),
  );
  for (const [name, curve] of Object.entries(CURVES)) {
    curve.line = draw("path", {
      class: `curve ${name}`,
      "stroke-dasharray": curve.dash,
    });
    curve.dot = draw("circle", { class: `dot-${name}`, r: 5 });
    curves.append(curve.line, curve.dot);
  }

  // How cosines of random directions fall
  const hill = draw("svg", { viewBox: "0 0 340 130", role: "img" });
  const slope = draw("path", { class: "area" });
  const band = draw("path", { class: "band c" });
  hill.append(
    slope,
    band,
    draw("path", { class: "axis", d: "M40 100H320" }),
    ...[-1, 0, 1].map((c) =>
      draw("text", { class: "tick-label", x: 180 + 140 * c, y: 118 }, text(c)),
    ),
  );

  function fall(d) {
    if (d === 1) return "M40 100V10H44V100ZM316 100V10H320V100Z";
    const points = [];
    const top = Math.max(d > 2 ? 1 : 0, d === 2 ? 6 : 0);
    for (let n = 0; n <= 400; n++) {
      const c = (n - 200) / 200.4;
      const height = (1 - c * c) ** ((d - 3) / 2) / top;
      points.push(
        `${(180 + 140 * c).toFixed(2)} ${(100 - 90 * Math.min(1, height)).toFixed(2)}`,
      );
    }
    return `M40 100L${points.join("L")}L320 100Z`;
  }

  // Controls and words
  const legend = make("ul", { className: "play-legend" });
  for (const [name, { label, dash }] of Object.entries(CURVES)) {
    const key = draw("svg", { viewBox: "0 0 34 12", "aria-hidden": "true" });
    key.append(
      draw("path", {
        class: `curve ${name}`,
        d: "M1 6H33",
        "stroke-dasharray": dash,
      }),
    );
    legend.append(make("li", {}, key, make("span", {}, label)));
  }
  const caption = (words) => make("p", { className: "play-caption" }, words);
  const lengths = make("p", { className: "formula" });
  const left = make("div");
  const chosen = kit.number("p", "p", P);
  left.append(
    chosen,
    kit.check("infinite", "p = ∞: the largest entry alone"),
    caption("The ball in two dimensions"),
    plane,
    lengths,
  );
  const right = make("div", { className: "play-side" });
  right.append(
    kit.number("d", "d", D),
    caption("Shares, from 1 to 1,000 dimensions"),
    curves,
    legend,
    caption("Cosines of two random directions"),
    hill,
  );
  kit.stage.append(left, right);

  // Numbers that are too small or too large to write out
  function powerOfTen(log) {
    const whole = Math.floor(log);
    const raised = text(whole).replace(
      /./g,
      (sign) => "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"["0123456789−".indexOf(sign)],
    );
    return `${text(10 ** (log - whole), 1)} × 10${raised}`;
  }
  const small = (log) =>
    log > -4 ? `${text(100 * 10 ** log)} %` : powerOfTen(log);
  const large = (number) =>
    number < 1e6 ? text(number) : powerOfTen(Math.log10(number));

  function insight(p, log) {
    const { d } = state;
    const name = p === Infinity ? "p = ∞" : `p = ${text(p)}`;
    const filled = `In ${d} ${d === 1 ? "dimension" : "dimensions"} the ball fills ${small(log)} of its cube`;
    const peel = `and ${text(100 * (1 - 0.9 ** d), 1)} % of the ball lies in its outer tenth.`;
    if (p < 1) {
      return (
        `${name} is no norm: straight to the corner is ${text(2 ** (1 / p))} long, ` +
        `along the two axes only 2. ${filled}.`
      );
    }
    return `${name}. ${filled}, ${peel}`;
  }

  return () => {
    const p = power();
    const { d } = state;
    const log = logShare(p, d) / Math.LN10;
    const edge = 1 / long(p, 2);
    for (const input of chosen.querySelectorAll("input")) {
      input.disabled = state.infinite;
    }
    set(ball, { d: outline(p) });
    set(diagonal, { d: `M${M} ${M}L${M + S * edge} ${M - S * edge}` });
    set(touch, { cx: M + S * edge, cy: M - S * edge });
    for (const { line, dot, of } of Object.values(CURVES)) {
      const points = [];
      for (let n = 0; n <= 140; n++) {
        const at = MOST ** (n / 140);
        points.push(`${X(at).toFixed(2)} ${Y(of(at)).toFixed(2)}`);
      }
      set(line, { d: `M${points.join("L")}` });
      set(dot, { cx: X(d), cy: Y(of(d)) });
    }
    const sign = p === Infinity ? "∞" : text(p);
    lengths.replaceChildren(
      `‖(1, 1)‖`,
      make("sub", {}, sign),
      " = ",
      make("b", {}, text(long(p, 2))),
      make("br"),
      `‖(1, …, 1)‖`,
      make("sub", {}, sign),
      " = ",
      make("b", {}, large(long(p, d))),
      ` for d = ${d}`,
    );
    set(here, { d: `M${X(d)} ${Y(0)}V${Y(1)}` });
    set(slope, { d: fall(d) });
    const spread = 1 / Math.sqrt(d);
    set(band, { d: `M${180 - 140 * spread} 100H${180 + 140 * spread}` });
    const says = insight(p, log);
    set(plane, {
      "aria-label": `The ball of ${p === Infinity ? "p = ∞" : `p = ${p}`} in its square.`,
    });
    set(curves, { "aria-label": `Three curves over the dimensions. ${says}` });
    set(hill, {
      "aria-label": `Cosines by chance at ${d} dimensions: spread ${text(spread, 3)}.`,
    });
    return {
      says,
      values: [
        ["corner", "length of (1, 1)", long(p, 2)],
        ["diagonal", "length of (1, …, 1)", long(p, d), large(long(p, d))],
        ["log10_share", "the ball’s share of its cube", log, small(log)],
        [
          "peel",
          "the outer tenth’s share of the ball",
          1 - 0.9 ** d,
          `${text(100 * (1 - 0.9 ** d), 1)} %`,
        ],
        [
          "spread",
          "spread of the cosines of random pairs",
          spread,
          text(spread, 3),
        ],
      ],
    };
  };
});
