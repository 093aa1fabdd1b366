import { Alert, Code } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { ProblemError } from '../../client/index.ts';
import { t } from '../texts/texts.ts';
import { problemText } from './problem-text.ts';

/** What went wrong, told to whoever looks and whoever listens. */
export function ErrorNote({ error }: { error: unknown }) {
  const commands = (error instanceof ProblemError && error.problem.commands) || [];
  return (
    <Alert color="red" role="alert" icon={<IconAlertTriangle />}>
      {problemText(error)}
      {commands.map((command, i) => (
        <div key={command}>
          {i > 0 && t.problems.orWith} <Code className="break">{command}</Code>
        </div>
      ))}
    </Alert>
  );
}
