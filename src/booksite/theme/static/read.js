// Read: the reader says that a chapter is read; nothing guesses it.
"use strict";
(() => {
  const button = document.getElementById("read");

  function show() {
    const read = book.page in book.get().read;
    button.setAttribute("aria-pressed", String(read));
    button.textContent = read ? "✓ Read" : "Mark as read";
    button.classList.toggle("quiet", !read);
  }

  button.addEventListener("click", () => {
    const read = book.page in book.get().read;
    book.put("read", book.page, read ? null : true);
  });
  document.addEventListener("book-change", show);
  show();
})();
