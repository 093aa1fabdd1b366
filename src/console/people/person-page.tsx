import { ActionIcon, Anchor, Badge, Button, Group, Menu, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useDisclosure, useDocumentTitle } from '@mantine/hooks';
import {
  IconArrowLeft,
  IconArrowsJoin,
  IconDots,
  IconFileExport,
  IconFlame,
  IconPencil,
  IconPhotoPlus,
  IconTrash,
} from '@tabler/icons-react';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { ErrorNote } from '../notices/error-note.tsx';
import { saveFile } from '../parts/save-file.ts';
import { PersonFace } from '../pictures/face-crop.tsx';
import { useServer } from '../server/client.tsx';
import { isGone } from '../server/failures.ts';
import { usePeopleChange, usePerson, useRefreshPeople } from '../server/people-queries.ts';
import { dateAndTime, t } from '../texts/texts.ts';
import { EnrollDialog } from './enroll-dialog.tsx';
import { ForgetDialog } from './forget-dialog.tsx';
import { MergeDialog } from './merge-dialog.tsx';
import { PersonPhotos } from './person-photos.tsx';
import { RenameDialog } from './rename-dialog.tsx';
import { tellWithUndo } from './tell-with-undo.tsx';

type OpenDialog = 'rename' | 'merge' | 'forget' | 'enroll';

export default function PersonPage({ id }: { id: string }) {
  const { client, may } = useServer();
  const refresh = useRefreshPeople();
  const [, goTo] = useLocation();
  const { data: person, error } = usePerson(id);
  const [dialog, setDialog] = useState<OpenDialog | null>(null);
  const [isMenuOpen, menu] = useDisclosure();
  useDocumentTitle(`${(!isGone(error) && person?.name) || t.people.title} · acquaint`);
  const close = () => setDialog(null);
  const remove = usePeopleChange((server) => server.removePerson(id), {
    onDone: ({ name }) => {
      void tellWithUndo(t.person.removed(name), 'remove', client, refresh);
    },
  });
  const download = usePeopleChange((server) => server.exportPeople(id), {
    onDone: (file) => saveFile(file, `${person?.name ?? 'person'}.ndjson`),
  });

  // Somebody else may have forgotten the person.
  if (error && (!person || isGone(error))) {
    return (
      <Stack>
        <BackToPeople />
        <ErrorNote error={error} />
      </Stack>
    );
  }
  if (!person) return <Skeleton h={120} />;
  return (
    <Stack gap="lg">
      <BackToPeople />
      <Group justify="space-between" align="flex-start" gap="md">
        <Group wrap="nowrap" gap="lg" miw={0}>
          <PersonFace person={person} alt={t.person.faceOf(person.name)} size={104} />
          <Stack gap={4} miw={0}>
            <Group gap={6} wrap="nowrap">
              <Title order={1} size="h2" className="break" lineClamp={3} title={person.name}>
                <bdi>{person.name}</bdi>
              </Title>
              {may('enroll') && (
                <ActionIcon
                  variant="subtle"
                  size="lg"
                  aria-label={t.person.rename}
                  onClick={() => setDialog('rename')}
                >
                  <IconPencil size={19} />
                </ActionIcon>
              )}
            </Group>
            <Text c="dimmed">
              {t.people.photos(person.faces)} · {t.person.since(dateAndTime(person.createdAt))}
            </Text>
            {person.externalId !== null && (
              <Badge variant="default" tt="none">
                {t.person.externalId}: {person.externalId}
              </Badge>
            )}
          </Stack>
        </Group>
        {may('enroll') && (
          <Group gap="sm">
            <Button leftSection={<IconPhotoPlus size={18} />} onClick={() => setDialog('enroll')}>
              {t.person.addPhotos}
            </Button>
            <Menu position="bottom-end" opened={isMenuOpen} onChange={menu.toggle} withinPortal={false}>
              <Menu.Target>
                <ActionIcon variant="default" size={36} aria-label={t.person.more}>
                  <IconDots size={20} />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item leftSection={<IconArrowsJoin size={16} />} onClick={() => setDialog('merge')}>
                  {t.person.merge}
                </Menu.Item>
                {may('admin') && (
                  <Menu.Item
                    leftSection={<IconFileExport size={16} />}
                    onClick={() => download.mutate(undefined)}
                  >
                    {t.person.export}
                  </Menu.Item>
                )}
                <Menu.Item
                  leftSection={<IconTrash size={16} />}
                  onClick={() => remove.mutate(undefined, { onSuccess: () => goTo('/people') })}
                >
                  {t.person.remove}
                </Menu.Item>
                {may('admin') && (
                  <Menu.Item
                    className="bad"
                    leftSection={<IconFlame size={16} />}
                    onClick={() => setDialog('forget')}
                  >
                    {t.person.forget}
                  </Menu.Item>
                )}
              </Menu.Dropdown>
            </Menu>
          </Group>
        )}
      </Group>
      <PersonPhotos person={person} />
      {dialog === 'rename' && <RenameDialog person={person} onClose={close} />}
      {dialog === 'merge' && <MergeDialog person={person} onClose={close} />}
      {dialog === 'forget' && <ForgetDialog person={person} onClose={close} />}
      {dialog === 'enroll' && <EnrollDialog person={person} onClose={close} />}
    </Stack>
  );
}

function BackToPeople() {
  return (
    <Anchor component={Link} href="/people" className="back">
      <IconArrowLeft size={16} aria-hidden /> {t.person.back}
    </Anchor>
  );
}
