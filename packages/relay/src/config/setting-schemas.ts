import { z } from 'zod';

/** Says something better than the default where a whole section stands in the wrong form. */
export const sectionError = (message: string) => ({
  error: ({ code, input }: { code?: string; input?: unknown }) =>
    input !== undefined && (code === 'invalid_type' || code === 'invalid_union') ? message : undefined,
});

export const text = z.string().min(1);

export const wholeNumber = (least: number, most: number) => z.int().min(least).max(most);
export const milliseconds = wholeNumber(1, 24 * 60 * 60 * 1000);

/** The form alone; whether the secret can be had is a rule of its own. A value is never echoed: it may be the secret itself. */
export const secretSource = z
  .strictObject(
    {
      env: z
        .string()
        .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, {
          error:
            'is not the name of an environment variable. Write the name of one that holds the secret, not the secret.',
        })
        .optional()
        .describe('Name of the environment variable that holds it.'),
      file: text.optional().describe('Path of the file that holds it, relative to this file.'),
    },
    sectionError('must say where the secret is, never the secret itself. Write {env: NAME} or {file: PATH}.'),
  )
  .refine((source) => (source.env === undefined) !== (source.file === undefined), {
    error: 'must name either an environment variable or a file. Write {env: NAME} or {file: PATH}.',
  })
  .meta({ minProperties: 1, maxProperties: 1 });

export type SecretSource = z.output<typeof secretSource>;
