import { Text } from '@mantine/core';
import { IconPhotoX } from '@tabler/icons-react';
import { memo } from 'react';
import { problemText } from '../notices/problem-text.ts';
import { FaceBoxes } from '../pictures/face-boxes.tsx';
import { useSmallCopy } from '../pictures/thumbnail.tsx';
import { isLasting } from '../server/failures.ts';
import type { Photo } from '../stores/recognize-store.ts';
import { t } from '../texts/texts.ts';
import { shownFaces, summaryOf } from './photo-texts.ts';

const COPY_PX = 480;

/** A photo with its boxes; a list of hundreds draws only what has changed. */
export const PhotoCard = memo(function PhotoCard({
  photo,
  onOpen,
}: {
  photo: Photo;
  onOpen: (id: number) => void;
}) {
  const { url, isUnreadable } = useSmallCopy(photo.file, COPY_PX);
  const { result, status, error } = photo;
  return (
    <li>
      <button type="button" className="photo-card" onClick={() => onOpen(photo.id)}>
        <span className="photo-frame">
          {url ? (
            <span className="photo-picture">
              <img src={url} alt="" />
              {result && (
                <FaceBoxes width={result.width} height={result.height} faces={shownFaces(result, '')} />
              )}
            </span>
          ) : (
            <span className="photo-none" aria-hidden>
              {status === 'failed' && <IconPhotoX size={36} stroke={1.2} />}
              {status !== 'failed' && isUnreadable && t.pictures.noPreview}
            </span>
          )}
        </span>
        <Text span size="sm" fw={600} lineClamp={2}>
          {status === 'waiting' && t.recognize.waiting}
          {status === 'failed' && (isLasting(error) ? t.recognize.notAsked : problemText(error))}
          {result && summaryOf(result)}
        </Text>
        <Text span size="xs" c="dimmed" truncate className="block" title={photo.path}>
          {photo.path}
        </Text>
      </button>
    </li>
  );
});
