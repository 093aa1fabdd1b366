import { Button } from '@mantine/core';
import { IconUserQuestion } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { useServer } from '../server/client.tsx';
import { type Photo, unknownFaces } from '../stores/recognize-store.ts';
import { collectStranger } from '../stores/strangers-store.ts';
import { t } from '../texts/texts.ts';

/** Faces nobody knows are cut out and brought to where they are grouped. */
export function SortStrangers({ photos }: { photos: readonly Photo[] }) {
  const { collection } = useServer();
  const [, goTo] = useLocation();
  const faces = photos.flatMap((photo) =>
    unknownFaces(photo).map((face) => ({ photo, box: face.box, i: photo.result!.faces.indexOf(face) })),
  );
  const sort = useMutation({
    mutationFn: async () => {
      for (const { photo, box, i } of faces) {
        const source = `photo ${photo.id}, face ${i}`;
        await collectStranger(collection, photo.file, box, { at: new Date(), where: photo.path, source });
      }
    },
  });
  return (
    <Button
      mb="md"
      variant="light"
      leftSection={<IconUserQuestion size={18} />}
      loading={sort.isPending}
      // Nobody who went elsewhere meanwhile is fetched back.
      onClick={() => sort.mutate(undefined, { onSuccess: () => goTo('/strangers') })}
    >
      {t.recognize.sortStrangers(faces.length)}
    </Button>
  );
}
