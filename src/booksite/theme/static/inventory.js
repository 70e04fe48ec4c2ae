// Inventory: quizzes scored together, twice; the reasons come at the end.
"use strict";
(() => {
  const { make } = book;
  const box = document.querySelector(".inventory");
  const cards = [...box.querySelectorAll(".quiz")].map((card) => {
    const name = card.dataset.quiz;
    const items = [...card.querySelectorAll(".quiz-choice")];
    const inputs = items.map((item, n) => book.asRadio(item, name, n));
    card.setAttribute("role", "radiogroup");
    const proof = card.querySelector('[data-right="true"] a[href*="#cell-"]');
    return { card, name, items, inputs, page: proof.href.split("#")[0] };
  });
  const status = make("p");
  status.setAttribute("role", "status");
  status.tabIndex = -1;
  const worth = make("ul");
  const score = make("button", { className: "button" }, "Score my answers");
  const again = make("button", { type: "button", className: "button quiet" });
  const bar = make("div", { className: "quiz-bar" }, score, again, status);
  const form = make("form");
  box.before(form);
  form.append(box, bar, worth);

  const isRight = ({ items }, n) => items[n]?.dataset.right === "true";
  const count = (taken) =>
    cards.filter((one) => isRight(one, taken[one.name])).length;

  function title(page) {
    const links = [...document.querySelectorAll(".menu a")];
    return links.find((a) => a.href === page)?.textContent ?? page;
  }

  function show() {
    const { before, after } = book.get().inventory;
    score.hidden = Boolean(after);
    again.hidden = !before && !after;
    again.textContent = "Start again";
    worth.replaceChildren();
    for (const one of cards) {
      one.card.classList.toggle("answered", Boolean(after));
      for (const [n, item] of one.items.entries()) {
        const right = after && isRight(one, n);
        const chosen = after && after[one.name] === n;
        item.classList.toggle("right", Boolean(right));
        item.classList.toggle("wrong", Boolean(chosen && !right));
        item.querySelector(".quiz-why").open = Boolean(right || chosen);
        if (chosen) one.inputs[n].checked = true;
      }
    }
    if (!before) {
      status.textContent = "";
    } else if (after) {
      status.textContent =
        `Before: ${count(before)} of ${cards.length}. ` +
        `After: ${count(after)} of ${cards.length}. ` +
        "The reasons stand below the answers.";
    } else {
      const missed = cards.filter((one) => !isRight(one, before[one.name]));
      status.textContent =
        `Before: ${count(before)} of ${cards.length}. Come back when you ` +
        "have read on. Until then the answers stay hidden." +
        (missed.length ? " These chapters are worth your time:" : "");
      for (const page of new Set(missed.map((one) => one.page))) {
        const link = make("a", { href: page }, title(page));
        worth.append(make("li", {}, link));
      }
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const taken = {};
    for (const [n, { name, inputs }] of cards.entries()) {
      taken[name] = inputs.findIndex((input) => input.checked);
      if (taken[name] < 0) {
        status.textContent = `Question ${n + 1} is still open.`;
        inputs[0].focus();
        return;
      }
    }
    const first = !book.get().inventory.before;
    book.put("inventory", first ? "before" : "after", taken);
    if (first) form.reset();
    status.focus();
  });
  again.addEventListener("click", () => {
    // Weeks lie between the two scores: one slip must not lose the first.
    if (again.textContent === "Start again") {
      again.textContent = "Yes, forget my scores";
      return;
    }
    book.put("inventory", "after", null);
    book.put("inventory", "before", null);
    form.reset();
    cards[0].inputs[0].focus();
  });
  document.addEventListener("book-change", show);
  show();
})();
