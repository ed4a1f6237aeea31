import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ConfigPath, Finding } from '../problem.ts';
import type { Rule, RuleContext } from './rule.ts';

/** Folders and model files that the configuration names are there. */
export const existingPaths: Rule = async (config, context) => {
  const models = (config.upstreams ?? []).map((upstream, index) =>
    check(['upstreams', index, 'embedded', 'model'], upstream?.embedded?.model, 'file', context),
  );
  const folders = [
    check(['mirror', 'folder'], config.mirror?.folder, 'folder', context),
    check(['app', 'folder'], config.app?.folder, 'app', context),
  ];
  return (await Promise.all([...models, ...folders])).flat();
};

async function check(
  path: ConfigPath,
  value: string | undefined,
  what: 'file' | 'folder' | 'app',
  { folder }: RuleContext,
): Promise<readonly Finding[]> {
  if (value === undefined) return [];
  const place = resolve(folder, value);
  const found = await kindOf(place);
  if (found !== (what === 'file' ? 'file' : 'folder'))
    return [
      {
        path,
        message: `there is no such ${what === 'file' ? 'file' : 'folder'}. Check the path; a relative one starts at this file's folder.`,
      },
    ];
  if (what === 'app' && (await kindOf(join(place, 'index.html'))) !== 'file')
    return [{ path, message: 'this folder has no index.html. Build the web app, and name the folder of the build.' }];
  return [];
}

async function kindOf(path: string): Promise<'file' | 'folder' | undefined> {
  const found = await stat(path).catch(() => undefined); // unreadable and absent are the same to the relay
  if (found?.isFile()) return 'file';
  return found?.isDirectory() ? 'folder' : undefined;
}
