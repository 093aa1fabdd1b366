import { Alert, Code } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { ProblemError } from '../../client/index.ts';
import { problemText } from '../server/problem-text.ts';
import { t } from '../texts/texts.ts';

/** What went wrong, told to whoever looks and whoever listens. */
export function ErrorNote({ error }: { error: unknown }) {
  const commands = fetchingCommands(error);
  return (
    <Alert color="red" role="alert" icon={<IconAlertTriangle />}>
      {commands.length === 0 ? problemText(error) : t.problems.netMissing}
      {commands.map((command, i) => (
        <div key={command}>
          {i > 0 && t.problems.orWith} <Code className="break">{command}</Code>
        </div>
      ))}
    </Alert>
  );
}

/** Each of which brings a net that is missing; the first is the best. */
function fetchingCommands(error: unknown): readonly string[] {
  if (!(error instanceof ProblemError) || error.code !== 'model_missing') return [];
  return error.message.match(/acquaint models pull .+?(?= - or|$)/g) ?? [];
}
