import type { ServerResponse } from 'node:http';
import { type OrillaError, toWireError } from '@orilla/contract';

/** Names and values in turn, as Node takes them all at once: for much less than one after another. */
export type HeaderList = readonly string[];

/** Answers with a JSON document. */
export function answerWithJson(
  response: ServerResponse,
  status: number,
  document: unknown,
  headers: HeaderList = [],
): void {
  answerWithText(response, status, JSON.stringify(document), headers);
}

/** Answers with JSON that is written already. Node sends a text together with the headers, in one piece. */
export function answerWithText(response: ServerResponse, status: number, json: string, headers: HeaderList = []): void {
  const length = String(Buffer.byteLength(json));
  response.writeHead(status, [...headers, 'Content-Type', 'application/json', 'Content-Length', length]);
  response.end(json);
}

/** Answers with an error in OpenAI's shape. Where an answer has begun already, all that is left is to cut it off. */
export function answerWithError(response: ServerResponse, error: OrillaError, headers: HeaderList = []): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const all = error.status === 401 ? [...headers, 'WWW-Authenticate', 'Bearer'] : headers;
  answerWithJson(response, error.status, toWireError(error), all);
}
