// Page: colours, copying, scrolling by keyboard, printing, where you are.
"use strict";
(() => {
  const { make } = book;
  const html = document.documentElement;

  function switchColours() {
    const button = document.getElementById("colours");
    const order = [undefined, "light", "dark"];
    function show() {
      const theme = book.get().theme;
      // Where the system forces its colours, figures must follow it.
      const forced = matchMedia("(forced-colors: active)").matches;
      if (theme && !forced) html.dataset.theme = theme;
      else delete html.dataset.theme;
      const label = `Colours: ${theme ?? "as your system"}`;
      button.setAttribute("aria-label", label);
      button.title = label;
    }
    button.addEventListener("click", () => {
      const at = order.indexOf(book.get().theme);
      book.setTheme(order[(at + 1) % order.length]);
    });
    document.addEventListener("book-change", show);
    show();
  }

  async function copy(button, code) {
    try {
      await navigator.clipboard.writeText(code.textContent.trimEnd());
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(code);
      button.textContent = "Selected: press Ctrl+C";
    }
    setTimeout(() => (button.textContent = "Copy"), 2000);
  }

  function offerCopies() {
    for (const pre of document.querySelectorAll(".highlight > pre")) {
      if (pre.closest(".cell_output")) continue;
      const button = make("button", {
        type: "button",
        className: "copy",
        textContent: "Copy",
      });
      button.addEventListener("click", () => copy(button, pre));
      pre.after(button);
    }
  }

  // Safari gives the keyboard no way into a box that scrolls.
  function reachScrollers() {
    for (const box of document.querySelectorAll("pre, .wide, div.math")) {
      const scrolls = box.scrollWidth > box.clientWidth + 1;
      box.toggleAttribute("tabindex", scrolls);
      if (scrolls) box.tabIndex = 0;
      box.role = scrolls ? "group" : null;
      box.ariaLabel = scrolls ? "Scrolls sideways" : null;
    }
  }

  // What lies over the page goes when the keyboard goes.
  function closeMenu() {
    const menu = document.getElementById("menu");
    menu.addEventListener("focusout", ({ relatedTarget: to }) => {
      const open = menu.matches(":popover-open");
      if (open && to && !menu.contains(to)) menu.hidePopover();
    });
  }

  function openForPrint() {
    let opened = [];
    addEventListener("beforeprint", () => {
      opened = [...document.querySelectorAll("details:not([open])")];
      for (const fold of opened) fold.open = true;
    });
    addEventListener("afterprint", () => {
      for (const fold of opened) fold.open = false;
    });
  }

  function followReading() {
    const links = new Map();
    for (const link of document.querySelectorAll('.here a[href^="#"]')) {
      const section = document.getElementById(
        decodeURIComponent(link.hash.slice(1)),
      );
      if (section) links.set(section, link);
    }
    const seen = new Set();
    const watch = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          if (isIntersecting) seen.add(target);
          else seen.delete(target);
        }
        const current = [...links.keys()].filter((s) => seen.has(s)).pop();
        if (!current) return;
        for (const [section, link] of links) {
          if (section === current) link.setAttribute("aria-current", "true");
          else link.removeAttribute("aria-current");
        }
      },
      { rootMargin: "-72px 0px -70% 0px" },
    );
    for (const section of links.keys()) watch.observe(section);
  }

  function openTarget() {
    const target = document.getElementById(
      decodeURIComponent(location.hash.slice(1)),
    );
    const fold = target?.closest("details");
    if (fold) fold.open = true;
  }

  function tickMenu() {
    const { read } = book.get();
    for (const link of document.querySelectorAll(".menu a")) {
      const page = new URL(link.href).pathname;
      const done = Object.keys(read).some((p) => page.endsWith(`/${p}.html`));
      link.classList.toggle("done", done && !link.hash);
    }
  }

  switchColours();
  offerCopies();
  reachScrollers();
  addEventListener("resize", reachScrollers);
  document.fonts?.ready.then(reachScrollers);
  closeMenu();
  openForPrint();
  followReading();
  openTarget();
  addEventListener("hashchange", openTarget);
  tickMenu();
  document.addEventListener("book-change", tickMenu);
})();
