import { type ModelManifest, OrillaError, type WeightFiles } from '@orilla/contract';
import type { CountTokens } from '../text/token-counter.ts';
import { readModelText } from './onnx/package-files.ts';
import { readPackage } from './webllm/package-files.ts';

/**
 * Counts tokens of prompts as the engine of a package makes them, from the package's files of text.
 * @throws OrillaError `engine.load-failed`, `capability.unsupported`
 */
export async function promptCounter(manifest: ModelManifest, files: WeightFiles): Promise<CountTokens> {
  const { text, prefix } = await promptText(manifest, files);
  return (messages) => prefix + text.encode(text.renderChat({ messages: [...messages] })).length;
}

async function promptText(manifest: ModelManifest, files: WeightFiles) {
  if (manifest.engine === 'onnx') return { text: await readModelText(files), prefix: 0 };
  if (manifest.engine === 'webllm') {
    const { text, conversation } = await readPackage(manifest, files);
    return { text, prefix: conversation.prefixTokenIds.length };
  }
  throw new OrillaError('capability.unsupported', `A package of ${manifest.engine} has no files of text.`);
}
