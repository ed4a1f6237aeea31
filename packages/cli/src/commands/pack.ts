import { catalogEntry } from '../pack/catalog-entry.ts';
import { checkLicense, licenseName } from '../pack/license-name.ts';
import { packModel } from '../pack/pack-model.ts';
import { checkPackageId, derivePackageId } from '../pack/package-id.ts';
import { readKeyFile } from '../signature/key-file.ts';
import { openTarget } from '../target/open-target.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { openModel } from './open-model.ts';
import { parsePackArguments } from './pack-arguments.ts';
import { checkOption } from './parse-options.ts';
import { progressLine } from './progress-line.ts';
import { packUsage } from './usage.ts';

/** `orilla pack`: makes a package and prints its catalog entry. @throws Misunderstood; Error with what to do; AbortError */
export async function pack(args: readonly string[], context: CommandContext): Promise<ExitCode> {
  const asked = parsePackArguments(args);
  const { print, complain, signal } = context;
  if (asked === 'help') {
    print(packUsage);
    return 0;
  }
  // What is wrong with the command line is told before anything is fetched.
  const { id: askedId, license: askedLicense } = asked;
  if (askedId !== undefined) checkOption(() => checkPackageId(askedId));
  if (askedLicense !== undefined) checkOption(() => checkLicense(askedLicense));
  const key = asked.keyFile === undefined ? undefined : await readKeyFile(asked.keyFile);
  if (key?.isOpenToOthers) complain(`Others on this machine may read ${asked.keyFile}. Run \`chmod 600\` on it.`);
  const target = await openTarget(asked.to, { s3Endpoint: asked.s3Endpoint });
  const { source, model } = await openModel(asked, context);
  const id = askedId ?? derivePackageId(source.modelName);
  const license = askedLicense ?? licenseName(model.license) ?? licenseName(source.license);
  if (license === undefined)
    throw new Error(`${source.name} does not say its license. Look it up, and give it by --license, e.g. Apache-2.0.`);
  const progress = progressLine(context.status, `Packing ${id}`);
  const manifest = await packModel({
    source,
    model,
    target,
    id,
    license,
    contextLength: asked.contextLength,
    privateKey: key?.privateKey,
    force: asked.force,
    onProgress: progress.show,
    signal,
  }).finally(progress.end);
  const entry = JSON.stringify(
    catalogEntry(manifest, { ...(source.hub && { hub: source.hub }), ...(model.task && { task: model.task }) }),
    null,
    2,
  );
  if (asked.json) print(entry);
  else {
    const signed = manifest.signature ? `, signed by key ${manifest.signature.keyId}` : '';
    print(`Packed ${id} for ${manifest.engine} in ${target.name}${signed}.`);
    if (!manifest.tokenizerDigest) print('Its tokenizer is of a kind that has no digest yet.');
    print(`Its entry in a catalog, under a model's \`device\`:\n\n${entry}`);
  }
  return 0;
}
