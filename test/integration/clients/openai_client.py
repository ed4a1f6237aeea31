"""Uses the unchanged openai package against the relay whose address is the first argument, and fails where it is not as usual."""

import sys

import openai

base_url, key = sys.argv[1], sys.argv[2]
client = openai.OpenAI(base_url=base_url, api_key=key, max_retries=0)
model = "smollm2-135m"
messages = [
    {"role": "system", "content": "You are a helpful assistant."},
    {"role": "user", "content": "What is the capital of France?"},
]


def expect_error(kind, code, call):
    try:
        call()
    except kind as error:
        assert error.code == code, error.code
        return
    raise AssertionError(f"{kind.__name__} was not raised")


completion = client.chat.completions.create(model=model, messages=messages, temperature=0, max_tokens=16)
assert "Paris" in completion.choices[0].message.content
assert completion.usage.total_tokens == completion.usage.prompt_tokens + completion.usage.completion_tokens
assert completion.choices[0].finish_reason == "stop"

stream = client.chat.completions.create(
    model=model, messages=messages, temperature=0, max_tokens=16, stream=True, stream_options={"include_usage": True}
)
chunks = list(stream)
text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
assert text == completion.choices[0].message.content, text
assert chunks[-1].usage == completion.usage

assert model in [card.id for card in client.models.list().data]

floats = client.embeddings.create(model=model, input=["the sea", "the shore"], encoding_format="float")
packed = client.embeddings.create(model=model, input=["the sea", "the shore"])
assert len(floats.data) == len(packed.data) == 2
for a, b in zip(floats.data, packed.data):
    assert len(a.embedding) == len(b.embedding) > 100
    assert max(abs(x - y) for x, y in zip(a.embedding, b.embedding)) < 1e-6

text_completion = client.completions.create(model=model, prompt="The capital of France is", max_tokens=3, temperature=0)
assert "Paris" in text_completion.choices[0].text

expect_error(
    openai.NotFoundError, "model_not_found", lambda: client.chat.completions.create(model="nobody", messages=messages)
)
expect_error(
    openai.BadRequestError,
    "context_length_exceeded",
    lambda: client.chat.completions.create(model=model, messages=[{"role": "user", "content": "word " * 9000}]),
)
expect_error(
    openai.PermissionDeniedError,
    "privacy_forbids",
    lambda: client.chat.completions.create(
        model=model, messages=messages, extra_headers={"Orilla-Privacy": "label=device"}
    ),
)
expect_error(
    openai.AuthenticationError,
    "invalid_api_key",
    lambda: openai.OpenAI(base_url=base_url, api_key="wrong", max_retries=0).models.list(),
)
print("ok")
