"""The tokenizers of Hugging Face, made from the same files as ours."""

from embook import data


def smollm():
    """Return SmolLM2's tokenizer as its makers published it.

    transformers' own reading of the GGUF file forgets that digits stand
    alone, and cuts the blank lines before a digit in another way.
    """
    import tokenizers

    facts = data.smollm_fields()
    tokens = facts["tokenizer.ggml.tokens"]
    ids = {token: n for n, token in enumerate(tokens)}
    merges = [tuple(m.split(" ")) for m in facts["tokenizer.ggml.merges"]]
    split = tokenizers.pre_tokenizers
    made = tokenizers.Tokenizer(tokenizers.models.BPE(ids, merges))
    made.pre_tokenizer = split.Sequence(
        [split.Digits(True), split.ByteLevel(add_prefix_space=False)]
    )
    made.decoder = tokenizers.decoders.ByteLevel()
    kinds = zip(tokens, facts["tokenizer.ggml.token_type"], strict=True)
    made.add_special_tokens([t for t, kind in kinds if kind == 3])
    return made


def bert():
    """Return MiniLM's tokenizer, without truncation and padding."""
    import tokenizers

    folder = data.minilm_folder()
    made = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    made.no_truncation()
    made.no_padding()
    return made
