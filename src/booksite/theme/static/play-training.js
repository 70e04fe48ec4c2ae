// Training you can watch: 48 words at 41 moments of one recorded run.
"use strict";
book.play.start("training", (kit) => {
  const { make, run } = book;
  const { draw, set, text } = book.play;
  const { state } = kit;
  const LAST = run.done.length - 1;
  const READINGS = 10;
  const kinds = Object.keys(run.kinds);
  const words = Object.values(run.kinds).flat();
  const kindOf = kinds.flatMap((kind) => run.kinds[kind].map(() => kind));
  // One shape for each kind; the last two are hollow.
  const SHAPES = [
    "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0Z",
    "M-4.5-4.5H4.5V4.5H-4.5Z",
    "M0-6L5.5 4.5H-5.5Z",
    "M0-6.5L6.5 0L0 6.5L-6.5 0Z",
    "M0 6L5.5-4.5H-5.5Z",
    "M-2-6H2V-2H6V2H2V6H-2V2H-6V-2H-2Z",
    "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0Z",
    "M-4.5-4.5H4.5V4.5H-4.5Z",
  ];
  const shape = (kind) => {
    const n = kinds.indexOf(kind);
    return draw("path", { class: n > 5 ? "kind hollow" : "kind", d: SHAPES[n] });
  };

  // The hall
  const SIDE = 340;
  const across = (n) => 14 + ((n + 660) / 1320) * (SIDE - 28);
  const hall = draw("svg", { viewBox: `0 0 ${SIDE} ${SIDE}`, role: "img" });
  const frame = { class: "grid", width: SIDE - 2, height: SIDE - 2, x: 1, y: 1 };
  hall.append(draw("rect", frame));
  const people = words.map((word, n) => {
    const name = draw("text", { class: "note" }, word);
    const person = draw("g", {}, shape(kindOf[n]), name);
    hall.append(person);
    return person;
  });

  // How far above or below its mark a name finds room
  function free(taken, x, y, word) {
    const half = 4 + 4 * word.length;
    const hits = (dy) =>
      taken.some(
        ([a, b, width]) =>
          Math.abs(a - x) < width + half && Math.abs(b - y - dy) < 15,
      );
    const room = [-9, 20, -24, 35, -39, 50].find((dy) => !hits(dy)) ?? -9;
    taken.push([x, y + room, half]);
    return room;
  }

  // Loss and separation over the moments
  const X = (step) => 44 + (step / LAST) * 276;
  const Y = (part) => 112 - 96 * part;
  const CURVES = {
    loss: { label: "loss", low: 2, high: 4.2, dash: "7 4", class: "peel" },
    separation: { label: "separation", low: 0.5, high: 1, dash: "", class: "share" },
  };
  const here = draw("path", { class: "drop" });
  const legend = make("ul", { className: "play-legend" });
  const plots = Object.entries(CURVES).map(([name, curve]) => {
    const at = (value) => Y((value - curve.low) / (curve.high - curve.low));
    const points = run[name].map((value, step) => `${X(step)} ${at(value)}`);
    const look = {
      class: `curve ${curve.class}`,
      "stroke-dasharray": curve.dash,
    };
    const dot = draw("circle", { class: `dot-${curve.class}`, r: 5 });
    const key = draw("svg", { viewBox: "0 0 34 12", "aria-hidden": "true" });
    key.append(draw("path", { ...look, d: "M1 6H33" }));
    const span = `${curve.label}, from ${curve.low} to ${curve.high}`;
    legend.append(make("li", {}, key, make("span", {}, span)));
    const line = draw("path", { ...look, d: `M${points.join("L")}` });
    return { name, at, line, dot };
  });
  const chart = draw("svg", { viewBox: "0 0 340 140", role: "img" });
  chart.append(
    draw("path", { class: "axis", d: `M44 ${Y(0)}H320` }),
    here,
    ...plots.flatMap(({ line, dot }) => [line, dot]),
    ...[0, 10, 20, 40].map((step) =>
      draw(
        "text",
        { class: "tick-label", x: X(step), y: 132 },
        text(READINGS * run.done[step], 3),
      ),
    ),
  );

  const near = make("p", { className: "play-near" });
  const caption = (said) => make("p", { className: "play-caption" }, said);
  const go = (by) => () =>
    kit.change({ step: Math.min(LAST, Math.max(0, state.step + by)) });
  const steps = make("div", { className: "play-steps" });
  steps.append(
    kit.number("step", "Moment", { min: 0, max: LAST }),
    kit.button("Back", go(-1)),
    kit.button("Next", go(1)),
  );
  const left = make("div");
  left.append(
    steps,
    caption("The hall, on two of 100 dimensions"),
    hall,
  );
  const right = make("div", { className: "play-side" });
  right.append(
    kit.choose(
      "kind",
      "Show the names of",
      kinds.map((kind) => {
        const icon = draw("svg", {
          viewBox: "-9 -9 18 18",
          "aria-hidden": "true",
          class: "play-shape",
        });
        icon.append(shape(kind));
        return [kind, kind, icon];
      }),
    ),
    near,
    caption("Over the readings, from 0 to 10"),
    chart,
    legend,
  );
  kit.stage.append(left, right);

  return () => {
    const { step, kind } = state;
    const readings = READINGS * run.done[step];
    const taken = [];
    people.forEach((person, n) => {
      const at = 2 * (step * words.length + n);
      const [x, y] = [run.places[at], -run.places[at + 1]].map(across);
      const mine = kindOf[n] === kind;
      set(person, {
        transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`,
        class: mine ? "person mine" : "person",
      });
      if (!mine) return;
      hall.append(person);
      set(person.lastChild, { y: free(taken, x, y, words[n]) });
    });
    set(here, { d: `M${X(step)} ${Y(0)}V${Y(1)}` });
    for (const { name, at, dot } of plots) {
      set(dot, { cx: X(step), cy: at(run[name][step]) });
    }
    const found = run.kinds[kind].map((word) => {
      const n = words.indexOf(word);
      return [word, words[run.nearest[step * words.length + n]]];
    });
    near.textContent = `Nearest of the 48: ${found
      .map(([word, other]) => `${word} → ${other}`)
      .join(", ")}.`;
    const home = found.filter(([, other]) => run.kinds[kind].includes(other));
    const won = text(100 * run.separation[step], 0);
    const said =
      `After ${text(readings, 3)} readings: related pairs win ${won} of 100 ` +
      `meetings, the loss is ${text(run.loss[step])}. ${home.length} of the 6 ` +
      `words of ${kind} have their nearest in their own kind.`;
    set(hall, { "aria-label": `48 words as marks. ${said}` });
    set(chart, { "aria-label": `Loss and separation. ${said}` });
    return {
      says: said,
      values: [
        ["readings", "readings", readings, text(readings, 3)],
        ["loss", "loss", run.loss[step]],
        ["separation", "separation", run.separation[step]],
        ["alike", "mean cosine in one kind", run.alike[step]],
        ["apart", "mean cosine of two kinds", run.apart[step]],
        ...found.map(([word, other], n) => [
          `near${n + 1}`,
          `nearest to ${word}`,
          other,
          other,
        ]),
      ],
    };
  };
});
