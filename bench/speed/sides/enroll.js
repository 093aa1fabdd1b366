// acquaint: a folder of photos of one person, from files into a gallery file.
import { rmSync } from 'node:fs';
import { openRecognizer } from 'acquaint';
import { serve } from './process.js';

await serve(async ({ gallery, photos, ...options }) => {
  const removeGallery = () => {
    for (const end of ['', '-wal', '-shm']) rmSync(gallery + end, { force: true });
  };
  const run = async () => {
    const recognizer = await openRecognizer({ ...options, gallery });
    await recognizer.warmUp();
    const cpu = process.cpuUsage();
    const start = performance.now();
    const enrolments = await recognizer.enroll('Everybody', photos, { largest: true, allowLookalikes: true });
    const ms = performance.now() - start;
    const { user, system } = process.cpuUsage(cpu);
    await recognizer.close();
    removeGallery();
    return {
      ms,
      cpuMs: (user + system) / 1000,
      faces: enrolments.filter(({ status }) => status === 'enrolled').length,
    };
  };
  return { run };
});
