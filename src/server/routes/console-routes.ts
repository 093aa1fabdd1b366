import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { App } from '../context.ts';

/** Where the build puts the console: beside the bundle this module becomes a part of. */
const FOLDER = fileURLToPath(new URL('console/', import.meta.url));
/** Stands in the built page where every answer has a nonce of its own: vite.config.ts. */
const NONCE_PLACE = /CSP_NONCE/g;
const A_YEAR_SECONDS = 365 * 24 * 3600;

/** The web console: one page, and its scripts and styles, whose names change with their content. */
export async function addConsole(app: App): Promise<void> {
  const page = await readFile(`${FOLDER}index.html`, 'utf8');
  app.get('/', { schema: { hide: true } }, async (_request, reply) => {
    const nonce = newNonce();
    return reply
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('content-security-policy', contentSecurity(nonce))
      .header('permissions-policy', 'camera=(self), microphone=(), geolocation=()')
      .send(page.replace(NONCE_PLACE, nonce));
  });
  await app.register(fastifyStatic, {
    root: FOLDER,
    index: false,
    wildcard: false,
    globIgnore: ['index.html', '**/*.gz'],
    preCompressed: true,
    cacheControl: false,
    setHeaders: (reply, path) => {
      const isNamedByContent = /[\\/]assets[\\/]/.test(path);
      reply.header(
        'cache-control',
        isNamedByContent ? `public, max-age=${A_YEAR_SECONDS}, immutable` : 'no-cache',
      );
    },
  });
}

/** Only what the server itself sends; styles that scripts write need the nonce. */
function contentSecurity(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function newNonce(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64url');
}
