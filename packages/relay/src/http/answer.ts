import type { ServerResponse } from 'node:http';
import { type OrillaError, toWireError } from '@orilla/contract';

/** Answers with a JSON document. */
export function answerWithJson(response: ServerResponse, status: number, document: unknown): void {
  answerWithBytes(response, status, Buffer.from(JSON.stringify(document)));
}

/** Answers with JSON that is written already. */
export function answerWithBytes(response: ServerResponse, status: number, json: Buffer): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': json.length });
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
