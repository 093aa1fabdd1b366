import { Alert, Button, Menu } from '@mantine/core';
import { IconDownload, IconFileSpreadsheet, IconPhotoDown } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { ErrorNote } from '../notices/error-note.tsx';
import { saveFile } from '../parts/save-file.ts';
import type { Photo } from '../stores/recognize-store.ts';
import { t } from '../texts/texts.ts';
import { annotatedZip } from './annotated-picture.ts';
import { resultsCsv } from './results-csv.ts';

/** All pictures with the names drawn in, as a file; the result: paths of those that are not in it. */
export function useAnnotatedZip(photos: readonly Photo[]) {
  return useMutation({
    mutationFn: async () => {
      const { file, leftOut } = await annotatedZip(photos);
      if (file) saveFile(file, 'acquaint-pictures.zip');
      return leftOut;
    },
  });
}

interface ZipProps {
  readonly zip: ReturnType<typeof useAnnotatedZip>;
}

/** What was recognised, to be taken away. */
export function Downloads({ photos, zip }: ZipProps & { photos: readonly Photo[] }) {
  return (
    <Menu position="bottom-end" withinPortal={false}>
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={18} />} loading={zip.isPending}>
          {t.recognize.download}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconFileSpreadsheet size={16} />}
          onClick={() => saveFile(resultsCsv(photos), 'acquaint.csv')}
        >
          {t.recognize.csv}
        </Menu.Item>
        <Menu.Item leftSection={<IconPhotoDown size={16} />} onClick={() => zip.mutate()}>
          {t.recognize.pictures}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** What the file of pictures does not have, and why. */
export function ZipNote({ zip }: ZipProps) {
  if (zip.error) return <ErrorNote error={zip.error} />;
  const leftOut = zip.data ?? [];
  if (leftOut.length === 0) return null;
  return (
    <Alert
      mb="md"
      color="orange"
      role="status"
      title={t.recognize.leftOut(leftOut.length)}
      withCloseButton
      closeButtonLabel={t.close}
      onClose={zip.reset}
    >
      {t.recognize.leftOutWhy(leftOut)}
    </Alert>
  );
}
