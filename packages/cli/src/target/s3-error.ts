import { S3ServiceException } from '@aws-sdk/client-s3';

/** There is no such object; a bucket that is missing is something else. */
export function isAbsent(error: unknown): boolean {
  return error instanceof S3ServiceException && (error.name === 'NoSuchKey' || error.name === 'NotFound');
}

/** What to do about an error of S3's, by its name. */
const advice: Readonly<Record<string, string>> = {
  CredentialsProviderError: 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile.',
  SignatureDoesNotMatch: 'The secret key is not that of the access key. Check the credentials.',
  AccessDenied: 'Let these credentials list, read, write and delete there.',
  NoSuchBucket: 'Make the bucket first, or check its name.',
  PermanentRedirect: 'The bucket is in another region. Set AWS_REGION.',
};

/** Other servers than AWS have names of their own for a key that they don't know. */
const unknownKey = /^(XAdminUserNotFound|InvalidAccessKeyId|InvalidClientTokenId)$/;

/** An error of the SDK's in words for people. What isn't the SDK's, such as a source that failed in an upload, stays as it is. */
export function explainS3Error(error: unknown, name: string): unknown {
  if (!(error instanceof Error)) return error;
  const told = unknownKey.test(error.name)
    ? 'The access key is not known there. Check the credentials.'
    : advice[error.name];
  if (told !== undefined) return new Error(`${name} can't be used: ${error.name}. ${told}`);
  if (error instanceof S3ServiceException)
    return new Error(`${name} answered ${error.name}${statusOf(error)}. Try again, or ask who runs it.`);
  const code = 'code' in error ? String(error.code) : '';
  return /^(ECONN|ENOTFOUND|EAI_|ETIMEDOUT|EHOST|ENETUNREACH)/.test(code)
    ? new Error(`${name} can't be reached (${code}). Check --s3-endpoint, and the connection.`)
    : error;
}

function statusOf({ $metadata: { httpStatusCode } }: S3ServiceException): string {
  return httpStatusCode === undefined ? '' : ` (${httpStatusCode})`;
}
