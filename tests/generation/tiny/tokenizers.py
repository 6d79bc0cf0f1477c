"""Tokenizers of the families' own classes, whose words are letters."""

from __future__ import annotations

from typing import Any

from tokenizers.pre_tokenizers import ByteLevel

LETTERS = "abcdefghijklmnopqrstuvwxyz,."
BYTES = sorted(ByteLevel.alphabet())
CHAT = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
# Of a processor, whose messages are in parts.
PARTS = (
    "{% for message in messages %}[{{ message.role }}]"
    "{% for part in message.content %}{{ part.text }}{% endfor %}{% endfor %}"
)


def clip(length: int = 77) -> Any:
    from transformers import CLIPTokenizer

    words = [*BYTES, *(f"{byte}</w>" for byte in BYTES), "<|startoftext|>", "<|endoftext|>"]
    return CLIPTokenizer(vocab=_numbered(words), merges=[], model_max_length=length)


def t5(length: int = 512) -> Any:
    from transformers import T5Tokenizer

    pieces = ["<pad>", "</s>", "<unk>", "▁", *LETTERS]
    return T5Tokenizer(
        vocab=[(piece, -float(n)) for n, piece in enumerate(pieces)], extra_ids=0, model_max_length=length
    )


def qwen() -> Any:
    from transformers import Qwen2Tokenizer

    vocab = _numbered([*BYTES, "<|endoftext|>", "<|im_start|>", "<|im_end|>"])
    tokenizer = Qwen2Tokenizer(vocab=vocab, merges=[], additional_special_tokens=["<|im_start|>", "<|im_end|>"])
    tokenizer.chat_template = CHAT
    return tokenizer


def mistral() -> Any:
    from transformers import Qwen2Tokenizer

    marks = ["[IMG]", "[IMG_BREAK]", "[IMG_END]"]
    vocab = _numbered([*BYTES, "<|endoftext|>", "<|im_start|>", "<|im_end|>", *marks])
    return Qwen2Tokenizer(vocab=vocab, merges=[], additional_special_tokens=marks)


def gemma() -> Any:
    from transformers import GemmaTokenizer

    vocab = _numbered(["<pad>", "<eos>", "<bos>", "<unk>", "<mask>", "▁", *LETTERS])
    return GemmaTokenizer(vocab=vocab, merges=[])


def bert(length: int = 77) -> Any:
    from transformers import BertTokenizer

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *LETTERS, *(f"##{letter}" for letter in LETTERS)]
    return BertTokenizer(vocab=_numbered(words), model_max_length=length)


def _numbered(words: list[str]) -> dict[str, int]:
    return {word: number for number, word in enumerate(words)}
