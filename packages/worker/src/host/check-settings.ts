import { OrillaError, type StoreSettings } from '@orilla/contract';
import { readTrustedKeys } from '../weights/source/trusted-keys.ts';

/**
 * Checks what an app decided about the weight store: it may come from code whose types nobody has checked.
 * @throws OrillaError `catalog.bad-signature` where a trusted key is none, `storage.unavailable` for anything else
 */
export function checkSettings({ trustedKeys, storage, budgetBytes, hubUrl }: StoreSettings): void {
  readTrustedKeys(trustedKeys);
  if (storage !== undefined && storage !== 'indexeddb' && storage !== 'opfs')
    throw badSetting('storage', "must be 'indexeddb' or 'opfs'");
  if (budgetBytes !== undefined && !(Number.isFinite(budgetBytes) && budgetBytes >= 0))
    throw badSetting('budgetBytes', 'must be a number of bytes, not negative; leave it out for no budget');
  if (hubUrl !== undefined && !(URL.canParse(hubUrl) && /^https?:$/.test(new URL(hubUrl).protocol)))
    throw badSetting('hubUrl', 'must be a whole http(s) address');
}

function badSetting(name: string, rule: string): OrillaError {
  return new OrillaError('storage.unavailable', `The weight store can't be set up: ${name} ${rule}.`, {
    advice: 'Mend the settings of the store that the app gives to createOrilla.',
  });
}
