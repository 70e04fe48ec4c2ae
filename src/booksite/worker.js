// Worker: Python with NumPy and the book's library; runs the cells it is sent.
// It is a worker so that the page stays usable, and can stop it.
import { loadPyodide } from "./pyodide.mjs";

const own = (name) => new URL(name, import.meta.url).href;
const send = self.fetch.bind(self);
let loaded = 0;

// While Python loads, bytes are counted for the page's progress bar, and a
// lost connection is told at once: Pyodide would wait for ever.
self.fetch = async (request, options) => {
  const url = request.url ?? String(request);
  const core = url === own("pyodide.asm.wasm");
  try {
    const answer = await send(core ? `${url}.gzip` : request, options);
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    const counter = new TransformStream({
      transform(chunk, out) {
        loaded += chunk.length;
        postMessage({ loaded });
        out.enqueue(chunk);
      },
    });
    let body = answer.body.pipeThrough(counter);
    if (core) body = body.pipeThrough(new DecompressionStream("gzip"));
    const type = core
      ? "application/wasm"
      : answer.headers.get("content-type") ?? "";
    return new Response(body, { headers: { "content-type": type } });
  } catch (error) {
    postMessage({ failed: String(error) });
    throw error;
  }
};

async function start() {
  // What changes with the book is asked for anew; the rest is kept for long.
  const fresh = (name) => fetch(own(name), { cache: "no-cache" });
  const library = fresh("embook.whl").then((answer) => answer.arrayBuffer());
  const runner = fresh("cell.py").then((answer) => answer.text());
  const pyodide = await loadPyodide({ packages: ["numpy"] });
  pyodide.unpackArchive(await library, "wheel");
  const cell = pyodide.toPy({});
  pyodide.runPython(await runner, { globals: cell });
  const run = cell.get("run");
  const show = (kind, text) => postMessage({ kind, text });
  return ({ source, name }) => {
    const problem = run(source, name, pyodide.globals, show);
    postMessage({ done: true, problem: problem?.toJs() });
    problem?.destroy();
  };
}

try {
  const run = await start();
  self.fetch = send;
  onmessage = ({ data }) => {
    try {
      run(data);
    } catch (error) {
      postMessage({ broken: String(error) });
    }
  };
  postMessage({ ready: true });
} catch (error) {
  postMessage({ failed: String(error) });
}
