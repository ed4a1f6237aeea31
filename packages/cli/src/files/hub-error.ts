import { HubApiError, InvalidApiResponseFormatError } from '@huggingface/hub';
import { networkCode } from './network-code.ts';

/** A hub's answer that is no success. */
export class HubStatus extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`The hub answered ${status}.`);
    this.status = status;
  }
}

/**
 * An error in words for people. The library's own messages are not passed on: they hold addresses, which are signed where they lead to
 * a store behind the hub.
 */
export function explainHubError(error: unknown, name: string): unknown {
  const status = statusOf(error);
  if (status === 401 || status === 403)
    return new Error(
      `The hub does not let us read ${name} (${status}). Set HF_TOKEN to a token that may, and accept the model's conditions on the hub.`,
    );
  if (status === 404) return new Error(`The hub has no ${name}. Check the name and the revision.`);
  if (status === 429) return new Error(`The hub answers no more for now (429). Try again later, or set HF_TOKEN.`);
  if (status !== undefined) return new Error(`The hub answered ${status} for ${name}. Try again later.`);
  if (error instanceof InvalidApiResponseFormatError)
    return new Error(
      `What answers for ${name} does not speak as a hub does: a page, or a proxy that takes headers away. Check --hub.`,
    );
  const code = networkCode(error);
  return code === undefined
    ? error
    : new Error(`The hub can't be reached for ${name} (${code}). Check --hub, and the connection.`);
}

export function statusOf(error: unknown): number | undefined {
  if (error instanceof HubStatus) return error.status;
  return error instanceof HubApiError ? error.statusCode : undefined;
}
