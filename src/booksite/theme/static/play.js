// Play: figures that a reader can move. What they share: native controls,
// a table of the values, the state in the address, one polite voice.
"use strict";
book.play = (() => {
  const { make } = book;

  function set(element, attributes) {
    for (const [name, value] of Object.entries(attributes)) {
      element.setAttribute(name, value);
    }
    return element;
  }

  function draw(tag, attributes = {}, ...children) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    made.append(...children);
    return set(made, attributes);
  }

  function text(number, digits = 2) {
    if (!Number.isFinite(number)) return "–";
    // Zero has no sign, though rounding leaves one: (-0.001).toFixed(2).
    const rounded = Number(number.toFixed(digits)) || 0;
    return String(rounded).replace("-", "−");
  }

  function labelled(input, words, className = "") {
    return make("label", { className }, input, make("span", {}, words));
  }

  function mount(card, build) {
    const golden = JSON.parse(card.querySelector("script").textContent);
    const start = golden[0].state;
    const state = { ...start };
    const inputs = {};
    const status = make("p", { className: "play-says" });
    status.setAttribute("role", "status");
    const body = make("tbody");
    const stage = make("div", { className: "play-stage" });
    let show = () => ({ values: [], says: "" });
    let speaking = 0;
    let writing = 0;

    function render() {
      for (const [key, input] of Object.entries(inputs)) input.show(state[key]);
      const { values, says } = show(state);
      body.replaceChildren(
        ...values.map(([name, label, value, shown = text(value)]) => {
          const cell = make("td", {}, shown);
          cell.dataset.name = name;
          cell.dataset.value = value;
          const head = make("th", {}, label);
          head.scope = "row";
          return make("tr", {}, head, cell);
        }),
      );
      // One sentence when the hand rests, not one for each step of a drag.
      clearTimeout(speaking);
      speaking = setTimeout(() => (status.textContent = says), 200);
    }

    function remember() {
      clearTimeout(writing);
      writing = setTimeout(() => {
        const query = new URLSearchParams(state);
        try {
          history.replaceState(null, "", `#${card.id}?${query}`);
        } catch {
          // A browser that forbids it loses the link, not the figure.
        }
      }, 300);
    }

    function change(changes) {
      Object.assign(state, changes);
      render();
      remember();
    }

    function recall() {
      const [id, query] = location.hash.slice(1).split("?");
      if (id !== card.id || !query) return;
      const asked = new URLSearchParams(query);
      // In the order of the controls: one may depend on those before it.
      for (const [key, input] of Object.entries(inputs)) {
        const value = asked.has(key) ? input.read(asked.get(key)) : undefined;
        if (value !== undefined) state[key] = value;
      }
      render();
      card.scrollIntoView();
    }

    // The largest value may depend on the state: then it is a function.
    function number(key, label, { min, max, step = 1, stops }) {
      const id = `${card.id}-${key}`;
      const most = () => (typeof max === "function" ? max() : max);
      const field = make("input", { type: "number", id, name: key, min });
      field.step = step === 1 ? 1 : "any";
      const slider = make("input", { type: "range", step: stops ? 1 : step });
      slider.min = stops ? 0 : min;
      slider.setAttribute("aria-label", `${label}, slider`);
      const read = (asked) => {
        const value = Number(asked);
        const whole = step !== 1 || Number.isInteger(value);
        const good = asked.trim() && value >= min && value <= most() && whole;
        return good ? value : undefined;
      };
      const nearest = (value) =>
        stops.reduce(
          (best, stop, n) =>
            Math.abs(stop - value) < Math.abs(stops[best] - value) ? n : best,
          0,
        );
      slider.addEventListener("input", () => {
        const at = slider.valueAsNumber;
        change({ [key]: stops ? stops[at] : at });
      });
      field.addEventListener("input", () => {
        const value = read(field.value);
        if (value !== undefined) change({ [key]: value });
      });
      field.addEventListener("change", () => {
        if (read(field.value) !== undefined) return;
        render();
        clearTimeout(speaking);
        status.textContent =
          `${label} goes from ${text(min)} to ${text(most())}: ` +
          `it stays at ${text(state[key])}.`;
      });
      inputs[key] = {
        read,
        show(value) {
          if (read(field.value) !== value) field.value = value;
          field.max = most();
          slider.max = stops ? stops.length - 1 : field.max;
          slider.value = stops ? nearest(value) : value;
          if (stops) slider.setAttribute("aria-valuetext", text(value));
        },
      };
      const name = make("label", { htmlFor: id }, label);
      const row = make(
        "div",
        { className: "play-number" },
        name,
        slider,
        field,
      );
      row.dataset.key = key;
      return row;
    }

    function check(key, label) {
      const input = make("input", { type: "checkbox", name: key });
      input.addEventListener("change", () => change({ [key]: input.checked }));
      inputs[key] = {
        read: (asked) => asked === "true",
        show: (value) => (input.checked = value),
      };
      return labelled(input, label, "play-choice");
    }

    // Each choice is a name, its label, and what else belongs in its row.
    function choose(key, legend, choices) {
      const group = make("fieldset", { className: "play-choices" });
      group.append(make("legend", {}, legend));
      for (const [value, label, ...more] of choices) {
        const input = make("input", {
          type: "radio",
          name: `${card.id}-${key}`,
        });
        input.value = value;
        input.dataset.key = key;
        input.addEventListener("change", () => change({ [key]: value }));
        const row = make("div", { className: "play-row" });
        row.append(labelled(input, label, "play-choice"), ...more);
        group.append(row);
      }
      inputs[key] = {
        read: (asked) => choices.find(([value]) => value === asked)?.[0],
        show(value) {
          for (const input of group.querySelectorAll("input")) {
            input.checked = input.value === value;
            const row = input.closest(".play-row");
            row.classList.toggle("chosen", input.checked);
          }
        },
      };
      return group;
    }

    function button(label, act, className = "play-button") {
      const made = make("button", { type: "button", className }, label);
      made.addEventListener("click", act);
      return made;
    }

    async function copy() {
      clearTimeout(writing);
      const query = new URLSearchParams(state);
      const link = `${location.href.split("#")[0]}#${card.id}?${query}`;
      clearTimeout(speaking);
      try {
        await navigator.clipboard.writeText(link);
        status.textContent = "The link to this state is copied.";
      } catch {
        status.textContent = `Link to this state: ${link}`;
      }
    }

    const kit = { state, inputs, stage, status, change };
    Object.assign(kit, { number, check, choose, button });
    show = build(kit);
    const table = make("table", {}, body);
    const title = make("p", { className: "play-title" });
    title.textContent = card.getAttribute("aria-label");
    const bar = make("div", { className: "play-bar" });
    bar.append(
      button("Start again", () => change(start)),
      button("Copy the link", copy),
    );
    const fold = make("details", {}, make("summary", {}, "Show as table"));
    fold.append(make("div", { className: "wide" }, table));
    const live = make("div", { className: "play-body" });
    live.append(title, stage, bar, fold);
    // A figure may give the sentence a place of its own.
    if (!stage.contains(status)) stage.after(status);
    card.querySelector(".play-load")?.remove();
    card.append(live);
    card.classList.add("moving");
    status.textContent = show(state).says;
    render();
    recall();
    addEventListener("hashchange", recall);
  }

  // What is large comes as a script, which pages on a disk can read too.
  function load(button, done) {
    button.disabled = true;
    const script = make("script", { src: book.root + button.dataset.load });
    script.onload = done;
    script.onerror = () => {
      script.remove();
      button.disabled = false;
      button.textContent = "It did not arrive. Try again";
    };
    document.head.append(script);
  }

  function start(kind, build) {
    for (const card of document.querySelectorAll(`[data-play="${kind}"]`)) {
      const button = card.querySelector("[data-load]");
      if (!button) mount(card, build);
      else {
        button.addEventListener("click", () =>
          load(button, () => {
            mount(card, build);
            card.querySelector("input, select, textarea").focus();
          }),
        );
      }
    }
  }

  return { start, draw, set, text };
})();
