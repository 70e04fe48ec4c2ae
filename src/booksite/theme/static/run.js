// Run: the buttons of a cell that Python in the page can run.
"use strict";
(() => {
  // From a file no worker may start: the page stays as it is printed.
  if (location.protocol === "file:") {
    delete document.documentElement.dataset.python;
    return;
  }
  const { make, python } = book;

  const button = (text, act) => {
    const className = "button quiet";
    const made = make("button", { type: "button", className }, text);
    made.addEventListener("click", act);
    return made;
  };

  function enhance(box) {
    const { live: name, exercise } = box.dataset;
    const key = `${book.page}#${name}`;
    const input = box.querySelector(".cell_input");
    const printed = input.firstElementChild;
    const original = printed.querySelector("pre").textContent.trimEnd();
    const stored = box.querySelector(".cell_output");
    const output = make("div", {
      className: "cell_output run-output",
      role: "group",
      ariaLabel: "Output of your run",
    });
    const note = make("p", { className: "run-note", role: "status" });
    const hint = make("p", { className: "run-hint", id: `hint-${name}` });
    const bar = make("progress", { max: python.size, hidden: true });
    bar.setAttribute("aria-label", "Python loaded");
    let pre = null;
    let stale = true;
    let dropped = null;
    let waiting = 0;

    const run = button("Run", () => python.run(cell));
    const size = `${(python.size / 1e6).toFixed(1)} MB`;
    run.append(make("small", {}, ` · loads ${size} once`));
    const stop = button("Stop", python.stop);
    const edit = button("Edit", () => {
      open(true);
      editor.focus();
    });
    const reset = button("Reset", back);
    const editor = book.editor(() => python.run(cell));
    editor.setAttribute("aria-label", "Your code");
    editor.setAttribute("aria-describedby", hint.id);
    const bars = make("div", { className: "run-bar" });
    bars.append(run, stop, edit, reset, bar, note, hint);

    function tell() {
      const shown = pre || (!editor.hidden && !exercise);
      const undo = dropped !== null;
      reset.textContent = undo ? "Undo reset" : "Reset";
      reset.hidden = !(shown || undo || editor.value !== original);
      hint.textContent =
        "Shift+Enter runs. Once you write, Tab indents; Escape, then Tab, leaves.";
      if (book.isPersistent()) return;
      hint.textContent +=
        " This browser blocks storage: your text is lost when you leave.";
    }

    function open(editing) {
      editor.hidden = hint.hidden = !editing;
      edit.hidden = printed.hidden = editing;
      tell();
    }

    function fit() {
      editor.rows = editor.value.split("\n").length;
    }

    function keep() {
      const text = editor.value;
      fit();
      python.forget(cell);
      book.put("code", key, text === original ? null : text);
    }

    function clear() {
      stale = false;
      pre = null;
      output.replaceChildren();
      if (stored) stored.hidden = true;
    }

    // Reset, and once more to undo it.
    function back() {
      const text = editor.value;
      const again = dropped;
      clear();
      if (stored) stored.hidden = false;
      cell.say("");
      dropped = again === null && text !== original ? text : null;
      editor.value = again ?? original;
      keep();
      open(again !== null || Boolean(exercise));
      if (reset.hidden) run.focus();
    }

    const cell = {
      name,
      exercise,
      source: () => editor.value,
      say: (text) => (note.textContent = text),
      loaded: () => (run.textContent = "Run"),
      loading(bytes) {
        if (bar.hidden) cell.say("Loading Python …");
        bar.hidden = stop.hidden = false;
        bar.value = bytes;
      },
      begin() {
        stale = true;
        dropped = null;
        bar.hidden = true;
        cell.say("");
        waiting = setTimeout(() => {
          stop.hidden = false;
          cell.say("Running …");
        }, 300);
        output.ariaBusy = "true";
      },
      print({ kind, text }) {
        if (stale) clear();
        if (!pre) output.append((pre = make("pre")));
        const error = kind === "stderr";
        pre.append(error ? make("span", { className: kind }, text) : text);
      },
      finish(problem, time) {
        if (stale) clear();
        if (pre?.scrollWidth > pre?.clientWidth) pre.tabIndex = 0;
        const silent = pre ? "" : ", and prints nothing";
        cell.say(problem ? "" : `Ran in ${Math.round(time)} ms${silent}.`);
        if (problem) {
          const [said, trace] = problem;
          const line = make("summary", {}, "Traceback");
          const fold = make("details", {}, line, make("pre", {}, trace));
          output.append(make("p", { className: "run-problem" }, said), fold);
        }
        if (pre?.textContent.includes(`${exercise}: right in all`)) {
          book.put("exercises", exercise, true);
          cell.say("Solved. Your progress has it.");
        }
        // Spoken when all is done, not line by line.
        const spoken = problem?.[0] ?? pre?.textContent.slice(0, 300) ?? "";
        note.append(make("span", { className: "unseen" }, ` ${spoken}`));
      },
      rest() {
        clearTimeout(waiting);
        if (document.activeElement === stop) run.focus();
        stop.hidden = bar.hidden = true;
        output.ariaBusy = null;
        tell();
      },
    };

    editor.addEventListener("input", () => {
      dropped = null;
      keep();
      tell();
    });
    stop.hidden = true;
    python.add(cell);
    const { code, exercises } = book.get();
    const mine = typeof code[key] === "string" ? code[key] : original;
    editor.value = mine;
    fit();
    input.append(editor);
    input.after(bars, output);
    open(Boolean(exercise) || mine !== original);
    if (exercises[exercise]) cell.say("You solved this one before.");
  }

  for (const box of document.querySelectorAll("[data-live]")) enhance(box);
})();
