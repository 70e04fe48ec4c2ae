// Python: one worker for the page, which runs cells in their order.
"use strict";
book.python = (() => {
  const LIMIT = 20;
  const ANEW = "The next run starts Python anew.";
  const size = Number(document.documentElement.dataset.python);
  const cells = [];
  const ran = new Set();
  let worker = null;
  let loading = null;
  let up = false;
  let busy = null;
  let awaited = null;
  let timer = 0;

  // A loop without end leaves no other way to stop it.
  function end(said) {
    clearTimeout(timer);
    worker?.terminate();
    worker = loading = null;
    up = false;
    ran.clear();
    awaited?.fail(new Error(said));
    awaited = null;
  }

  // The reader will run something else: Python loads while they think.
  function endAndLoad(said) {
    const again = up;
    end(`${said} ${ANEW}`);
    if (again) (loading = load()).catch(() => {});
  }

  const stop = () => endAndLoad("Stopped.");
  const lost = () =>
    end("Python could not be loaded. Check the connection, then run it again.");

  function answer(show) {
    return new Promise((done, fail) => (awaited = { done, fail, show }));
  }

  function hear({ data, target }) {
    if (target !== worker) return;
    if ("loaded" in data) busy?.loading(data.loaded);
    else if (data.failed) lost();
    else if (data.broken) endAndLoad("Python broke down over this.");
    else if (data.kind) awaited.show(data);
    else awaited.done(data.problem);
  }

  async function load() {
    if (typeof WebAssembly !== "object") {
      throw new Error(
        "This browser lacks WebAssembly, which Python needs here: download " +
          "the chapter and run it on your machine.",
      );
    }
    const address = `${book.root}python/worker.js`;
    worker = new Worker(address, { type: "module" });
    worker.addEventListener("message", hear);
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      lost();
    });
    await answer();
    up = true;
    for (const cell of cells) cell.loaded();
  }

  async function execute(cell, show) {
    timer = setTimeout(
      () => endAndLoad(`Stopped after ${LIMIT} seconds, before it was done.`),
      LIMIT * 1000,
    );
    worker.postMessage({ source: cell.source(), name: `cell ${cell.name}` });
    const problem = await answer(show);
    clearTimeout(timer);
    ran.add(cell);
    return problem;
  }

  // What a notebook has done when you come to this cell. As there, an error
  // above stops nothing; it is shown where it arose.
  async function catchUp(cell) {
    for (const above of cells.slice(0, cells.indexOf(cell))) {
      if (above.exercise || ran.has(above)) continue;
      const problem = await execute(above, () => {}).catch((error) => {
        throw new Error(`A cell above runs first. ${error.message}`);
      });
      if (problem) above.finish(problem);
    }
  }

  async function run(cell) {
    if (busy) {
      cell.say("Python is busy with a cell. Wait for it, or stop it.");
      return;
    }
    busy = cell;
    try {
      if (!up) {
        cell.loading(0);
        await (loading ??= load());
      }
      cell.begin();
      await catchUp(cell);
      const from = performance.now();
      const problem = await execute(cell, cell.print);
      cell.finish(problem, performance.now() - from);
    } catch (error) {
      cell.say(error.message);
    }
    busy = null;
    cell.rest();
  }

  // From a changed cell on, what Python holds is not what the page says.
  function forget(cell) {
    for (const later of cells.slice(cells.indexOf(cell))) ran.delete(later);
  }

  return { size, run, stop, forget, add: (cell) => cells.push(cell) };
})();
