import type { ConfigPath, Finding } from '../problem.ts';
import { readSecret } from '../read-secret.ts';
import type { SecretSource } from '../setting-schemas.ts';
import type { Rule, RuleContext } from './rule.ts';

/** Shorter ones can be guessed over the network. */
const leastKeyLength = 16;

/** Every secret can be had now, not only when the first request needs it. */
export const readableSecrets: Rule = async (config, context) => {
  const upstreams = (config.upstreams ?? []).map((upstream, index) =>
    check(['upstreams', index, 'apiKeyFrom'], upstream?.apiKeyFrom, context, 1),
  );
  const keys = (config.access?.keys ?? []).map((key, index) =>
    check(['access', 'keys', index, 'keyFrom'], key?.keyFrom, context, leastKeyLength),
  );
  const { credentials } = config.mirror?.s3 ?? {};
  const s3 = (['accessKeyIdFrom', 'secretAccessKeyFrom', 'sessionTokenFrom'] as const).map((name) =>
    check(['mirror', 's3', 'credentials', name], credentials?.[name], context, 1),
  );
  return (await Promise.all([...upstreams, ...keys, ...s3])).flat();
};

async function check(
  path: ConfigPath,
  source: SecretSource | undefined,
  context: RuleContext,
  leastLength: number,
): Promise<readonly Finding[]> {
  if (!source) return [];
  const at = [...path, source.env === undefined ? 'file' : 'env'];
  const result = await readSecret(source, context);
  if ('problem' in result) return [{ path: at, message: result.problem }];
  if (result.secret.length >= leastLength) return [];
  const message = `this key is shorter than ${leastLength} signs and could be guessed. Make one with \`orilla-relay keys create\`.`;
  return [{ path: at, message }];
}
