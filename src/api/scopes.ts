/** What a key allows. `admin` includes the others. */
export const SCOPES = ['read', 'recognize', 'enroll', 'admin'] as const;

export type Scope = (typeof SCOPES)[number];

/** Whether somebody with these scopes may do what needs that one. */
export function allows(scopes: readonly Scope[], needed: Scope): boolean {
  return scopes.includes(needed) || scopes.includes('admin');
}
