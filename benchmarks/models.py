"""Models: SmolLM2 and MiniLM beside the libraries that run them elsewhere.

Each work is done on one thread and on two. Loading, and the peak of memory,
are measured in processes of their own.
"""

import subprocess
import sys
import time
from collections.abc import Callable
from itertools import islice

import torch
from race import race
from sentence_transformers import SentenceTransformer
from transformers import AutoModelForCausalLM
from transformers.utils import logging

from embook import data, minilm, smollm, texts

LLM = "transformers, torch"
ENCODER = "sentence-transformers, torch"
LOADS = {
    "smollm": """
from embook import smollm
model = smollm.load()
last = model.next([504, 3575, 282, 3089, 314])""",
    "transformers": """
import torch, transformers
from embook import data
transformers.utils.logging.disable_progress_bar()
file = data.smollm_file()
model = transformers.AutoModelForCausalLM.from_pretrained(
    file.parent, gguf_file=file.name
)
with torch.inference_mode():
    last = model(torch.tensor([[504, 3575, 282, 3089, 314]])).logits""",
    "minilm": """
from embook import minilm
last = minilm.load().vectors(["Dog bites man."])""",
    "sentence-transformers": """
from embook import data
from sentence_transformers import SentenceTransformer
folder = str(data.minilm_folder())
model = SentenceTransformer(folder, device="cpu")
last = model.encode(["Dog bites man."])""",
}
PEAK = """
import resource
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000)"""


def loaded(name: str) -> float:
    """Return the megabytes that a process needs to load and to run once."""
    command = [sys.executable, "-c", LOADS[name] + PEAK]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout)


def loads(function: str, peer: str, named: str, size: float) -> list[dict]:
    """Return the row of both processes, timed by the clock."""
    ours, theirs = function.partition(".")[0], peer.partition(",")[0]
    return race(
        "import, load, run once; by the clock",
        {function: lambda _: loaded(ours)},
        peer,
        lambda _: loaded(theirs),
        {size: None},
        named,
        rounds=3,
        exams={"peak memory in MB": float},
        clock=time.perf_counter,
    )


def writes(network: torch.nn.Module, ids: list[int], count: int) -> list[int]:
    """Return the ids that transformers writes greedily, with its cache."""
    past, more, new = None, torch.tensor([ids]), []
    with torch.inference_mode():
        for _ in range(count):
            done = network(
                more, past_key_values=past, use_cache=True, logits_to_keep=1
            )
            past, more = done.past_key_values, done.logits[:, -1].argmax(1)
            new.append(int(more))
            more = more[:, None]
    return new


def on(threads: int, f: Callable) -> Callable:
    """Return f as it runs on so many threads."""

    def run(x: object) -> object:
        torch.set_num_threads(threads)
        return f(x)

    return run


def races() -> list[dict]:
    """Return the rows of all races."""
    rows = loads("smollm.load", LLM, "million numbers", 134.5)
    rows += loads("minilm.load", ENCODER, "million numbers", 22.7)
    logging.disable_progress_bar()
    model, file = smollm.load(), data.smollm_file()
    network = AutoModelForCausalLM.from_pretrained(
        file.parent, gguf_file=file.name
    ).eval()
    encoder, folder = minilm.load(), str(data.minilm_folder())
    peer = SentenceTransformer(folder, device="cpu")
    introductions = [text.text for text in texts.introductions()]
    prompt = model.encode(introductions[0])[:20]

    def write(count: int) -> list[int]:
        model._seen.clear()  # what the last round has computed is no help
        return [*islice(model.stream(prompt, count), count)]

    def vectors(threads: int) -> Callable:
        return lambda some: encoder.vectors(some, 256, workers=threads)

    for threads, clock in ((1, time.process_time), (2, time.perf_counter)):
        how = "one thread" if threads == 1 else "two threads, by the clock"
        rows += race(
            f"text after 20 ids; {how}",
            {"smollm.load": on(threads, write)},
            LLM,
            on(threads, lambda count: writes(network, prompt, count)),
            {8: 8, 64: 64},
            "tokens",
            rounds=9,
            clock=clock,
        )
        rows += race(
            f"vectors of introductions; {how}",
            {"minilm.load": vectors(threads)},
            ENCODER,
            on(threads, lambda x: peer.encode(x, show_progress_bar=False)),
            {100: introductions[:100], 1000: introductions[:1000]},
            "texts",
            rounds=3,
            clock=clock,
        )
    return rows
