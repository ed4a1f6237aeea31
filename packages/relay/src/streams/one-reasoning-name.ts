import type { JsonRecord } from '../http/json-record.ts';

/**
 * Servers call the thinking of a model `reasoning_content` (llama-server, older vLLM) or `reasoning` (newer vLLM).
 * Clients get the older name, which most OpenAI-compatible ones read. Whether anything changed.
 */
export function useOneReasoningName(messageOrDelta: JsonRecord): boolean {
  if (!('reasoning' in messageOrDelta)) return false;
  const { reasoning } = messageOrDelta;
  delete messageOrDelta.reasoning;
  messageOrDelta.reasoning_content ??= reasoning;
  return true;
}
