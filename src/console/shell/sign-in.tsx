import { Button, Card, Center, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { Session } from '../../client/index.ts';
import { ErrorNote } from '../notices/error-note.tsx';
import { root } from '../server/client.tsx';
import { queryClient } from '../server/query-client.ts';
import { t } from '../texts/texts.ts';
import { Brand } from './brand.tsx';

/** An API key becomes a session: a cookie that scripts cannot read. The key is not kept. */
export function SignIn() {
  const [key, setKey] = useState('');
  const signIn = useMutation({
    mutationFn: () => root.signIn(key.trim()),
    onSuccess: (session) => {
      const last = queryClient.getQueryData<Session>(['session']);
      const isSame =
        !last || (last.caller === session.caller && last.scopes.join() === session.scopes.join());
      if (isSame) queryClient.setQueryData(['session'], session);
      // What the page remembers is the other one's.
      else location.reload();
    },
  });
  return (
    <Center component="main" mih="100vh" p="md">
      <Card withBorder shadow="sm" padding="xl" w="100%" maw={440}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            signIn.mutate();
          }}
        >
          <Stack>
            <Brand />
            <Title order={1} size="h2">
              {t.signIn.title}
            </Title>
            <Text c="dimmed">{t.signIn.explained}</Text>
            <PasswordInput
              label={t.signIn.key}
              value={key}
              onChange={(event) => setKey(event.currentTarget.value)}
              autoComplete="off"
              required
              data-autofocus
            />
            {signIn.error && <ErrorNote error={signIn.error} />}
            <Button type="submit" loading={signIn.isPending} disabled={key.trim() === ''}>
              {t.signIn.go}
            </Button>
            <Text size="sm" c="dimmed">
              {t.signIn.howToMake} <code>acquaint keys create --name console --scopes admin</code>
            </Text>
          </Stack>
        </form>
      </Card>
    </Center>
  );
}
