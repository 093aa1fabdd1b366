import { note } from './output.ts';

/** Fewer are read before anybody would look. */
const MANY_FACES = 200_000;

/** Says how far a large gallery is read, in tenths: to be given as `onGalleryProgress`. */
export function galleryProgress(): (loaded: number, total: number) => void {
  let told = 0;
  return (loaded, total) => {
    const tenths = Math.floor((10 * loaded) / total);
    if (total < MANY_FACES || tenths <= told) return;
    told = tenths;
    note(`reading the gallery: ${10 * tenths} % of ${total} faces`);
  };
}
