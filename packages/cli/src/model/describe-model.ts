import type { EngineName } from '@orilla/contract';
import type { FileSource } from '../files/file-source.ts';
import { describeGguf } from './gguf/describe-gguf.ts';
import { describeMlc } from './mlc/describe-mlc.ts';
import type { DescribeOptions, ModelDescription } from './model-description.ts';
import { describeOnnx } from './onnx/describe-onnx.ts';

interface Format {
  /** For people. */
  readonly sign: string;
  isIn(path: string): boolean;
  describe(source: FileSource, options: DescribeOptions): Promise<ModelDescription>;
}

/** How each engine's models are known, and what tells about them. */
const formats = {
  llamacpp: { sign: 'a .gguf file', isIn: (path) => path.endsWith('.gguf'), describe: describeGguf },
  webllm: { sign: 'mlc-chat-config.json', isIn: (path) => path === 'mlc-chat-config.json', describe: describeMlc },
  onnx: { sign: 'a .onnx file', isIn: (path) => path.endsWith('.onnx'), describe: describeOnnx },
} satisfies Record<EngineName, Format>;

/**
 * What a source's own files say about its model. The engine is told by what files there are, where it isn't said.
 * @throws Error where no engine, or more than one, has a use for them; as the format's own
 */
export async function describeModel(
  source: FileSource,
  { engine, ...options }: DescribeOptions & { readonly engine?: EngineName | undefined } = {},
): Promise<ModelDescription> {
  const found = Object.entries(formats).filter(([, { isIn }]) => source.files.some(({ path }) => isIn(path)));
  if (engine) return formats[engine].describe(source, options);
  const [only, ...others] = found;
  if (only && others.length === 0) return only[1].describe(source, options);
  if (only) {
    const names = found.map(([name, { sign }]) => `${name} (${sign})`).join(', ');
    throw new Error(`${source.name} holds models for several engines: ${names}. Say which one by --engine.`);
  }
  const signs = Object.values(formats).map(({ sign }) => sign);
  throw new Error(`${source.name} holds no model that an engine can run: none of ${signs.join(', ')}.`);
}
