import { checkPackageId } from '../pack/package-id.ts';
import { parsePublicKey } from '../signature/public-key.ts';
import { openMirror } from '../target/open-target.ts';
import { type MirrorReport, verifyMirror } from '../verify/verify-mirror.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { checkOption, onlyWord, parseOptions } from './parse-options.ts';
import { progressLine } from './progress-line.ts';
import { verifyUsage } from './usage.ts';
import { visibleText } from './visible-text.ts';

/** `orilla verify`: tells all that is wrong with a mirror. @throws Misunderstood; Error where it can't be read; AbortError */
export async function verify(args: readonly string[], context: CommandContext): Promise<ExitCode> {
  const { values, positionals } = parseOptions(args, {
    id: { type: 'string', multiple: true },
    key: { type: 'string', multiple: true },
    's3-endpoint': { type: 'string' },
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  const { print, complain, signal } = context;
  if (values.help) {
    print(verifyUsage);
    return 0;
  }
  const place = onlyWord(positionals, 'MIRROR');
  const ids = (values.id ?? []).map((id) => checkOption(() => checkPackageId(id)));
  const keys = (values.key ?? []).map((key) => checkOption(() => parsePublicKey(key)));
  const mirror = await openMirror(place, { s3Endpoint: values['s3-endpoint'], fetch: context.fetch });
  const progress = progressLine(context.status, `Reading ${mirror.name}`);
  const report = await verifyMirror(mirror, {
    ids,
    keys,
    onProgress: (bytes) => progress.show(bytes, 0),
    onFault: ({ message }) => {
      progress.end();
      if (!values.json) complain(visibleText(message));
    },
    signal,
  }).finally(progress.end);
  print(values.json ? JSON.stringify(report, null, 2) : summary(mirror.name, report));
  return report.faults.length === 0 ? 0 : 1;
}

function summary(name: string, { packages, faults }: MirrorReport): string {
  const signatures = { none: '', unchecked: ', signed (no --key was given)', right: ', signed', wrong: '' };
  const lines = packages.map(
    ({ id, files, bytes, signature }) => `  ${visibleText(id)}: ${files} files, ${bytes} bytes${signatures[signature]}`,
  );
  const verdict = faults.length === 0 ? 'all holds.' : `${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}.`;
  return [...lines, `${name}: ${packages.length} packages, ${verdict}`].join('\n');
}
