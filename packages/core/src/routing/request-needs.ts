import type { ChatRequest, Feature } from '@orilla/contract';

const partFeatures: Readonly<Record<string, Feature>> = {
  image_url: 'image-input',
  input_audio: 'audio-input',
  file: 'file-input',
};

/** What a chat request needs beyond plain text in and out. Each feature once. */
export function requestNeeds(request: ChatRequest): Feature[] {
  const needs = new Set<Feature>();
  if (request.tools?.length || request.functions?.length) needs.add('tools');
  if (
    request.messages.some(
      (message) => message.role === 'tool' || ('tool_calls' in message && message.tool_calls?.length),
    )
  )
    needs.add('tools');
  if (request.response_format?.type === 'json_object') needs.add('json-object');
  if (request.response_format?.type === 'json_schema') needs.add('json-schema');
  if (request.logprobs || (request.top_logprobs ?? 0) > 0) needs.add('logprobs');
  if ((request.n ?? 1) > 1) needs.add('multiple-choices');
  if (request.modalities?.includes('audio') || request.audio) needs.add('audio-output');
  for (const message of request.messages) {
    if (!Array.isArray(message.content)) continue;
    for (const part of message.content) {
      const feature = partFeatures[part.type];
      if (feature) needs.add(feature);
    }
  }
  return [...needs];
}
