// Terms: a definition beside its term, for pointer and keyboard alike.
// It stays while pointed at, and Escape closes it (WCAG 1.4.13).
"use strict";
(() => {
  const bubble = book.make("div", { className: "hover", id: "hover" });
  bubble.setAttribute("role", "tooltip");
  bubble.setAttribute("popover", "manual");
  let owner = null;
  let timer = 0;

  function place() {
    const at = owner.getBoundingClientRect();
    const box = bubble.getBoundingClientRect();
    const left = Math.min(at.left, innerWidth - box.width - 16);
    const below = at.bottom + 6;
    const fits = below + box.height < innerHeight;
    bubble.style.left = `${Math.max(16, left)}px`;
    bubble.style.top = `${fits ? below : at.top - box.height - 6}px`;
  }

  function show(link) {
    clearTimeout(timer);
    if (owner === link) return;
    hide();
    const name = link.hash.slice(1);
    bubble.textContent = document.getElementById(`hover-${name}`).textContent;
    owner = link;
    link.setAttribute("aria-describedby", bubble.id);
    bubble.showPopover?.();
    place();
  }

  function hide() {
    clearTimeout(timer);
    if (!owner) return;
    owner.removeAttribute("aria-describedby");
    owner = null;
    bubble.hidePopover?.();
  }

  function hideSoon() {
    clearTimeout(timer);
    timer = setTimeout(hide, 250);
  }

  const links = [...document.querySelectorAll('a[href*="#term-"]')].filter(
    (link) => document.getElementById(`hover-${link.hash.slice(1)}`),
  );
  if (!links.length) return;
  document.querySelector(".text").append(bubble);
  for (const link of links) {
    link.addEventListener("mouseenter", () => show(link));
    link.addEventListener("focus", () => show(link));
    link.addEventListener("mouseleave", hideSoon);
    link.addEventListener("blur", hide);
  }
  bubble.addEventListener("mouseenter", () => clearTimeout(timer));
  bubble.addEventListener("mouseleave", hideSoon);
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });
  addEventListener("scroll", () => owner && place(), { passive: true });
})();
