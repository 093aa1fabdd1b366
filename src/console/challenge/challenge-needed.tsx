import { Button } from '@mantine/core';
import { IconShieldCheck } from '@tabler/icons-react';
import { Link } from 'wouter';
import { EmptyState } from '../parts/empty-state.tsx';
import { useServer } from '../server/client.tsx';
import { t } from '../texts/texts.ts';

/** Stands where the server would refuse to name anybody, and leads to where it does. */
export function ChallengeNeeded() {
  const { may } = useServer();
  return (
    <div className="framed">
      <EmptyState
        icon={<IconShieldCheck size={38} />}
        title={t.liveness.neededTitle}
        text={t.liveness.neededText}
      >
        <Button size="md" component={Link} href="/challenge">
          {t.liveness.toChallenge}
        </Button>
        {may('admin') && (
          <Button size="md" variant="default" component={Link} href="/settings/liveness">
            {t.liveness.changeRule}
          </Button>
        )}
      </EmptyState>
    </div>
  );
}
