import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { AcquaintClient } from '../../client/index.ts';
import { tell, tellProblem } from '../parts/tell.ts';
import { t } from '../texts/texts.ts';

const SHOWN_MS = 12_000;
let told = 0;

/** Says what was done, with a way back. */
export function tellWithUndo(message: string, client: AcquaintClient, refresh: () => void): void {
  const id = `undo-${++told}`;
  const undo = async () => {
    notifications.hide(id);
    try {
      await client.undo();
      tell(t.people.undone);
    } catch (error) {
      tellProblem(error);
    }
    refresh();
  };
  tell(
    <Group justify="space-between" wrap="nowrap">
      <Text size="sm">{message}</Text>
      <Button size="compact-sm" variant="default" onClick={undo}>
        {t.people.undo}
      </Button>
    </Group>,
    { id, autoClose: SHOWN_MS },
  );
}
