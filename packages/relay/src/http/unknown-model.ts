import { OrillaError } from '@orilla/contract';

/** The same answer for a model that does not exist and for one that this caller may not know of. */
export function unknownModel(): OrillaError {
  return new OrillaError('catalog.unknown-model', 'The relay serves no model of this name.', {
    param: 'model',
    advice: 'GET /v1/models lists the models that it serves.',
  });
}
