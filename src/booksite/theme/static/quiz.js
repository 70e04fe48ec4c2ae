// Quiz: turns the list of folded explanations into radio buttons.
"use strict";
(() => {
  const { make } = book;

  function score() {
    const { quizzes } = book.get();
    const cards = [...document.querySelectorAll(".quiz")];
    const right = cards.filter((card) => quizzes[card.dataset.quiz]?.right);
    return `${right.length} of ${cards.length} on this page`;
  }

  function choiceAsRadio(item, name, n) {
    const text = item.querySelector(".quiz-text");
    const only = text.children.length === 1 && text.firstElementChild;
    const words = make("span");
    words.append(...(only?.tagName === "P" ? only : text).childNodes);
    const input = make("input", { type: "radio", name, value: String(n) });
    const label = make("label", {}, input, words);
    text.replaceWith(label);
    return input;
  }

  function enhance(card) {
    const id = card.dataset.quiz;
    const list = card.querySelector(".quiz-choices");
    const items = [...list.children];
    const inputs = items.map((item, n) => choiceAsRadio(item, id, n));
    const group = make("div");
    group.setAttribute("role", "radiogroup");
    group.setAttribute("aria-labelledby", card.getAttribute("aria-labelledby"));
    const check = make("button", { className: "button", textContent: "Check" });
    const again = make("button", {
      type: "button",
      className: "button quiet",
      textContent: "Try again",
      hidden: true,
    });
    const status = make("p");
    status.setAttribute("role", "status");
    const bar = make("div", { className: "quiz-bar" }, check, again, status);
    const form = make("form", {}, group, bar);
    list.before(form);
    group.append(list);
    card.removeAttribute("role");
    card.removeAttribute("aria-labelledby");

    function clear() {
      for (const item of items) {
        item.classList.remove("right", "wrong");
        item.querySelector(".quiz-why").open = false;
      }
      card.classList.remove("answered");
      again.hidden = true;
      check.hidden = false;
    }

    function answer() {
      const n = inputs.findIndex((input) => input.checked);
      if (n < 0) {
        status.textContent = "Choose an answer first.";
        return;
      }
      clear();
      const item = items[n];
      const right = item.dataset.right === "true";
      const before = book.get().quizzes[id];
      if (!before?.right) {
        book.put("quizzes", id, { tries: (before?.tries ?? 0) + 1, right });
      }
      item.classList.add(right ? "right" : "wrong");
      item.querySelector(".quiz-why").open = true;
      card.classList.toggle("answered", right);
      status.textContent = right
        ? `Right. ${score()}.`
        : "Not this one. The reason stands below it.";
      again.hidden = false;
      check.hidden = true;
      again.focus();
    }

    form.addEventListener("submit", (event) => {
      event.preventDefault();
      answer();
    });
    again.addEventListener("click", () => {
      clear();
      status.textContent = "";
      const chosen = inputs.find((input) => input.checked) ?? inputs[0];
      chosen.focus();
      for (const input of inputs) input.checked = false;
    });
    if (book.get().quizzes[id]?.right) {
      status.textContent = "You answered this one right before.";
    }
  }

  book.asRadio = choiceAsRadio;
  const alone = document.querySelectorAll(".quiz:not(.inventory .quiz)");
  for (const card of alone) enhance(card);
})();
