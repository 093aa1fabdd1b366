import { Button, Group, Pagination, SimpleGrid, Skeleton, Text, TextInput } from '@mantine/core';
import { useDebouncedValue, useDisclosure } from '@mantine/hooks';
import { IconHistory, IconSearch, IconUserPlus, IconUserSearch, IconUsersPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { ErrorNote } from '../notices/error-note.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { useServer } from '../server/client.tsx';
import { PEOPLE_ON_A_PAGE, usePeople } from '../server/people-queries.ts';
import { t } from '../texts/texts.ts';
import { EnrollDialog } from './enroll-dialog.tsx';
import { EnrollManyDialog } from './enroll-many-dialog.tsx';
import { HistoryDialog } from './history-dialog.tsx';
import { JobNotes } from './job-notes.tsx';
import { PersonCard } from './person-card.tsx';

/** Shown while nobody is there yet. */
const PLACEHOLDERS = Array.from({ length: 12 }, (_, i) => i);

export default function PeoplePage() {
  const { may } = useServer();
  const [text, setText] = useState('');
  const [query] = useDebouncedValue(text.trim(), 200);
  const [page, setPage] = useState(1);
  const [isEnrolling, enrolling] = useDisclosure();
  const [isEnrollingMany, enrollingMany] = useDisclosure();
  const [isHistoryOpen, history] = useDisclosure();
  const { data, error } = usePeople(query, page - 1);
  const pages = Math.ceil((data?.total ?? 0) / PEOPLE_ON_A_PAGE);
  const isEmpty = data?.total === 0 && query === '';
  // The last person of the last page may have gone.
  if (data && page > Math.max(1, pages)) setPage(Math.max(1, pages));

  return (
    <>
      <PageHead
        title={t.people.title}
        text={data && !isEmpty ? t.people.count(data.total) : t.people.explained}
      >
        {may('read') && !isEmpty && (
          <Button variant="default" leftSection={<IconHistory size={18} />} onClick={history.open}>
            {t.people.changes}
          </Button>
        )}
        {may('enroll') && !isEmpty && (
          <>
            <Button variant="default" leftSection={<IconUsersPlus size={18} />} onClick={enrollingMany.open}>
              {t.people.addMany}
            </Button>
            <Button leftSection={<IconUserPlus size={18} />} onClick={enrolling.open}>
              {t.people.add}
            </Button>
          </>
        )}
      </PageHead>
      {may('read') && may('enroll') && <JobNotes />}
      {!may('read') && <Text>{t.people.notAllowed}</Text>}
      {error && !data && <ErrorNote error={error} />}
      {may('read') && !isEmpty && (
        <TextInput
          className="search"
          type="search"
          leftSection={<IconSearch size={18} />}
          aria-label={t.people.search}
          placeholder={t.people.search}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setPage(1);
          }}
        />
      )}
      {isEmpty && (
        <EmptyState icon={<IconUserPlus size={38} />} title={t.people.emptyTitle} text={t.people.emptyText}>
          {may('enroll') && (
            <>
              <Button size="md" leftSection={<IconUserPlus size={18} />} onClick={enrolling.open}>
                {t.people.addFirst}
              </Button>
              <Button
                size="md"
                variant="default"
                leftSection={<IconUsersPlus size={18} />}
                onClick={enrollingMany.open}
              >
                {t.people.addMany}
              </Button>
            </>
          )}
        </EmptyState>
      )}
      {data?.total === 0 && query !== '' && (
        <EmptyState
          icon={<IconUserSearch size={38} />}
          title={t.people.noneFoundTitle}
          text={t.people.noneFound(query)}
        />
      )}
      <SimpleGrid component="ul" className="plain-list" cols={{ base: 2, xs: 3, md: 4, xl: 6 }} mt="lg">
        {data && may('read')
          ? data.people.map((person) => <PersonCard key={person.id} person={person} />)
          : !error && may('read') && PLACEHOLDERS.map((key) => <Skeleton key={key} component="li" h={210} />)}
      </SimpleGrid>
      {pages > 1 && (
        <Group justify="center" mt="xl">
          <Pagination
            total={pages}
            value={page}
            onChange={setPage}
            getItemProps={(item) => ({ 'aria-label': t.people.page(item) })}
            getControlProps={(control) => ({ 'aria-label': t.people.pageControls[control] })}
          />
        </Group>
      )}
      <Text className="sr-only" role="status">
        {data && query ? t.people.count(data.total) : ''}
      </Text>
      {isEnrolling && <EnrollDialog onClose={enrolling.close} />}
      {isEnrollingMany && <EnrollManyDialog onClose={enrollingMany.close} />}
      {isHistoryOpen && <HistoryDialog onClose={history.close} />}
    </>
  );
}
