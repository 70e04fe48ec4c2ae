// Store: all that the reader did, under one key of this browser.
// Where storage is blocked, it lasts as long as the page.
"use strict";
window.book = (() => {
  const KEY = "embook";
  const PARTS = ["read", "quizzes", "exercises", "code", "inventory"];

  function clean(value) {
    const kept = {};
    for (const part of PARTS) kept[part] = { ...value?.[part] };
    if (["light", "dark"].includes(value?.theme)) kept.theme = value.theme;
    return kept;
  }

  let memory = clean();
  let persistent = true;

  function load() {
    try {
      const text = localStorage.getItem(KEY);
      if (text) memory = clean(JSON.parse(text));
    } catch (error) {
      // Not our JSON is no loss; a blocked store is worth a word.
      persistent = error instanceof SyntaxError;
    }
    return memory;
  }

  function save() {
    try {
      localStorage.setItem(KEY, JSON.stringify(memory));
    } catch {
      persistent = false;
    }
    document.dispatchEvent(new Event("book-change"));
  }

  addEventListener("storage", (event) => {
    if (event.key === KEY) document.dispatchEvent(new Event("book-change"));
  });

  return {
    root: document.documentElement.dataset.root,
    page: document.documentElement.dataset.page,
    get: load,
    isPersistent: () => persistent,
    put(part, name, value) {
      load();
      if (value === null) delete memory[part][name];
      else memory[part][name] = value;
      save();
    },
    setTheme(theme) {
      load();
      if (theme) memory.theme = theme;
      else delete memory.theme;
      save();
    },
    // Returns false where the text is no progress of this book.
    bringIn(text) {
      let value;
      try {
        value = JSON.parse(text);
      } catch {
        return false;
      }
      if (!value || typeof value.read !== "object") return false;
      memory = clean(value);
      save();
      return true;
    },
    erase() {
      memory = clean();
      try {
        localStorage.removeItem(KEY);
      } catch {
        persistent = false;
      }
      document.dispatchEvent(new Event("book-change"));
    },
    make(tag, properties = {}, ...children) {
      const element = Object.assign(document.createElement(tag), properties);
      element.append(...children);
      return element;
    },
  };
})();
