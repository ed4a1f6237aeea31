/** The model that every contender is asked for. */
export const model = 'bench';
export const chatPath = '/v1/chat/completions';

/** Bytes of the request and the answer that CPU time is measured with, as in other gateways' figures. */
export const requestBytes = 1024;
export const answerBytes = 500;

/** A chat request of exactly `requestBytes`. */
export function chatRequest(): string {
  return padded(requestBytes, (content) =>
    JSON.stringify({
      model,
      messages: [
        { role: 'system', content: 'You are a helpful assistant.' },
        { role: 'user', content },
      ],
      temperature: 0.7,
      max_tokens: 64,
    }),
  );
}

/** A chat request for a streamed answer of so many tokens. */
export function streamRequest(tokens: number): string {
  return JSON.stringify({
    model,
    stream: true,
    max_tokens: tokens,
    messages: [{ role: 'user', content: 'Count as far as you may.' }],
  });
}

/** A whole answer of exactly `answerBytes`. */
export function chatAnswer(): string {
  return padded(answerBytes, (content) =>
    JSON.stringify({
      id: 'chatcmpl-bench',
      object: 'chat.completion',
      created: 1_700_000_000,
      model,
      choices: [{ index: 0, message: { role: 'assistant', content }, logprobs: null, finish_reason: 'stop' }],
      usage: { prompt_tokens: 200, completion_tokens: 64, total_tokens: 264 },
    }),
  );
}

/** The event of one token of a streamed answer. */
export function tokenEvent(text: string): string {
  const choices = [{ index: 0, delta: { content: text }, logprobs: null, finish_reason: null }];
  return event({ choices });
}

/** The events that end a streamed answer. */
export function lastEvents(tokens: number): string {
  const usage = { prompt_tokens: 200, completion_tokens: tokens, total_tokens: 200 + tokens };
  const finish = [{ index: 0, delta: {}, logprobs: null, finish_reason: 'length' }];
  return `${event({ choices: finish })}${event({ choices: [], usage })}data: [DONE]\n\n`;
}

function event(fields: object): string {
  const chunk = { id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1_700_000_000, model, ...fields };
  return `data: ${JSON.stringify(chunk)}\n\n`;
}

/** A text of exactly so many bytes, by filling in words where `write` wants them. */
function padded(bytes: number, write: (filling: string) => string): string {
  const missing = bytes - write('').length;
  return write('every word counts '.repeat(Math.ceil(missing / 18)).slice(0, missing));
}
