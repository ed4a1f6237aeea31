import { createHash } from 'node:crypto';
import { decodeByteLevel } from './byte-level.ts';
import { type GgufHeader, numbersOf, optionalNumberOf, stringOf, stringsOf } from './read-gguf.ts';

/** Kinds of tokens that stand for themselves and not for text: control and user-defined, as llama.cpp numbers them. */
const specialTypes = [3, 4];
const specialRoles = ['bos', 'eos', 'unknown', 'padding'] as const;

/**
 * SHA-256 over what a tokenizer does, in a form that doesn't depend on the file it is kept in: the bytes of every id in
 * order, the merges in order, which ids are special, and the name of the pre-tokenizer. `undefined` for kinds of
 * tokenizers other than byte-level BPE, whose canonical form is not defined yet.
 */
export function tokenizerDigest({ metadata }: Pick<GgufHeader, 'metadata'>): string | undefined {
  const tokens = stringsOf(metadata, 'tokenizer.ggml.tokens');
  const merges = stringsOf(metadata, 'tokenizer.ggml.merges');
  if (stringOf(metadata, 'tokenizer.ggml.model') !== 'gpt2' || !tokens || !merges) return undefined;
  const types = numbersOf(metadata, 'tokenizer.ggml.token_type') ?? [];
  const isSpecial = (id: number) => specialTypes.some((type) => type === types[id]);
  const bytesOf = (token: string) => decodeByteLevel(token) ?? Buffer.from(token);
  return digest({
    kind: 'byte-level-bpe',
    tokens: tokens.map((token, id) => (isSpecial(id) ? Buffer.from(token) : bytesOf(token)).toString('hex')),
    merges: merges.map((merge) => merge.split(' ').map((half) => bytesOf(half).toString('hex'))),
    special: tokens.flatMap((_, id) => (isSpecial(id) ? [id] : [])),
    roles: specialRoles.map((role) => optionalNumberOf(metadata, `tokenizer.ggml.${role}_token_id`) ?? null),
    preTokenizer: stringOf(metadata, 'tokenizer.ggml.pre') ?? null,
  });
}

/** SHA-256 over a chat template; line ends and blanks around it don't count. */
export function chatTemplateDigest({ metadata }: Pick<GgufHeader, 'metadata'>): string | undefined {
  const template = stringOf(metadata, 'tokenizer.chat_template');
  return template === undefined ? undefined : digest({ template: template.replaceAll('\r\n', '\n').trim() });
}

/** Keys are written in the order given above, so the JSON is the same for the same content. */
function digest(canonical: object): string {
  return createHash('sha256').update(JSON.stringify(canonical)).digest('hex');
}
