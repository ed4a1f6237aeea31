import { OrillaError } from '@orilla/contract';

/** What those are told who waited for a package that was removed. They did not abort it, so that it is no AbortError. */
export function packageRemoved(): OrillaError {
  return new OrillaError('storage.unavailable', 'The model package was removed while it was on its way.', {
    advice: 'Download it again.',
  });
}
