// Editor: a text field that knows how Python is indented.
// Tab indents what is being written; before that, and after Escape, it leaves,
// so that no keyboard is caught and no text changed in passing.
"use strict";
book.editor = (() => {
  function put(editor, from, to, text) {
    editor.setSelectionRange(from, to);
    // Old, but the one way that keeps the browser's own undo.
    document.execCommand(text ? "insertText" : "delete", false, text);
  }

  const lineStart = ({ value }, at) => value.lastIndexOf("\n", at - 1) + 1;

  function indent(editor, back) {
    const { value, selectionStart: from, selectionEnd: to } = editor;
    const start = lineStart(editor, from);
    if (from === to && !back) {
      put(editor, from, to, " ".repeat(4 - ((from - start) % 4)));
      return;
    }
    const lines = value.slice(start, to);
    const moved = back
      ? lines.replace(/^ {1,4}/gm, "")
      : lines.replace(/^/gm, "    ");
    if (moved === lines) return;
    put(editor, start, to, moved);
    if (from !== to) editor.setSelectionRange(start, start + moved.length);
  }

  function newLine(editor) {
    const { value, selectionStart: from, selectionEnd: to } = editor;
    const line = value.slice(lineStart(editor, from), from);
    const deeper = /:\s*$/.test(line) ? "    " : "";
    put(editor, from, to, `\n${line.match(/^ */)[0]}${deeper}`);
  }

  // Calls run on Shift+Enter.
  return (run) => {
    const editor = book.make("textarea", {
      className: "run-editor",
      spellcheck: false,
      autocapitalize: "off",
      autocomplete: "off",
      wrap: "off",
    });
    let leaving = false;
    let writing = false;
    editor.addEventListener("blur", () => (leaving = writing = false));
    editor.addEventListener("input", () => (writing = true));
    editor.addEventListener("keydown", (event) => {
      const { key, shiftKey, altKey } = event;
      const command = event.ctrlKey || event.metaKey;
      if (key === "Escape") leaving = true;
      else if (!["Tab", "Shift"].includes(key)) leaving = false;
      if (key === "Tab" && writing && !leaving && !command && !altKey) {
        indent(editor, shiftKey);
      } else if (key === "Enter" && (shiftKey || command)) run();
      else if (key === "Enter" && !event.isComposing) newLine(editor);
      else return;
      event.preventDefault();
    });
    return editor;
  };
})();
