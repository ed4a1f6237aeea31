import type { IncomingHttpHeaders } from 'node:http';
import { OrillaError } from '@orilla/contract';

/**
 * Takes JSON only. Any page may send `text/plain` or a form to anywhere without being asked; for JSON a browser asks first.
 * @throws OrillaError `protocol.wrong-content-type`
 */
export function checkContentType(headers: IncomingHttpHeaders): void {
  const type = headers['content-type'];
  if (type !== 'application/json' && !isUtf8Json(type ?? '')) {
    throw new OrillaError('protocol.wrong-content-type', 'The relay takes JSON bodies only.', {
      advice: 'Send the header Content-Type: application/json.',
    });
  }
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new OrillaError('protocol.wrong-content-type', 'The relay takes no compressed bodies.', {
      advice: 'Send the body without Content-Encoding.',
    });
  }
}

/** `application/json` with no other parameter than `charset=utf-8`. */
function isUtf8Json(type: string): boolean {
  const [media = '', ...parameters] = type.toLowerCase().split(';');
  if (media.trim() !== 'application/json') return false;
  return parameters.every((parameter) => /^\s*charset="?utf-?8"?\s*$/.test(parameter) || parameter.trim() === '');
}
