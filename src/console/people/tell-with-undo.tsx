import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { AcquaintClient, LifeEvent } from '../../client/index.ts';
import { tell, tellProblem } from '../notices/tell.ts';
import { t } from '../texts/texts.ts';

const SHOWN_MS = 12_000;
let told = 0;

/** Says what was done, with a way back where it was the last change. */
export async function tellWithUndo(
  message: string,
  kind: LifeEvent['kind'],
  client: AcquaintClient,
  refresh: () => void,
): Promise<void> {
  // Others change things too: only this change is offered back.
  const [event] = await client.history({ limit: 1 }).catch(() => []);
  if (event?.kind !== kind || event.undoneAt !== null) return tell(message);
  const id = `undo-${++told}`;
  let isUndone = false;
  const undo = async () => {
    if (isUndone) return;
    isUndone = true;
    notifications.hide(id);
    try {
      await client.undo(event.id);
      tell(t.people.undone);
    } catch (error) {
      tellProblem(error);
    }
    refresh();
  };
  tell(
    <Group justify="space-between" wrap="nowrap">
      <Text size="sm" lineClamp={3} className="break">
        {message}
      </Text>
      <Button flex="none" size="compact-sm" variant="default" onClick={undo}>
        {t.people.undo}
      </Button>
    </Group>,
    { id, autoClose: SHOWN_MS },
  );
}
