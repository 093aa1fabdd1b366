import { IconPhoto } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { loadPicture } from './load-picture.ts';
import { useObjectUrl } from './use-object-url.ts';

interface ThumbnailProps {
  readonly picture: Blob;
  readonly alt: string;
  /** Of the longer side, CSS pixels. */
  readonly sizePx?: number;
}

/** A small copy: a page with hundreds of photos must not hold them whole. */
export function Thumbnail({ picture, alt, sizePx = 96 }: ThumbnailProps) {
  const { url } = useSmallCopy(picture, sizePx * 2);
  if (!url) {
    return (
      <div
        className="thumbnail no-crop"
        {...(alt ? { role: 'img', 'aria-label': alt } : { 'aria-hidden': true })}
      >
        <IconPhoto size="40%" stroke={1.2} aria-hidden />
      </div>
    );
  }
  return <img className="thumbnail" src={url} alt={alt} />;
}

interface SmallCopy {
  /** null: not there yet, or the browser cannot read the format. */
  readonly url: string | null;
  readonly isUnreadable: boolean;
}

/** A picture no larger than it is shown: HEIC and TIFF are unreadable in most browsers. */
export function useSmallCopy(picture: Blob, longerSide: number): SmallCopy {
  const [small, setSmall] = useState<Blob | 'unreadable' | null>(null);
  useEffect(() => {
    let isGone = false;
    smallCopy(picture, longerSide).then(
      (blob) => !isGone && setSmall(blob),
      () => !isGone && setSmall('unreadable'),
    );
    return () => {
      isGone = true;
    };
  }, [picture, longerSide]);
  const url = useObjectUrl(small === 'unreadable' ? null : small);
  return { url, isUnreadable: small === 'unreadable' };
}

async function smallCopy(picture: Blob, longerSide: number): Promise<Blob> {
  const bitmap = await loadPicture(picture, longerSide);
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  canvas.getContext('2d')!.drawImage(bitmap, 0, 0);
  bitmap.close();
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.85 });
}
