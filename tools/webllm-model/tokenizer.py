"""A byte-level BPE of 512 tokens: every byte, what pairs best in a small text, and ChatML's special tokens last."""

import json
import re
from collections import Counter

import model_shape as shape

SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
END_OF_TEXT, MESSAGE_START, MESSAGE_END = range(shape.VOCABULARY - len(SPECIAL), shape.VOCABULARY)

# How GPT-2 cuts text, for ASCII; the tokenizer's file names the whole rule.
WORD = re.compile(r"'(?:s|t|re|ve|m|ll|d)| ?[A-Za-z]+| ?[0-9]+| ?[^\sA-Za-z0-9]+|\s+(?!\S)|\s+")

TEXT = """
A harbour at night is not quiet. Ropes creak on their posts, the water answers under the boards, and far out a bell that nobody rings
says where the rocks are. The old keeper of the light had heard all of it for thirty years, and when the children of the village asked
him what the sea was saying, he told them that it was counting: one for each boat that went out in the morning, one for each that came
home in the evening. If the two numbers are the same, he said, then it starts again with one, and we can sleep.
What is the name of the town? Where does the river begin? How many hours are there in a day, and how many in a week? Please answer in
one short sentence, and then tell me something that I do not know. Thank you; that was very helpful.
user assistant system tool {"name": "value", "number": 1, "list": [true, false, null], "answer": "yes"}
The same words come again and again: this, that, these and those, before and after, always and never, something and nothing, because
and without, every and other, under and over, about and around, light and water, morning and evening, going and coming, asking and
answering.
"""


def byte_characters():
    """The printable character that stands for each byte in the tokenizer's file, by GPT-2's rule."""
    printable = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = (byte for byte in range(256) if byte not in printable)
    return {**{byte: chr(byte) for byte in printable}, **{byte: chr(256 + i) for i, byte in enumerate(others)}}


CHARACTERS = byte_characters()


def learn_merges():
    """Joins the most frequent pair until the vocabulary is full; of equally frequent ones the first in order."""
    words = Counter(tuple(CHARACTERS[byte] for byte in word.encode()) for word in WORD.findall(TEXT))
    merges = []
    while len(merges) < shape.VOCABULARY - 256 - len(SPECIAL):
        pairs = Counter()
        for word, count in words.items():
            for pair in zip(word, word[1:]):
                pairs[pair] += count
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        words = Counter({tuple(join(word, best)): count for word, count in words.items()})
    return merges


def join(word, pair):
    """The pieces of a word, with each such pair made one."""
    joined = []
    for piece in word:
        if joined and (joined[-1], piece) == pair:
            joined[-1] += piece
        else:
            joined.append(piece)
    return joined


class Tokenizer:
    def __init__(self):
        self.merges = learn_merges()
        pieces = [*CHARACTERS.values(), *("".join(pair) for pair in self.merges)]
        self.ids = {piece: index for index, piece in enumerate(pieces)}
        bytes_of = {character: byte for byte, character in CHARACTERS.items()}
        self.bytes = [bytes(bytes_of[character] for character in piece) for piece in pieces]

    def encode(self, text):
        """Special tokens written in the text are recognised."""
        found = []
        for part in re.split("(" + "|".join(re.escape(token) for token in SPECIAL) + ")", text):
            if part in SPECIAL:
                found.append(END_OF_TEXT + SPECIAL.index(part))
            else:
                for word in WORD.findall(part):
                    found += self.encode_word(word)
        return found

    def encode_word(self, word):
        pieces = [CHARACTERS[byte] for byte in word.encode()]
        for pair in self.merges:
            pieces = join(pieces, pair)
        return [self.ids[piece] for piece in pieces]

    def file(self):
        byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
        special = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
        return {
            "version": "1.0",
            "truncation": None,
            "padding": None,
            "added_tokens": [
                {"id": END_OF_TEXT + i, "content": token, **special} for i, token in enumerate(SPECIAL)
            ],
            "normalizer": None,
            "pre_tokenizer": byte_level,
            "post_processor": None,
            "decoder": byte_level,
            "model": {
                "type": "BPE",
                "dropout": None,
                "unk_token": None,
                "continuing_subword_prefix": None,
                "end_of_word_suffix": None,
                "fuse_unk": False,
                "byte_fallback": False,
                "ignore_merges": False,
                "vocab": {**self.ids, **{token: END_OF_TEXT + i for i, token in enumerate(SPECIAL)}},
                "merges": [" ".join(pair) for pair in self.merges],
            },
        }


CHAT_TEMPLATE = (
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)


def write_tokenizer(folder, tokenizer):
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer.file(), ensure_ascii=False, indent=1) + "\n")
    config = {
        "tokenizer_class": "GPT2Tokenizer",
        "add_prefix_space": False,
        "eos_token": SPECIAL[2],
        "pad_token": SPECIAL[0],
        "bos_token": SPECIAL[0],
        "model_max_length": shape.CONTEXT_LENGTH,
        "chat_template": CHAT_TEMPLATE,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=1) + "\n")
