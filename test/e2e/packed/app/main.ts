import { type Catalog, createOrilla } from '@orilla/core';

// What a newcomer writes: a catalog, a client, a question. `?mirror=` says where the model package is.

const bytes = 98_362_432;
const catalog: Catalog = {
  models: {
    'smollm2-135m': {
      title: 'SmolLM2 135M',
      device: [
        {
          id: 'smollm2-135m-instruct-q4_1',
          engine: 'llamacpp',
          bytes,
          contextLength: 2048,
          memory: { weights: bytes, kvPerToken: 23_040, scratch: 16 * 2 ** 20 },
          license: 'Apache-2.0',
          sources: [{ kind: 'mirror', url: new URLSearchParams(location.search).get('mirror') ?? '/model/' }],
        },
      ],
    },
  },
};

async function ask(output: HTMLElement): Promise<void> {
  const orilla = createOrilla({ catalog });
  const stream = await orilla.chat.completions.create({
    model: 'smollm2-135m',
    messages: [{ role: 'user', content: 'What is the capital of France?' }],
    temperature: 0,
    max_completion_tokens: 24,
    stream: true,
  });
  output.dataset.place = stream.route.place;
  for await (const chunk of stream) output.textContent += chunk.choices[0]?.delta.content ?? '';
  const { parts } = await stream.receipt;
  output.dataset.backend = parts.map((part) => (part.place === 'device' ? part.backend : part.place)).join();
  output.dataset.state = 'done';
}

const output = document.querySelector<HTMLElement>('#answer');
if (output)
  ask(output).catch((error: unknown) => {
    output.textContent = String(error);
    output.dataset.state = 'failed';
  });
