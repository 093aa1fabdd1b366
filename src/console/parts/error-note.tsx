import { Alert } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { problemText } from '../server/problem-text.ts';

/** What went wrong, told to whoever looks and whoever listens. */
export function ErrorNote({ error }: { error: unknown }) {
  return (
    <Alert color="red" role="alert" icon={<IconAlertTriangle />}>
      {problemText(error)}
    </Alert>
  );
}
