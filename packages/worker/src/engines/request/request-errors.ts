import { OrillaError } from '@orilla/contract';

/** The request asks for what this model's engine can't do; `param` is the field that does. */
export function unsupportedField(param: string): OrillaError {
  return new OrillaError('capability.unsupported', `The model on this device can't do what \`${param}\` asks for.`, {
    advice: 'Leave it out, or let the relay answer.',
    param,
  });
}

/** The field is none that any server would take. `why` completes the sentence that begins with its name, without its value. */
export function badField(param: string, why: string): OrillaError {
  return new OrillaError('protocol.bad-request', `The request can't be used: \`${param}\` ${why}.`, { param });
}
