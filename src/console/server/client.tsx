import { createContext, type ReactNode, useContext, useMemo } from 'react';
import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import { AcquaintClient, allows, type Scope, type Session } from '../../client/index.ts';

/** One session for the page, whatever the collection. */
export const root = new AcquaintClient({ baseUrl: '' });

export const DEFAULT_COLLECTION = 'default';

interface Choice {
  readonly collection: string;
}

const useChoice = create<Choice>()(
  persist((): Choice => ({ collection: DEFAULT_COLLECTION }), { name: 'acquaint-collection' }),
);

export const chooseCollection = (collection: string) => useChoice.setState({ collection });

interface Server {
  readonly client: AcquaintClient;
  readonly collection: string;
  readonly session: Session;
  may(scope: Scope): boolean;
}

const ServerContext = createContext<Server | null>(null);

export function ServerProvider({ session, children }: { session: Session; children: ReactNode }) {
  const chosen = useChoice(({ collection }) => collection);
  const collection = allows(session.scopes, 'read') ? chosen : DEFAULT_COLLECTION;
  const server = useMemo<Server>(
    () => ({
      client: root.withCollection(collection),
      collection,
      session,
      may: (scope) => allows(session.scopes, scope),
    }),
    [collection, session],
  );
  return <ServerContext value={server}>{children}</ServerContext>;
}

/** The server with the chosen collection, and what this session may do. */
export function useServer(): Server {
  const server = useContext(ServerContext);
  if (!server) throw new Error('Expected a ServerProvider around whoever asks the server');
  return server;
}
