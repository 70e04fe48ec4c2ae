// A walk: five tokens through the first layer of SmolLM2, stage by stage.
"use strict";
book.play.start("walk", (kit) => {
  const { make, walk } = book;
  const { draw, set, text } = book.play;
  const { state } = kit;
  const { stages, tokens, arrays } = walk;
  const LAST = stages.length;
  const HEADS = 9;

  // What a token has in an array: some for all heads, some shared by three.
  function strip(name) {
    const { numbers, lengths } = arrays[name];
    const rows = lengths.length / tokens.length;
    const head = Math.floor(((state.head - 1) * rows) / HEADS);
    const at = head * tokens.length + Number(state.token) - 1;
    const wide = numbers.length / lengths.length;
    return {
      name,
      length: lengths[at],
      numbers: numbers.slice(at * wide, (at + 1) * wide),
    };
  }

  // Bars up and down from a line, the longest as high as there is room
  function bars({ name, numbers, length }) {
    const figure = draw("svg", { viewBox: "0 0 340 92", role: "img" });
    const most = Math.max(...numbers.map(Math.abs));
    const wide = 320 / numbers.length;
    const height = (number) => (34 * number) / most;
    const side = (up) =>
      numbers
        .map((number, n) => [number, 10 + n * wide])
        .filter(([number]) => number > 0 === up)
        .map(
          ([number, x]) =>
            `M${x.toFixed(1)} 46h${(0.8 * wide).toFixed(2)}v${(-height(number)).toFixed(1)}h${(-0.8 * wide).toFixed(2)}Z`,
        )
        .join("");
    figure.append(
      draw("path", { class: "bar-up", d: side(true) }),
      draw("path", { class: "bar-down", d: side(false) }),
      draw("path", { class: "axis", d: "M10 46H330" }),
    );
    const said =
      `${name}: ${numbers.length} numbers shown, from ` +
      `${text(Math.min(...numbers))} to ${text(Math.max(...numbers))}`;
    set(figure, { "aria-label": said });
    const box = make("div");
    const caption = `${said}; length ${text(length)}`;
    box.append(figure, make("p", { className: "play-hint" }, caption));
    return box;
  }

  // How much of each token the head fetches
  const list = make("ul", { className: "play-shares" });
  function look() {
    const [shares, scores] = ["shares", "score"].map((n) => strip(n).numbers);
    const rows = tokens.map((token, n) => {
      const seen = n < Number(state.token);
      const words = seen
        ? `score ${text(scores[n])}, share ${text(shares[n])}`
        : "comes later";
      const bar = draw("svg", { viewBox: "0 0 100 4", "aria-hidden": "true" });
      bar.append(
        draw("rect", { class: "bar-up", width: 100 * shares[n], height: 4 }),
      );
      const row = make("li", {}, make("b", {}, token.trim()));
      row.append(make("span", {}, words), bar);
      return row;
    });
    list.replaceChildren(...rows);
  }

  const go = (by) => () =>
    kit.change({ stage: Math.min(LAST, Math.max(1, state.stage + by)) });
  const steps = make("div", { className: "play-steps" });
  steps.append(kit.button("Back", go(-1)), kit.button("Next", go(1)));
  const caption = (said) => make("p", { className: "play-caption" }, said);
  const title = caption("");
  const what = make("p", {});
  const strips = make("div");
  const left = make("div");
  const stage = kit.number("stage", "Stage", { min: 1, max: LAST });
  left.append(stage, steps, title, what, strips);
  const right = make("div", { className: "play-side" });
  const heard = caption("");
  right.append(
    kit.choose(
      "token",
      "Follow the token",
      tokens.map((token, n) => [String(n + 1), token.trim()]),
    ),
    kit.number("head", "Head", { min: 1, max: HEADS }),
    heard,
    list,
  );
  kit.stage.append(left, right);

  return () => {
    const { stage, head } = state;
    const { name, says, shape, arrays: seen } = stages[stage - 1];
    const token = tokens[Number(state.token) - 1];
    const all = seen.map(strip);
    const shares = strip("shares").numbers;
    const most = tokens[shares.indexOf(Math.max(...shares))];
    title.textContent = `${stage} of ${LAST}: ${name} (${shape})`;
    what.textContent = says;
    heard.textContent = `What head ${head} fetches for “${token.trim()}”`;
    strips.replaceChildren(...all.map(bars));
    look();
    const [{ name: first, numbers, length }] = all;
    const whose = all.length > 1 ? ` of the ${first}` : "";
    const said =
      `${name}, for “${token.trim()}”: the numbers${whose} begin with ` +
      `${text(numbers[0])} and ${text(numbers[1])}. Head ${head} fetches ` +
      `most from “${most.trim()}”.`;
    return {
      says: said,
      values: [
        ["first", "first number", numbers[0]],
        ["second", "second number", numbers[1]],
        ["length", "length of all", length],
        ["most", "fetched most from", most, most.trim()],
        ...tokens.map((other, n) => [
          `share${n + 1}`,
          `share of “${other.trim()}”`,
          shares[n],
        ]),
      ],
    };
  };
});
