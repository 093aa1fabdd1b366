import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { AcquaintClient } from '../../client/index.ts';
import { problemText } from '../notices/problem-text.ts';
import { useServer } from '../server/client.tsx';
import { isSignedOut } from '../server/failures.ts';
import { patiently } from '../server/patiently.ts';
import { changeStrangers, type Stranger, useStrangersOf } from '../stores/strangers-store.ts';
import { t } from '../texts/texts.ts';

export interface StrangerGroup {
  readonly key: string;
  readonly faces: readonly Stranger[];
}

/** Strangers who look alike, together: groups made by hand first, then the largest. */
export function useGroups() {
  const { client, collection } = useServer();
  const faces = useStrangersOf(collection);
  useEmbeddings(client, collection, faces);
  const pending = faces.filter(({ embedding, failure }) => embedding === null && failure === null).length;
  const free = faces.filter(({ group, embedding }) => group === null && embedding !== null);
  const grouping = useQuery({
    queryKey: ['groups', collection, free.map(({ id }) => id)],
    queryFn: async ({ signal }) => {
      const { groups } = await client.groupFaces(
        {
          recipe: free[0]!.recipe!,
          embeddings: free.map(({ embedding }) => [...embedding!]),
        },
        { signal },
      );
      return groups.map((group) => group.map((i) => free[i]!.id));
    },
    // While embeddings come one after the other, not each of them sorts all of them anew.
    enabled: free.length > 0 && (pending === 0 || free.length % SORTED_EVERY === 0),
    gcTime: 0,
    placeholderData: keepPreviousData,
  });
  return {
    groups:
      free.length > 0 ? [...madeByHand(faces), ...together(faces, grouping.data ?? [])] : madeByHand(faces),
    unusable: faces.filter(({ failure }) => failure !== null),
    pending,
    total: faces.length,
    error: grouping.error,
  };
}

const SORTED_EVERY = 25;

function madeByHand(faces: readonly Stranger[]): readonly StrangerGroup[] {
  const keys = new Set(faces.map(({ group }) => group).filter((group) => group !== null));
  return [...keys].map((key) => ({ key, faces: faces.filter(({ group }) => group === key) }));
}

function together(
  faces: readonly Stranger[],
  groups: readonly (readonly string[])[],
): readonly StrangerGroup[] {
  const byId = new Map(faces.filter(({ group }) => group === null).map((face) => [face.id, face]));
  return groups
    .map((ids) => ids.map((id) => byId.get(id)).filter((face) => face !== undefined))
    .filter((own) => own.length > 0)
    .map((own) => ({ key: own[0]!.id, faces: own }));
}

/** Asks for the embeddings that are missing, one after the other. */
function useEmbeddings(client: AcquaintClient, collection: string, faces: readonly Stranger[]): void {
  const next = faces.find(({ embedding, failure }) => embedding === null && failure === null);
  const id = next?.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: one face after the other, each by its id.
  useEffect(() => {
    if (!next) return;
    const gone = new AbortController();
    patiently(() => client.embed(next.picture, { signal: gone.signal }), gone.signal).then(
      ({ faces: found }) => {
        const [largest] = found.toSorted((a, b) => b.quality.sizePx - a.quality.sizePx);
        changeStrangers(
          collection,
          [next.id],
          largest
            ? { embedding: largest.embedding, recipe: largest.recipe }
            : { failure: t.problems.codes.no_face! },
        );
      },
      (error) =>
        !gone.signal.aborted &&
        !isSignedOut(error) &&
        changeStrangers(collection, [next.id], { failure: problemText(error) }),
    );
    return () => gone.abort();
  }, [client, id]);
}
