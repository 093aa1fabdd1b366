import { Button, Card, Center, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { ErrorNote } from '../notices/error-note.tsx';
import { signIn } from '../server/session.ts';
import { t } from '../texts/texts.ts';
import { Brand } from './brand.tsx';

/** An API key becomes a session: a cookie that scripts cannot read. The key is not kept. */
export function SignIn() {
  const [key, setKey] = useState('');
  const begin = useMutation({
    mutationFn: () => signIn(key.trim()),
  });
  useDocumentTitle(`${t.signIn.title} · acquaint`);
  const input = useRef<HTMLInputElement>(null);
  // The session may have ended in the middle of work: whoever cannot see the page has to be told.
  useEffect(() => input.current?.focus(), []);
  return (
    <Center component="main" mih="100vh" p="md">
      <Card withBorder shadow="sm" padding="xl" w="100%" maw={440}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            begin.mutate();
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
              ref={input}
            />
            {begin.error && <ErrorNote error={begin.error} />}
            <Button type="submit" loading={begin.isPending} disabled={key.trim() === ''}>
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
