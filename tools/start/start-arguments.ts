import { parseArgs } from 'node:util';
import { isZone, type Zone, zones } from '@orilla/contract';

/** What `npm start` was asked for. */
export interface StartArguments {
  /** 0 takes a free one. */
  readonly port: number | undefined;
  readonly config: string | undefined;
  readonly vllm: VllmArguments | undefined;
  /** Where the starter model is fetched from if it is missing; `undefined` for the public sources. */
  readonly modelUrl: URL | undefined;
  readonly build: boolean;
  readonly app: boolean;
  readonly help: boolean;
}

export interface VllmArguments {
  /** Base address, without `/v1`. */
  readonly url: URL;
  /** Name of the environment variable that holds its key. */
  readonly keyEnv: string | undefined;
  /** `undefined` asks vLLM itself. */
  readonly model: string | undefined;
  readonly zone: Zone;
}

export const startUsage = `npm start: the demo, the model mirror and the relay with a small model server, on this machine only.

  npm start -- --port N              Listens on another port than 8787; 0 takes a free one.
  npm start -- --vllm URL            Puts your vLLM behind the relay, e.g. --vllm http://127.0.0.1:8000
       --vllm-key-env NAME             its key is in this environment variable
       --vllm-model MODEL              one of its models; without it, the first that it tells
       --vllm-zone ZONE                whose machine it runs on: ${zones.join(', ')}
  npm start -- --config relay.yaml   Takes everything from a configuration of your own.
  npm start -- --model-url URL       Fetches the starter model from there and from nowhere else; only the right file is taken.
  npm start -- --no-build            Serves the demo as it was last built.
  npm start -- --no-app              Serves no demo.`;

/** Reads the command line. @throws Error that tells what is wrong with it */
export function readStartArguments(args: readonly string[]): StartArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string' },
      config: { type: 'string' },
      vllm: { type: 'string' },
      'vllm-key-env': { type: 'string' },
      'vllm-model': { type: 'string' },
      'vllm-zone': { type: 'string' },
      'model-url': { type: 'string' },
      build: { type: 'boolean', default: true },
      app: { type: 'boolean', default: true },
      help: { type: 'boolean', short: 'h', default: false },
    },
    allowNegative: true,
  });
  const { config, build, app, help } = values;
  const vllm = readVllm(values);
  if (vllm && config !== undefined)
    throw new Error(
      '--vllm and --config are two ways to say the same. Give one, or name the vLLM in the configuration.',
    );
  const modelUrl = readModelUrl(values['model-url']);
  return { port: readPort(values.port), config, vllm, modelUrl, build, app, help };
}

function readPort(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new Error('--port takes a number from 0 to 65535.');
  return port;
}

function readModelUrl(text: string | undefined): URL | undefined {
  if (text === undefined) return undefined;
  const url = webAddress(text);
  if (!url)
    throw new Error('--model-url takes the address of a file, e.g. --model-url https://files.example/model.gguf');
  if (url.username !== '' || url.password !== '')
    throw new Error('--model-url takes no password: it would stand in the list of processes.');
  return url;
}

function webAddress(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url && /^https?:$/.test(url.protocol) ? url : undefined;
}

function readVllm(values: Readonly<Record<string, string | boolean | undefined>>): VllmArguments | undefined {
  const text = (key: string) => (typeof values[key] === 'string' ? values[key] : undefined);
  const address = text('vllm');
  const zone = text('vllm-zone') ?? 'on-premises';
  if (address === undefined) {
    const alone = ['vllm-key-env', 'vllm-model', 'vllm-zone'].find((key) => values[key] !== undefined);
    if (alone)
      throw new Error(`--${alone} says something about a vLLM. Say where it is, too: --vllm http://127.0.0.1:8000`);
    return undefined;
  }
  const url = webAddress(address);
  if (!url) throw new Error('--vllm takes an address, e.g. --vllm http://127.0.0.1:8000');
  if (url.username !== '' || url.password !== '')
    throw new Error('--vllm takes no password: it would stand in the list of processes. Use --vllm-key-env NAME.');
  if (!isZone(zone)) throw new Error(`--vllm-zone takes one of ${zones.join(', ')}.`);
  // People paste what OpenAI's clients take.
  url.pathname = url.pathname.replace(/\/v1\/?$/, '').replace(/\/$/, '');
  return { url, keyEnv: text('vllm-key-env'), model: text('vllm-model'), zone };
}
