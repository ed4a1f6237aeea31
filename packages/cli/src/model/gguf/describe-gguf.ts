import { basename } from 'node:path';
import { tokenizerDigest } from '../../digest/canonical-tokenizer.ts';
import { chatTemplateDigest } from '../../digest/chat-template.ts';
import { ggufTokenizer } from '../../digest/gguf-tokenizer.ts';
import type { FileSource } from '../../files/file-source.ts';
import type { DescribeOptions, ModelDescription, ModelFile } from '../model-description.ts';
import { chooseGguf } from './choose-gguf.ts';
import { ggufMemory } from './gguf-memory.ts';
import { numberOf, stringOf } from './gguf-metadata.ts';
import type { GgufHeader } from './parse-gguf.ts';
import { readGguf } from './read-gguf.ts';

/**
 * What a GGUF file says about itself; with `choose`, the one of that name. All parts of a split one go into the package.
 * @throws Error where there is none, more than one, a part is missing, or a header does not say what a package needs; AbortError
 */
export async function describeGguf(source: FileSource, options: DescribeOptions = {}): Promise<ModelDescription> {
  const parts = chooseGguf(source, options.choose);
  const files: ModelFile[] = [];
  let first: GgufHeader | undefined;
  for (const { path, bytes } of parts) {
    const stream = source.read(path, options.signal ? { signal: options.signal } : {});
    const header = await readGguf(stream, path);
    if (header.leastBytes > bytes)
      throw new Error(`${path} has ${bytes} bytes, fewer than its tensors take. It is cut off: get it again.`);
    first ??= header;
    files.push({ from: path, path: basename(path), tensorOffset: header.tensorOffset });
  }
  if (!first) throw new Error(`${source.name} holds no GGUF file.`);
  const { metadata } = first;
  const [tokenizer, template] = [ggufTokenizer(metadata), stringOf(metadata, 'tokenizer.chat_template')];
  const license = stringOf(metadata, 'general.license');
  return {
    engine: 'llamacpp',
    files,
    maxContextLength: numberOf(metadata, `${stringOf(metadata, 'general.architecture')}.context_length`),
    memory: ggufMemory(
      metadata,
      parts.reduce((sum, { bytes }) => sum + bytes, 0),
    ),
    ...(license !== undefined && { license }),
    ...(tokenizer && { tokenizerDigest: tokenizerDigest(tokenizer) }),
    ...(template !== undefined && { chatTemplateDigest: chatTemplateDigest(template) }),
  };
}
