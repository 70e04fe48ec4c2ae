// Progress: what is done, on the contents page; kept in this browser alone.
"use strict";
(() => {
  const { make } = book;
  const panel = document.getElementById("progress");
  const course = JSON.parse(panel.querySelector("script").textContent);

  const button = (text, act) => {
    const made = make("button", { type: "button", className: "button quiet" });
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  };
  const summary = make("p");
  const bar = make("progress");
  bar.setAttribute("aria-label", "Done so far");
  const note = make("p");
  note.setAttribute("role", "status");
  const file = make("input", { type: "file", accept: ".json", hidden: true });
  const sure = make("p", { hidden: true }, "Erase all of it? ");

  function done(chapter) {
    const { read, quizzes, exercises } = book.get();
    return {
      read: chapter.page in read ? 1 : 0,
      quizzes: chapter.quizzes.filter((id) => quizzes[id]?.right).length,
      exercises: chapter.exercises.filter((id) => exercises[id]).length,
    };
  }

  const part = (n, of, name) => (of ? `${n} of ${of} ${name}` : "");

  function tick(chapter, { read, quizzes, exercises }) {
    const end = `${chapter.page}.html`;
    const link = [...document.querySelectorAll(".text li a")].find((a) =>
      new URL(a.href).pathname.endsWith(`/${end}`),
    );
    if (!link) return;
    const parts = [
      read ? "read" : "",
      part(exercises, chapter.exercises.length, "exercises"),
      part(quizzes, chapter.quizzes.length, "quizzes"),
    ];
    let tick = link.nextElementSibling;
    if (!tick?.classList.contains("tick")) {
      tick = make("span", { className: "tick" });
      link.after(tick);
    }
    tick.textContent = parts.filter(Boolean).join(", ");
  }

  function show() {
    const sum = { read: 0, quizzes: 0, exercises: 0 };
    const of = { read: course.length, quizzes: 0, exercises: 0 };
    for (const chapter of course) {
      const so = done(chapter);
      for (const key of Object.keys(sum)) sum[key] += so[key];
      of.quizzes += chapter.quizzes.length;
      of.exercises += chapter.exercises.length;
      tick(chapter, so);
    }
    summary.textContent = [
      part(sum.read, of.read, "chapters read"),
      part(sum.exercises, of.exercises, "exercises solved"),
      part(sum.quizzes, of.quizzes, "quizzes right"),
    ]
      .filter(Boolean)
      .join(" · ");
    bar.max = of.read + of.quizzes + of.exercises;
    bar.value = sum.read + sum.quizzes + sum.exercises;
  }

  function takeOut() {
    const text = JSON.stringify(book.get(), null, 1);
    const href = URL.createObjectURL(
      new Blob([text], { type: "application/json" }),
    );
    const link = make("a", { href, download: "progress.json" });
    link.click();
    setTimeout(() => URL.revokeObjectURL(href), 1000);
    note.textContent = "Saved as progress.json.";
  }

  file.addEventListener("change", async () => {
    const text = await file.files[0].text();
    note.textContent = book.bringIn(text)
      ? "Your progress was read from the file."
      : "This file holds no progress of this book. Nothing was changed.";
    file.value = "";
  });
  file.setAttribute("aria-label", "A file with your progress");
  const eraser = button("Erase all", () => {
    sure.hidden = false;
    sure.querySelector("button").focus();
  });

  function answered(said) {
    eraser.focus();
    sure.hidden = true;
    note.textContent = said;
  }

  sure.append(
    button("Yes, erase", () => {
      book.erase();
      answered("Everything was erased.");
    }),
    " ",
    button("No, keep it", () => answered("Nothing was erased.")),
  );
  const actions = make("div", { className: "row" });
  actions.append(
    button("Save to a file", takeOut),
    button("Read from a file", () => file.click()),
    eraser,
  );
  const where = make("p");
  where.textContent =
    "Kept in this browser only; nobody else sees it, and no server has it.";
  panel.append(summary, bar, where, actions, sure, file, note);
  panel.hidden = false;
  if (!book.isPersistent()) {
    where.textContent =
      "This browser blocks storage: your progress is lost when you close " +
      "the page, unless you save it to a file.";
  }
  document.addEventListener("book-change", show);
  show();
})();
