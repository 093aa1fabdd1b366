import { Center, Loader } from '@mantine/core';
import { useEffect } from 'react';
import { ProblemError } from '../../client/index.ts';
import { ErrorNote } from '../notices/error-note.tsx';
import { ServerProvider } from '../server/client.tsx';
import { useSession } from '../server/session.ts';
import { followForgetting } from '../stores/forget-in-page.ts';
import { t } from '../texts/texts.ts';
import { LostNote } from './lost-note.tsx';
import { Shell } from './shell.tsx';
import { SignIn } from './sign-in.tsx';

/** Who sits here decides what is shown: a way to sign in, or the console. */
export function App() {
  const session = useSession();
  // Also while somebody has to sign in: the page has kept what it knew.
  useEffect(followForgetting, []);
  if (session.error instanceof ProblemError && session.error.status === 401) return <SignIn />;
  if (session.data) {
    return (
      <ServerProvider session={session.data}>
        <Shell />
      </ServerProvider>
    );
  }
  return (
    <>
      <LostNote />
      <Center h="100vh">
        {session.error ? <ErrorNote error={session.error} /> : <Loader aria-label={t.shell.loading} />}
      </Center>
    </>
  );
}
