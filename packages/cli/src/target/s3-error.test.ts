import { S3ServiceException } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { explainS3Error, isAbsent } from './s3-error.ts';

const answered = (name: string, httpStatusCode = 400) =>
  new S3ServiceException({ name, message: 'with a signed address', $fault: 'client', $metadata: { httpStatusCode } });
const told = (error: unknown) => String((explainS3Error(error, 's3://bucket/') as Error).message);

test.each([
  ['InvalidAccessKeyId', 'Check the credentials.'],
  ['XAdminUserNotFound', 'Check the credentials.'],
  ['SignatureDoesNotMatch', 'Check the credentials.'],
  ['AccessDenied', 'Let these credentials list, read, write and delete there.'],
  ['NoSuchBucket', 'Make the bucket first, or check its name.'],
  ['PermanentRedirect', 'Set AWS_REGION.'],
])('%s says what to do', (name, words) => {
  expect(told(answered(name))).toContain(words);
  expect(told(answered(name))).toContain(`s3://bucket/ can't be used: ${name}.`);
});

test('no credentials, and what the SDK has no word for', () => {
  const none = Object.assign(new Error('Could not load credentials from any providers'), {
    name: 'CredentialsProviderError',
  });
  expect(told(none)).toContain('Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile.');
  expect(told(answered('SlowDown', 503))).toBe('s3://bucket/ answered SlowDown (503). Try again, or ask who runs it.');
});

test('a server that cannot be reached is told, the message of the SDK is not', () => {
  for (const code of ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'ECONNRESET'])
    expect(told(Object.assign(new Error('connect 10.0.0.1:9000'), { code }))).toBe(
      `s3://bucket/ can't be reached (${code}). Check --s3-endpoint, and the connection.`,
    );
  expect(told(answered('AccessDenied'))).not.toContain('signed');
});

test('what failed on the way there, the source for one, stays what it is', () => {
  const source = new Error('model.gguf is damaged');
  expect(explainS3Error(source, 's3://bucket/')).toBe(source);
  expect(explainS3Error('text', 's3://bucket/')).toBe('text');
});

test('an object that is not there is absent, a bucket is not', () => {
  expect(['NoSuchKey', 'NotFound'].map((name) => isAbsent(answered(name, 404)))).toEqual([true, true]);
  expect([answered('NoSuchBucket', 404), new Error('NoSuchKey'), null].map(isAbsent)).toEqual([false, false, false]);
});
