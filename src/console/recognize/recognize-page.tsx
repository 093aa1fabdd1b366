import { Box, Button, Group, Progress, SegmentedControl, SimpleGrid, Text } from '@mantine/core';
import { IconRefresh, IconTrash } from '@tabler/icons-react';
import { useDeferredValue, useState } from 'react';
import { RuleGate } from '../challenge/rule-gate.tsx';
import { ErrorNote } from '../notices/error-note.tsx';
import { DropArea } from '../parts/drop-area.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { useServer } from '../server/client.tsx';
import { isLasting } from '../server/failures.ts';
import { useLiveness } from '../server/use-liveness.ts';
import {
  addPhotos,
  clearPhotos,
  type Photo,
  tryFailedAgain,
  unknownFaces,
  usePhotosOf,
} from '../stores/recognize-store.ts';
import { t } from '../texts/texts.ts';
import { Downloads, useAnnotatedZip, ZipNote } from './downloads.tsx';
import { PhotoCard } from './photo-card.tsx';
import { PhotoDialog } from './photo-dialog.tsx';
import { SortStrangers } from './sort-strangers.tsx';

const SHOWN = 48;

type Filter = keyof typeof FILTERS;
const FILTERS = {
  all: () => true,
  unknown: (photo: Photo) => unknownFaces(photo).length > 0,
  failed: ({ status }: Photo) => status === 'failed',
};

export default function RecognizePage() {
  const { client, collection } = useServer();
  const { data: liveness } = useLiveness();
  const canAsk = liveness !== undefined && liveness.policy !== 'active';
  const [filter, setFilter] = useState<Filter>('all');
  const [shown, setShown] = useState(SHOWN);
  const [openId, setOpenId] = useState<number | null>(null);
  const [wasEmpty, setWasEmpty] = useState(false);
  // Answers come faster than a long list can be drawn.
  const photos = useDeferredValue(usePhotosOf(collection));
  const counts = {
    all: photos.length,
    unknown: photos.filter(FILTERS.unknown).length,
    failed: photos.filter(FILTERS.failed).length,
  };
  const done = photos.filter(({ status }) => status !== 'waiting').length;
  const visible = photos.filter(FILTERS[filter]);
  const lasting = photos.find((photo) => isLasting(photo.error))?.error;
  const open = photos.find(({ id }) => id === openId);
  const zip = useAnnotatedZip(photos);

  return (
    <>
      <PageHead
        title={t.recognize.title}
        text={
          liveness?.policy === 'passive'
            ? `${t.recognize.explained} ${t.liveness.onlyLive}`
            : t.recognize.explained
        }
      >
        {done > 0 && (
          <>
            <Downloads photos={photos} zip={zip} />
            <Button
              variant="default"
              leftSection={<IconTrash size={18} />}
              onClick={() => {
                zip.reset();
                clearPhotos(collection);
              }}
            >
              {t.recognize.clear}
            </Button>
          </>
        )}
      </PageHead>
      <ZipNote zip={zip} />
      <RuleGate>
        {() => (
          <DropArea
            folders
            compact={photos.length > 0}
            label={t.recognize.drop}
            hint={t.recognize.dropHint}
            onFiles={(files) => {
              setWasEmpty(files.length === 0);
              addPhotos(client, collection, files);
            }}
          />
        )}
      </RuleGate>
      {wasEmpty && <Text mt="sm">{t.enrollMany.noPictures}</Text>}
      {photos.length > 0 && (
        <>
          <Progress
            mt="md"
            value={(100 * done) / photos.length}
            animated={done < photos.length}
            aria-label={t.recognize.progress}
          />
          <Group justify="space-between" my="md">
            <Text role="status" aria-live={done < photos.length ? 'off' : 'polite'}>
              {t.recognize.summary(done, photos.length)}
            </Text>
            <div className="wide">
              <SegmentedControl
                aria-label={t.recognize.filter}
                value={filter}
                onChange={setFilter}
                data={(Object.keys(FILTERS) as Filter[]).map((value) => ({
                  value,
                  label: t.recognize.filters[value](counts[value]),
                }))}
              />
            </div>
          </Group>
          {canAsk && lasting !== undefined && (
            <Box mb="md">
              <ErrorNote error={lasting} />
            </Box>
          )}
          {canAsk && counts.failed > 0 && (
            <Button
              mb="md"
              mr="sm"
              variant="default"
              leftSection={<IconRefresh size={18} />}
              onClick={() => tryFailedAgain(client, collection)}
            >
              {t.recognize.tryAgain(counts.failed)}
            </Button>
          )}
          {counts.unknown > 0 && <SortStrangers photos={photos} />}
          <SimpleGrid component="ul" className="plain-list" cols={{ base: 2, sm: 3, lg: 4 }}>
            {visible.slice(0, shown).map((photo) => (
              <PhotoCard key={photo.id} photo={photo} onOpen={setOpenId} />
            ))}
          </SimpleGrid>
          {visible.length > shown && (
            <Group justify="center" mt="lg">
              <Button variant="default" onClick={() => setShown(shown + SHOWN)}>
                {t.recognize.more(visible.length - shown)}
              </Button>
            </Group>
          )}
        </>
      )}
      {open && <PhotoDialog photo={open} canAskAgain={canAsk} onClose={() => setOpenId(null)} />}
    </>
  );
}
