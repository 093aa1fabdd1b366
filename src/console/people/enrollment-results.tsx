import { Button, Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconMinus } from '@tabler/icons-react';
import type { Whose } from '../../client/index.ts';
import { codeText } from '../notices/problem-text.ts';
import { fileKey } from '../pictures/file-key.ts';
import { Thumbnail } from '../pictures/thumbnail.tsx';
import { t } from '../texts/texts.ts';
import type { EnrolledPicture, EnrollOptions } from './use-enrollment.ts';

interface EnrollmentResultsProps {
  readonly done: readonly EnrolledPicture[];
  readonly isRunning: boolean;
  /** Tries a picture again: for another person, or with more allowed. */
  readonly onAgain: (picture: File, person: Whose | null, options: EnrollOptions) => void;
}

/** What became of each photo, those that need a word first. */
export function EnrollmentResults({ done, isRunning, onAgain }: EnrollmentResultsProps) {
  const sorted = done.toSorted((a, b) => rank(a) - rank(b));
  return (
    <ul className="plain-list results">
      {sorted.map(({ picture, result }) => (
        <li key={fileKey(picture)} className="result">
          <Thumbnail picture={picture} alt="" />
          <Stack gap={4} flex={1} miw={0}>
            <Group gap={6} wrap="nowrap">
              <StatusIcon status={result.status} />
              <Text size="sm" truncate>
                {picture.name}
              </Text>
            </Group>
            {result.status !== 'enrolled' && (
              <Text size="sm" c="dimmed">
                {result.lookalike
                  ? t.enroll.looksLike(result.lookalike.name)
                  : codeText(result.reason, result.message)}
              </Text>
            )}
            {!isRunning && result.reason === 'multiple_faces' && (
              <Button
                size="compact-sm"
                variant="default"
                onClick={() => onAgain(picture, null, { largest: true })}
              >
                {t.enroll.takeLargest}
              </Button>
            )}
            {!isRunning && result.lookalike && (
              <Group gap="xs">
                <Button
                  size="compact-sm"
                  variant="default"
                  onClick={() => onAgain(picture, result.lookalike!, {})}
                >
                  {t.enroll.underName(result.lookalike.name)}
                </Button>
                <Button
                  size="compact-sm"
                  variant="default"
                  onClick={() => onAgain(picture, null, { allowLookalikes: true })}
                >
                  {t.enroll.twoPeople}
                </Button>
              </Group>
            )}
          </Stack>
        </li>
      ))}
    </ul>
  );
}

const RANKS = { failed: 0, skipped: 1, enrolled: 2 } as const;
const rank = ({ result }: EnrolledPicture) => RANKS[result.status];

function StatusIcon({ status }: { status: EnrolledPicture['result']['status'] }) {
  const label = t.enroll.status[status];
  if (status === 'enrolled') return <IconCheck size={18} className="good" aria-label={label} />;
  if (status === 'skipped') return <IconMinus size={18} aria-label={label} />;
  return <IconAlertTriangle size={18} className="bad" aria-label={label} />;
}
