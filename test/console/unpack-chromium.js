// Unpacks npm's Chromium into the folder of temporary files, and the libraries it needs that a bare Linux lacks (NSS,
// NSPR, Expat). A process of its own: the package unpacks nowhere else, and the caller gives this process a folder
// nobody else has.
import { fileURLToPath } from 'node:url';
import chromium, { inflate } from '@sparticuz/chromium';

const packed = new URL('../bin/', import.meta.resolve('@sparticuz/chromium'));
await Promise.all([
  chromium.executablePath(),
  // Named after the Linux they come from, Amazon's of 2023: for one with glibc 2.34 or newer.
  inflate(fileURLToPath(new URL('al2023.tar.br', packed))),
]);
