import { Alert, Button, Group, Progress, ScrollArea, Stack, Table, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { ErrorNote } from '../notices/error-note.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { DropArea } from '../parts/drop-area.tsx';
import { byFolder, type NamedFile } from '../pictures/dropped-files.ts';
import { requireReadable } from '../pictures/require-readable.ts';
import { useServer } from '../server/client.tsx';
import { queryClient } from '../server/query-client.ts';
import { t } from '../texts/texts.ts';

/** A folder with one folder per person goes to the server whole; there it goes on by itself. */
export function EnrollManyDialog({ onClose }: { onClose: () => void }) {
  const { client } = useServer();
  const [files, setFiles] = useState<readonly NamedFile[] | null>(null);
  const people = files ? byFolder(files) : new Map<string, readonly File[]>();
  const pictures = [...people.values()].reduce((sum, own) => sum + own.length, 0);
  const homeless = (files?.length ?? 0) - pictures;
  const gone = useRef<AbortController | null>(null);
  const isBegun = useRef(false);
  const close = () => {
    gone.current?.abort();
    onClose();
  };
  const start = useMutation({
    mutationFn: async () => {
      gone.current = new AbortController();
      for (const file of [...people.values()].flat()) await requireReadable(file);
      return client.createJob(people, { signal: gone.current.signal });
    },
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: ['jobs'] });
      onClose();
    },
    onError: () => {
      isBegun.current = false;
    },
  });
  // Two clicks at once are one.
  const begin = () => {
    if (isBegun.current) return;
    isBegun.current = true;
    start.mutate();
  };
  const unsaved = () => {
    if (start.isPending) return t.enrollMany.unsaved;
    return people.size > 0 ? t.enroll.unsaved(pictures) : null;
  };
  return (
    <Dialog onClose={close} size="lg" title={t.enrollMany.title} unsaved={unsaved()}>
      <Stack>
        <Text>{t.enrollMany.explained}</Text>
        <DropArea
          folders
          compact={people.size > 0}
          label={t.enrollMany.drop}
          hint={t.enrollMany.dropHint}
          onFiles={setFiles}
        />
        {files?.length === 0 && <Alert color="orange">{t.enrollMany.noPictures}</Alert>}
        {homeless > 0 && <Alert color="orange">{t.enrollMany.homeless(homeless)}</Alert>}
        {people.size > 0 && (
          <ScrollArea.Autosize mah={260} viewportProps={{ tabIndex: 0, 'aria-label': t.people.title }}>
            <Table striped>
              <Table.Tbody>
                {[...people].map(([name, own]) => (
                  <Table.Tr key={name}>
                    <Table.Td>
                      <bdi>{name}</bdi>
                    </Table.Td>
                    <Table.Td ta="right">{t.people.photos(own.length)}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </ScrollArea.Autosize>
        )}
        {start.isPending && (
          <div role="status">
            <Text size="sm" mb={4}>
              {t.enrollMany.sending}
            </Text>
            <Progress value={100} animated aria-label={t.enrollMany.sending} />
          </div>
        )}
        {start.error && <ErrorNote error={start.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t.cancel}
          </Button>
          <Button disabled={people.size === 0} loading={start.isPending} onClick={begin}>
            {t.enrollMany.go(people.size, pictures)}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
