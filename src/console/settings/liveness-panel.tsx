import { Button, Group, Radio, Skeleton, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Liveness, LivenessPolicy } from '../../client/index.ts';
import { ErrorNote } from '../notices/error-note.tsx';
import { tell } from '../notices/tell.ts';
import { useEdits } from '../parts/use-edits.ts';
import { useServer } from '../server/client.tsx';
import { noteLiveness, useLiveness } from '../server/use-liveness.ts';
import { t } from '../texts/texts.ts';

const POLICIES: readonly LivenessPolicy[] = ['off', 'passive', 'active'];

/** What a face must show before it is named. */
export function LivenessPanel() {
  const { data, error } = useLiveness();
  if (error) return <ErrorNote error={error} />;
  if (!data) return <Skeleton h={200} />;
  return <LivenessForm liveness={data} />;
}

function LivenessForm({ liveness }: { liveness: Liveness }) {
  const { client, collection, may } = useServer();
  const { values, edit, settle } = useEdits({ policy: liveness.policy });
  const { policy } = values;
  const change = useMutation({
    mutationFn: () => client.setLiveness(policy),
    onSuccess: (next) => {
      tell(t.settings.saved);
      noteLiveness(collection, next);
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!change.isPending) change.mutate(undefined, { onSuccess: () => settle(values) });
      }}
    >
      <Stack>
        <Radio.Group
          label={t.liveness.title}
          description={t.liveness.explained}
          value={policy}
          onChange={(next) => edit({ policy: next as LivenessPolicy })}
          readOnly={!may('admin')}
        >
          <Stack mt="sm" gap="sm">
            {POLICIES.map((value) => (
              <Radio
                key={value}
                value={value}
                label={t.liveness.policies[value]}
                description={t.liveness.hints[value]}
              />
            ))}
          </Stack>
        </Radio.Group>
        <Text size="sm" c="dimmed">
          {t.liveness.limits}{' '}
          <Link href="/challenge" className="link">
            {t.liveness.tryIt}
          </Link>
        </Text>
        {change.error && <ErrorNote error={change.error} />}
        {may('admin') && (
          <Group>
            {/* Not `loading`: that disables it, and the keyboard's place is lost. */}
            <Button type="submit" aria-busy={change.isPending}>
              {t.settings.save}
            </Button>
          </Group>
        )}
      </Stack>
    </form>
  );
}
