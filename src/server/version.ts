import { createRequire } from 'node:module';

export const { version: VERSION } = createRequire(import.meta.url)('acquaint/package.json') as {
  version: string;
};
