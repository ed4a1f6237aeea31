import { createHash } from 'node:crypto';

/** SHA-256, lower-case hex, over a chat template; how its lines end, and blanks around all of it, don't count. */
export function chatTemplateDigest(template: string): string {
  return createHash('sha256').update(template.replaceAll('\r\n', '\n').trim()).digest('hex');
}
