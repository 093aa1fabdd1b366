// Unpacks npm's Chromium into the folder of temporary files. A process of its own: the package unpacks nowhere else,
// and the caller gives this process a folder nobody else has.
import chromium from '@sparticuz/chromium';

await chromium.executablePath();
