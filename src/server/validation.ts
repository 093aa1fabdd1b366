import AjvCompiler from '@fastify/ajv-compiler';
import type { FastifySchemaValidationError, FastifyServerOptions } from 'fastify';

type BuildValidator = NonNullable<
  NonNullable<NonNullable<FastifyServerOptions['schemaController']>['compilersFactory']>['buildValidator']
>;

const OPTIONS = { removeAdditional: false, strict: false } as const;

/**
 * Checks requests against the schemas of their routes. Queries and paths are text, which becomes the number or flag the
 * schema wants; JSON says itself what it is, and 0 where null or a number above 0 is wanted is neither.
 */
export const buildValidator: BuildValidator = (externalSchemas) => {
  const compiler = (coerceTypes: 'array' | false) =>
    AjvCompiler()(externalSchemas, { customOptions: { ...OPTIONS, coerceTypes } });
  const ofText = compiler('array');
  const ofJson = compiler(false);
  return (route) => (route.httpPart === 'body' ? ofJson(route) : ofText(route));
};

/** What is said of the alternatives of a value that may be null is of no use to anybody. */
const BESIDE_THE_POINT: readonly string[] = ['anyOf', 'type'];

/** What is wrong with which field: 'body/retentionDays must be > 0'. */
export function validationError(errors: readonly FastifySchemaValidationError[], part: string): Error {
  const telling = errors.filter(({ keyword }) => !BESIDE_THE_POINT.includes(keyword));
  const told = telling.length > 0 ? telling : errors.filter(({ keyword }) => keyword !== 'anyOf');
  const texts = told.map(
    ({ instancePath, message, params }) => `${part}${instancePath} ${message}${unknownName(params)}`,
  );
  return new Error([...new Set(texts)].join(' or '));
}

/** Additional properties are refused: which. */
function unknownName({ additionalProperty }: { readonly additionalProperty?: unknown }): string {
  return typeof additionalProperty === 'string' ? `: ${additionalProperty.slice(0, 64)}` : '';
}
