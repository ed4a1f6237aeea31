import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type OrillaError, toWireError } from '@orilla/contract';
import type { Answer } from '../api/answer.ts';

/** A reader that takes nothing for so long is gone, and its sequence is needed. */
const stallMs = 60_000;

/** Writes an answer, no faster than it is read. @throws whatever computing it throws, as long as nothing was sent; AbortError */
export async function writeAnswer(
  response: ServerResponse,
  answer: Answer,
  { signal }: { readonly signal: AbortSignal },
): Promise<void> {
  if (answer.type === 'json') {
    const body = JSON.stringify(answer.body);
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
      .end(body);
    return;
  }
  // The first event is computed before the status is sent, so that an early failure still has one of its own.
  const { events } = answer;
  try {
    let next = await events.next();
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
    for (; !next.done; next = await events.next()) await send(response, next.value, signal);
    response.end('data: [DONE]\n\n');
  } finally {
    await events.return();
  }
}

async function send(response: ServerResponse, event: object, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (response.write(`data: ${JSON.stringify(event)}\n\n`)) return;
  const stalled = AbortSignal.timeout(stallMs);
  try {
    await once(response, 'drain', { signal: AbortSignal.any([signal, stalled]) });
  } catch (error) {
    if (stalled.aborted) response.destroy();
    throw error;
  }
}

/** An error as a status and body, or, once a stream has begun, as its last event without `[DONE]`. */
export function writeError(response: ServerResponse, error: OrillaError): void {
  if (response.destroyed) return;
  const body = JSON.stringify(toWireError(error));
  if (response.headersSent) {
    response.end(`data: ${body}\n\n`);
    return;
  }
  response.writeHead(error.status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...(error.status === 503 && { 'retry-after': '1' }),
  });
  response.end(body);
}
