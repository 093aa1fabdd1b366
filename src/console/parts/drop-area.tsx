import { Group, Stack, Text, UnstyledButton } from '@mantine/core';
import { IconPhotoPlus } from '@tabler/icons-react';
import { type DragEvent, useRef, useState } from 'react';
import { filesOfDrop, isPictureName, type NamedFile } from '../pictures/dropped-files.ts';
import { t } from '../texts/texts.ts';

interface DropAreaProps {
  readonly onFiles: (files: readonly NamedFile[]) => void;
  readonly label: string;
  readonly hint: string;
  /** Whether a whole folder may be chosen too. */
  readonly folders?: boolean;
  readonly compact?: boolean;
}

/** Photos by dropping or choosing, by mouse and by keyboard. */
export function DropArea({ onFiles, label, hint, folders = false, compact = false }: DropAreaProps) {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const take = (list: FileList | null) => {
    const named = [...(list ?? [])].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
    const pictures = named.filter(({ path }) => isPictureName(path));
    if (named.length > 0) onFiles(pictures);
  };
  const drop = async (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    onFiles(await filesOfDrop(event.dataTransfer));
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: files are dropped here; the button within is for the keyboard.
    <div
      className="drop-area"
      data-over={isOver || undefined}
      data-compact={compact || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <Stack align="center" gap={6} ta="center">
        {!compact && <IconPhotoPlus size={40} stroke={1.3} aria-hidden />}
        <UnstyledButton className="drop-button" onClick={() => files.current?.click()}>
          {label}
        </UnstyledButton>
        <Group gap={6} justify="center">
          <Text size="sm" c="dimmed">
            {hint}
          </Text>
          {folders && (
            <UnstyledButton className="drop-folder" onClick={() => folder.current?.click()}>
              {t.pictures.chooseFolder}
            </UnstyledButton>
          )}
        </Group>
      </Stack>
      <input
        ref={files}
        type="file"
        multiple
        accept="image/*,.heic,.heif"
        hidden
        aria-label={label}
        onChange={(event) => {
          take(event.currentTarget.files);
          event.currentTarget.value = '';
        }}
      />
      {folders && (
        <input
          ref={folder}
          type="file"
          hidden
          aria-label={t.pictures.chooseFolder}
          {...{ webkitdirectory: '' }}
          onChange={(event) => {
            take(event.currentTarget.files);
            event.currentTarget.value = '';
          }}
        />
      )}
    </div>
  );
}
