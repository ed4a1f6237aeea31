import { OrillaError } from '@orilla/contract';
import { failureReason } from '../http/relay-log.ts';

/** S3's own word for a failure, e.g. `AccessDenied`, or the system's, e.g. `ECONNREFUSED`. */
export function s3Reason(error: unknown): string {
  const reason = failureReason(error);
  if (reason !== 'unknown' || !(error instanceof Error)) return reason;
  return /^[A-Za-z]{3,60}$/.test(error.name) && error.name !== 'Error' ? error.name : reason;
}

/** What clients hear of a bucket that can't be read. */
export function s3Failure(error: unknown): OrillaError {
  const reason = s3Reason(error);
  return new OrillaError('catalog.unreachable', `The bucket of this mirror can't be read (${reason}).`, {
    advice: remedies[reason] ?? 'Try again; if it stays so, tell whoever runs this relay.',
    cause: error,
  });
}

const permissions = 'The keys of the relay need s3:GetObject on its objects and s3:ListBucket on the bucket.';

const remedies: Readonly<Record<string, string>> = {
  AccessDenied: permissions,
  Forbidden: permissions,
  InvalidAccessKeyId: 'Check the keys under `mirror.s3.credentials`.',
  SignatureDoesNotMatch: 'Check the keys under `mirror.s3.credentials`, and the region.',
  ExpiredToken: 'Renew the session token under `mirror.s3.credentials`.',
  CredentialsProviderError: 'Give this machine a role, or name keys under `mirror.s3.credentials`.',
  NoSuchBucket: 'Check `mirror.s3.bucket`.',
  PermanentRedirect: 'Check `mirror.s3.region`.',
  AuthorizationHeaderMalformed: 'Check `mirror.s3.region`.',
  RequestTimeTooSkewed: 'Set the clock of the machine that the relay runs on.',
};
