import { CloseButton, Text } from '@mantine/core';
import { fileKey } from '../pictures/file-key.ts';
import { Thumbnail } from '../pictures/thumbnail.tsx';
import { t } from '../texts/texts.ts';

interface PictureTrayProps {
  readonly pictures: readonly File[];
  readonly onChange: (pictures: readonly File[]) => void;
}

/** The photos that were chosen; each can be put back. */
export function PictureTray({ pictures, onChange }: PictureTrayProps) {
  if (pictures.length === 0) return null;
  return (
    <div>
      <Text size="sm" c="dimmed" mb={6}>
        {t.enroll.chosen(pictures.length)}
      </Text>
      <ul className="plain-list tray">
        {pictures.map((picture, i) => (
          <li key={fileKey(picture)}>
            <Thumbnail picture={picture} alt={picture.name} />
            <CloseButton
              size="sm"
              className="tray-remove"
              aria-label={t.enroll.putBack(picture.name)}
              onClick={() => onChange(pictures.toSpliced(i, 1))}
            />
          </li>
        ))}
      </ul>
    </div>
  );
}
