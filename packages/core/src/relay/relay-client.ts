import {
  formatPrivacyHeader,
  fromWireError,
  headerNames,
  isAbortError,
  OrillaError,
  type Privacy,
  permitsRelay,
} from '@orilla/contract';
import { readJson } from './read-json.ts';
import type { RelayOptions } from './relay-options.ts';

export interface RelayCall {
  /** Path below the base address, e.g. `/chat/completions`. */
  readonly path: string;
  readonly body: object;
  readonly privacy: Privacy;
  readonly signal?: AbortSignal | undefined;
}

/** The relay as the page sees it. Sends nothing that the label forbids, whoever asks. */
export class RelayClient {
  readonly #options: RelayOptions;
  readonly #fetch: typeof fetch;

  constructor(options: RelayOptions, injected: { readonly fetch: typeof fetch }) {
    this.#options = options;
    this.#fetch = injected.fetch;
  }

  /**
   * Posts a request and gives the response once its status says success; the body is the caller's to read.
   * @throws OrillaError `routing.privacy-forbids` before anything is sent; of family Relay or Protocol as the relay said; AbortError
   */
  async post({ path, body, privacy, signal }: RelayCall): Promise<Response> {
    if (!permitsRelay(privacy)) {
      throw new OrillaError(
        'routing.privacy-forbids',
        `A request labelled "${privacy.label}" must not leave this device.`,
      );
    }
    const response = await this.#send(path, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        [headerNames.privacy]: formatPrivacyHeader(privacy),
        [headerNames.receipt]: '1',
        ...(await this.#authorization()),
      },
      body: JSON.stringify(body),
      signal: signal ?? null,
    });
    if (!response.ok) throw fromWireError(response.status, await readError(response));
    return response;
  }

  async #authorization(): Promise<Record<string, string>> {
    const { apiKey } = this.#options;
    if (apiKey === undefined) return {};
    return { Authorization: `Bearer ${typeof apiKey === 'function' ? await apiKey() : apiKey}` };
  }

  async #send(path: string, init: RequestInit): Promise<Response> {
    const url = `${this.#options.baseURL.replace(/\/$/, '')}${path}`;
    try {
      // A redirect would carry the prompt to a host that nobody configured.
      return await this.#fetch(url, {
        ...init,
        redirect: 'error',
        cache: 'no-store',
        credentials: 'omit',
        referrerPolicy: 'no-referrer',
      });
    } catch (cause) {
      if (isAbortError(cause) || init.signal?.aborted) throw cause;
      throw new OrillaError('relay.unreachable', "Your organization's server can't be reached.", {
        advice: 'Check the network and that the relay runs, then try again.',
        cause,
      });
    }
  }
}

async function readError(response: Response): Promise<unknown> {
  try {
    return await readJson(response);
  } catch (error) {
    if (isAbortError(error)) throw error;
    return null; // an error page of something in between: its status alone speaks
  }
}
