"""A byte-level BPE vocabulary for the tiny models, trained on the few lines below: always the same merges."""

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

END_OF_TEXT = "<|endoftext|>"
START_OF_TURN = "<|im_start|>"
END_OF_TURN = "<|im_end|>"

CHAT_TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)

TEXT = """
system user assistant
You are a helpful assistant. Answer in one short sentence.
The river is wide, and the other shore is far away. A boat goes there and comes back before the evening.
What is the capital of France? The capital of France is Paris. What is the name of this river?
There was a house on the shore, and in the house there was a table with a lamp and a letter.
She read the letter twice, then she put it in the drawer and went out to look at the water.
Where are you going? I am going home. When will you come back? When the water is warm again.
One, two, three, four, five, six, seven, eight, nine, ten. 0 1 2 3 4 5 6 7 8 9.
{"name": "Ada", "city": "London", "age": 36, "tags": ["one", "two"], "active": true, "note": null}
"""


def train_tokenizer(vocabulary):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = [AddedToken(text, special=True, normalized=False) for text in (END_OF_TEXT, START_OF_TURN, END_OF_TURN)]
    trainer = trainers.BpeTrainer(vocab_size=vocabulary, special_tokens=special, show_progress=False,
                                  initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()))
    tokenizer.train_from_iterator(TEXT.strip().split("\n"), trainer)
    if tokenizer.get_vocab_size() != vocabulary:
        raise SystemExit(f"The text gives {tokenizer.get_vocab_size()} tokens and not {vocabulary}.")
    return tokenizer
