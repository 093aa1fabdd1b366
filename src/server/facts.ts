import type { JsonObject } from '../index.ts';
import { RequestError } from './problems.ts';

/** `where` of a query. throws  RequestError('bad_request') for what is no JSON object */
export function factsFrom(text: string | undefined): JsonObject | undefined {
  if (text === undefined) return undefined;
  try {
    const facts: unknown = JSON.parse(text);
    if (typeof facts === 'object' && facts !== null && !Array.isArray(facts)) return facts as JsonObject;
  } catch {
    // Told below.
  }
  throw new RequestError('bad_request', 'Expected a JSON object for where but received something else');
}
