import { ActionIcon, Button, Card, Group, Progress, Stack, Text } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { create } from 'zustand';
import type { Job, JobResult } from '../../client/index.ts';
import { codeText } from '../notices/problem-text.ts';
import { tellProblem } from '../notices/tell.ts';
import { root, useServer } from '../server/client.tsx';
import { useRefreshPeople } from '../server/people-queries.ts';
import { queryClient } from '../server/query-client.ts';
import { t } from '../texts/texts.ts';

const LOOK_MS = 5000;
/** How long the end of a job is told. */
const TOLD_MS = 3600 * 1000;

/** Notes that were read, as long as the page is open. */
const useHidden = create<{ readonly ids: readonly string[] }>(() => ({ ids: [] }));

/** Enrolments that go on at the server, and those that ended lately. */
export function JobNotes() {
  const { collection } = useServer();
  const hidden = useHidden(({ ids }) => ids);
  const { data: jobs } = useQuery({
    queryKey: ['jobs'],
    queryFn: () => root.listJobs(),
    refetchInterval: LOOK_MS,
  });
  const shown = jobs?.filter(
    (job) =>
      job.collection === collection &&
      !hidden.includes(job.id) &&
      (job.endedAt === null || isLate(job.endedAt)),
  );
  // They run one after the other, the oldest first. Browsers open six connections to a server, and each job that is
  // followed holds one.
  const followed = shown?.findLast(({ endedAt }) => endedAt === null)?.id;
  return shown?.map((job) => (
    <JobNote
      key={job.id}
      job={job}
      isFollowed={job.id === followed}
      onHide={() => useHidden.setState({ ids: [...hidden, job.id] })}
    />
  ));
}

const isLate = (endedAt: string) => Date.now() - Date.parse(endedAt) < TOLD_MS;

interface JobNoteProps {
  readonly job: Job;
  readonly isFollowed: boolean;
  readonly onHide: () => void;
}

function JobNote({ job: known, isFollowed, onHide }: JobNoteProps) {
  const job = useFollowedJob(known, isFollowed);
  const [isOpen, setOpen] = useState(false);
  const isRunning = job.endedAt === null;
  const stop = useMutation({
    mutationFn: () => root.cancelJob(job.id),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['jobs'] }),
    onError: tellProblem,
  });
  return (
    <Card withBorder mb="md" padding="sm">
      <Stack gap={6}>
        <Group justify="space-between" wrap="nowrap">
          <Text fw={600} role="status" aria-live={isRunning ? 'off' : 'polite'}>
            {isRunning ? t.jobs.running(job.done, job.total) : t.jobs.ended[job.status](job)}
          </Text>
          {isRunning ? (
            <Button
              size="compact-sm"
              variant="default"
              loading={stop.isPending}
              onClick={() => stop.mutate()}
            >
              {t.jobs.stop}
            </Button>
          ) : (
            <ActionIcon variant="subtle" aria-label={t.jobs.hide} onClick={onHide}>
              <IconX size={18} />
            </ActionIcon>
          )}
        </Group>
        {isRunning && (
          <>
            <Progress
              value={(100 * job.done) / Math.max(1, job.total)}
              animated
              aria-label={t.jobs.progress}
            />
            <Text size="sm" c="dimmed">
              {t.jobs.goesOn}
            </Text>
          </>
        )}
        {job.failed + job.skipped > 0 && (
          <Group>
            <Button
              size="compact-sm"
              variant="subtle"
              aria-expanded={isOpen}
              onClick={() => setOpen(!isOpen)}
            >
              {t.jobs.details(job.failed + job.skipped)}
            </Button>
          </Group>
        )}
        {isOpen && <JobFailures job={job} />}
      </Stack>
    </Card>
  );
}

function JobFailures({ job }: { job: Job }) {
  const isRunning = job.endedAt === null;
  const { data: failures } = useQuery({
    queryKey: ['job-failures', job.id, isRunning],
    queryFn: ({ signal }) => failuresOf(job.id, signal),
    refetchInterval: isRunning && LOOK_MS,
    placeholderData: keepPreviousData,
  });
  return (
    <ul className="plain-list job-failures">
      {failures?.map((result) => (
        <li key={result.picture}>
          <Text size="sm">
            <strong>{result.person}</strong> {result.file} — {reasonText(result)}
          </Text>
        </li>
      ))}
    </ul>
  );
}

const MOST_RESULTS = 1000;

/** The server gives them by the thousand. */
async function failuresOf(id: string, signal: AbortSignal): Promise<readonly JobResult[]> {
  const failures: JobResult[] = [];
  for (let after = 0; ; after += MOST_RESULTS) {
    signal.throwIfAborted();
    const results = await root.getJobResults(id, { after, limit: MOST_RESULTS });
    failures.push(...results.filter(({ status }) => status !== 'enrolled'));
    if (results.length < MOST_RESULTS) return failures;
  }
}

function reasonText({ lookalike, reason, message }: JobResult): string {
  return lookalike ? t.jobs.looksLike(lookalike.name) : codeText(reason, message);
}

/** The job as its events tell it, over broken connections too. */
function useFollowedJob(known: Job, isFollowed: boolean): Job {
  const [job, setJob] = useState(known);
  const refresh = useRefreshPeople();
  const isOver = known.endedAt !== null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what refresh does stays the same.
  useEffect(() => {
    if (isOver || !isFollowed) return;
    const gone = new AbortController();
    void (async () => {
      try {
        for await (const { event, data } of root.followJob(known.id, { signal: gone.signal })) {
          if (event !== 'result') setJob(data);
          if (event === 'end') {
            refresh();
            void queryClient.invalidateQueries({ queryKey: ['jobs'] });
          }
        }
      } catch {
        // Gone or cancelled: the list of jobs tells.
      }
    })();
    return () => gone.abort();
  }, [known.id, isOver, isFollowed]);
  return isOver || !isFollowed ? known : job;
}
