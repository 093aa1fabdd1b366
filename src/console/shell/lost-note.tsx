import { Alert } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { tell } from '../notices/tell.ts';
import { root } from '../server/client.tsx';
import { useIsLost } from '../server/connection.ts';
import { queryClient } from '../server/query-client.ts';
import { t } from '../texts/texts.ts';

const LOOK_MS = 15_000;
const LOOK_AGAIN_MS = 1500;

/** Says that the server does not answer, and when it does again. */
export function LostNote() {
  const isLost = useIsLost();
  const wasLost = useRef(false);
  useQuery({
    queryKey: ['health'],
    queryFn: () => root.health(),
    refetchInterval: isLost ? LOOK_AGAIN_MS : LOOK_MS,
    retry: false,
    staleTime: 0,
  });
  useEffect(() => {
    if (wasLost.current && !isLost) {
      tell(t.shell.backAgain);
      void queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'health' });
    }
    wasLost.current = isLost;
  }, [isLost]);
  return (
    <div role="status">
      {isLost && (
        <Alert className="lost" color="red" variant="filled" radius={0} icon={<IconPlugConnectedX />}>
          {t.shell.lost}
        </Alert>
      )}
    </div>
  );
}
