import { type EngineName, engineNames } from '@orilla/contract';
import { Misunderstood } from './command.ts';
import { onlyWord, parseOptions } from './parse-options.ts';

/** What `orilla pack` was asked for. */
export interface PackArguments {
  readonly source: string;
  readonly to: string;
  readonly id: string | undefined;
  readonly license: string | undefined;
  readonly contextLength: number | undefined;
  readonly engine: EngineName | undefined;
  readonly files: readonly string[];
  readonly library: string | undefined;
  readonly keyFile: string | undefined;
  readonly force: boolean;
  readonly hubUrl: string | undefined;
  readonly webllmConfig: string | undefined;
  readonly s3Endpoint: string | undefined;
  readonly json: boolean;
}

/** @returns `help` where that was asked for. @throws Misunderstood */
export function parsePackArguments(args: readonly string[]): PackArguments | 'help' {
  const { values, positionals } = parseOptions(args, {
    to: { type: 'string' },
    id: { type: 'string' },
    license: { type: 'string' },
    context: { type: 'string' },
    engine: { type: 'string' },
    file: { type: 'string', multiple: true },
    lib: { type: 'string' },
    sign: { type: 'string' },
    force: { type: 'boolean' },
    hub: { type: 'string' },
    'webllm-config': { type: 'string' },
    's3-endpoint': { type: 'string' },
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) return 'help';
  const source = onlyWord(positionals, 'SOURCE');
  if (values.to === undefined) throw new Misunderstood('--to is missing: a folder, or s3://bucket/prefix.');
  return {
    source,
    to: values.to,
    id: values.id,
    license: values.license,
    contextLength: values.context === undefined ? undefined : parseCount(values.context),
    engine: values.engine === undefined ? undefined : parseEngine(values.engine),
    files: values.file ?? [],
    library: values.lib,
    keyFile: values.sign,
    force: values.force ?? false,
    hubUrl: values.hub === undefined ? undefined : parseAddress(values.hub),
    webllmConfig: values['webllm-config'],
    s3Endpoint: values['s3-endpoint'],
    json: values.json ?? false,
  };
}

function parseCount(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Misunderstood(`--context must be a number of tokens, not ${text}.`);
}

function parseEngine(text: string): EngineName {
  const engine = engineNames.find((name) => name === text);
  if (engine) return engine;
  throw new Misunderstood(`There is no engine ${text}; there are ${engineNames.join(', ')}.`);
}

function parseAddress(text: string): string {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text;
  throw new Misunderstood(`--hub must be an address like https://huggingface.co, not ${text}.`);
}
