import { isAbortError, OrillaError } from '@orilla/contract';

/** Larger than any answer that is not streamed; what sends more is no relay. In bytes. */
const maxJsonBytes = 64 * 1024 * 1024;

/**
 * Reads an answer as JSON.
 * @throws OrillaError `protocol.broken-stream` where it is none, breaks off or never ends; its text is not repeated. AbortError
 */
export async function readJson(response: Response): Promise<unknown> {
  const text = await readText(response);
  try {
    return JSON.parse(text);
  } catch {
    throw broken('it is not JSON'); // the parser's own error would quote it
  }
}

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  try {
    for await (const part of response.body ?? []) {
      bytes += part.byteLength;
      if (bytes > maxJsonBytes) break;
      text += decoder.decode(part, { stream: true });
    }
  } catch (cause) {
    if (isAbortError(cause)) throw cause;
    throw broken('the connection ended in the middle of it', cause);
  }
  if (bytes > maxJsonBytes) throw broken('it never ends');
  return text + decoder.decode();
}

function broken(why: string, cause?: unknown): OrillaError {
  return new OrillaError(
    'protocol.broken-stream',
    `The answer from your organization's server can't be read: ${why}.`,
    {
      advice: 'Check that the address is a relay, then ask again.',
      cause,
    },
  );
}
