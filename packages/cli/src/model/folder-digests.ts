import { tokenizerDigest } from '../digest/canonical-tokenizer.ts';
import { chatTemplateDigest } from '../digest/chat-template.ts';
import { jsonTokenizer } from '../digest/json-tokenizer.ts';
import type { FileSource } from '../files/file-source.ts';
import { type ReadSmallFileOptions, readJsonIfAny, readText } from '../files/read-small-file.ts';
import { listOf, objectOf, textOf } from './json-fields.ts';

/** The digests of a folder in Hugging Face's form: `tokenizer.json`, and `chat_template.jinja` or the one of `tokenizer_config.json`. */
export async function folderDigests(
  source: FileSource,
  options: ReadSmallFileOptions,
): Promise<{ readonly tokenizerDigest?: string; readonly chatTemplateDigest?: string }> {
  const tokenizer = jsonTokenizer(await readJsonIfAny(source, 'tokenizer.json', options));
  const template = await chatTemplate(source, options);
  return {
    ...(tokenizer && { tokenizerDigest: tokenizerDigest(tokenizer) }),
    ...(template !== undefined && { chatTemplateDigest: chatTemplateDigest(template) }),
  };
}

async function chatTemplate(source: FileSource, options: ReadSmallFileOptions): Promise<string | undefined> {
  const own = 'chat_template.jinja';
  if (source.files.some(({ path }) => path === own)) return readText(source, own, options);
  const config = objectOf(await readJsonIfAny(source, 'tokenizer_config.json', options));
  // Several of them have names; the one for a plain chat is called default.
  const named = listOf(config, 'chat_template').map(objectOf);
  const standard = named.find(({ name }) => name === 'default') ?? {};
  return textOf(config, 'chat_template') ?? textOf(standard, 'template');
}
