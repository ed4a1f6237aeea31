import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A double of a model server in the middle of a long answer: it begins a stream at once, and ends it when told. */
export interface HeldUpstream extends AsyncDisposable {
  readonly url: string;
  /** Sends the rest of the answer to everybody who waits for it. */
  finish(): void;
}

export async function startHeldUpstream(): Promise<HeldUpstream> {
  const waiting = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write(chunk({ role: 'assistant', content: 'Once ' }, null));
    waiting.add(response);
    response.once('close', () => waiting.delete(response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A listening TCP server has an address of this form.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    finish: () => {
      for (const response of waiting) response.end(`${chunk({ content: 'upon a time.' }, 'stop')}data: [DONE]\n\n`);
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function chunk(delta: object, finish_reason: string | null): string {
  const choices = [{ index: 0, delta, finish_reason }];
  return `data: ${JSON.stringify({ id: 'chatcmpl-held', object: 'chat.completion.chunk', created: 1, model: 'held', choices })}\n\n`;
}
