import type { ServerResponse } from 'node:http';
import { type OrillaError, toWireError } from '@orilla/contract';

/** Answers with a JSON document. */
export function answerWithJson(response: ServerResponse, status: number, document: unknown): void {
  answerWithText(response, status, JSON.stringify(document));
}

/** Answers with JSON that is written already. Node sends a text together with the headers, in one piece. */
export function answerWithText(response: ServerResponse, status: number, json: string): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(json) });
  response.end(json);
}

/** Answers with an error in OpenAI's shape. Where an answer has begun already, all that is left is to cut it off. */
export function answerWithError(response: ServerResponse, error: OrillaError): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (error.status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
  answerWithJson(response, error.status, toWireError(error));
}
