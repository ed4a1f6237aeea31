import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ProcessGroup, startProcessGroup } from '../../../tools/vllm/process-group.ts';

const command = join(import.meta.dirname, '../../../packages/relay/src/main.ts');

export interface RelayProcessOptions {
  /** What the configuration says beside where to listen. */
  readonly yaml: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Arguments for Node, before the command. */
  readonly nodeArgs?: readonly string[];
}

/** `orilla-relay serve` as it is run in earnest: a process of its own, with a configuration file. */
export interface RelayProcess extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Where packages are: `<base>/<id>/manifest.json`. */
  readonly base: string;
  /** Everything that it wrote until now. */
  readonly lines: readonly string[];
}

/** @throws Error with what it said, where it does not start */
export async function startRelayProcess({ yaml, env = {}, nodeArgs = [] }: RelayProcessOptions): Promise<RelayProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'orilla-mirror-relay-'));
  const file = join(folder, 'relay.yaml');
  await writeFile(file, `listen: 127.0.0.1:0\n${yaml}`);
  const lines: string[] = [];
  const listening = Promise.withResolvers<number>();
  const group = await startProcessGroup(
    process.execPath,
    ['--conditions=@orilla/source', ...nodeArgs, command, 'serve', '--config', file],
    {
      env: { ...process.env, ...env },
      onLine(line) {
        lines.push(line);
        const port = /"event":"listening".*"port":(\d+)/.exec(line)?.[1];
        if (port !== undefined) listening.resolve(Number(port));
      },
    },
  );
  const port = await Promise.race([listening.promise, ended(group, lines)]);
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    base: `${url}/orilla/v1/models`,
    lines,
    async [Symbol.asyncDispose]() {
      await group.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function ended(group: ProcessGroup, lines: readonly string[]): Promise<never> {
  await group.ended;
  throw new Error(`The relay ended and said only:\n${lines.join('\n')}`);
}
