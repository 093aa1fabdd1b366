import { Center, Loader } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ProblemError } from '../../client/index.ts';
import { ErrorNote } from '../notices/error-note.tsx';
import { root, ServerProvider } from '../server/client.tsx';
import { t } from '../texts/texts.ts';
import { LostNote } from './lost-note.tsx';
import { Shell } from './shell.tsx';
import { SignIn } from './sign-in.tsx';

/** Who sits here decides what is shown: a way to sign in, or the console. */
export function App() {
  const session = useQuery({ queryKey: ['session'], queryFn: () => root.whoAmI(), staleTime: 60_000 });
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
