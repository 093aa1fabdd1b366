import { Button, Group, Modal, type ModalProps, Stack, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { t } from '../texts/texts.ts';
import { useAskBeforeLeaving } from './ask-before-leaving.ts';
import { useBackCloses } from './back-closes.ts';

interface DialogProps extends Omit<ModalProps, 'opened' | 'closeOnClickOutside'> {
  /** What closing it now would lose: asked about before Escape, Back, a click beside it or another page loses it. */
  readonly unsaved?: string | null;
}

/** A dialog that is there as long as it is open; afterwards the keyboard is where it was. */
export function Dialog({ unsaved = null, onClose, closeOnEscape = true, children, ...props }: DialogProps) {
  const [wasAsked, setAsked] = useState(false);
  // It may have been saved meanwhile.
  const isAsking = wasAsked && unsaved !== null;
  const leave = () => (unsaved === null ? onClose() : setAsked(true));
  useFocusBack();
  useBackCloses(leave);
  useAskBeforeLeaving(unsaved !== null);
  return (
    // The dialog over it is closed first.
    <Modal opened onClose={leave} closeOnEscape={closeOnEscape && !isAsking} {...props}>
      {children}
      {isAsking && (
        <Dialog title={t.leaving.title} size="sm" onClose={() => setAsked(false)}>
          <Stack>
            <Text>{unsaved}</Text>
            <Group justify="flex-end">
              <Button variant="default" onClick={() => setAsked(false)} data-autofocus>
                {t.leaving.stay}
              </Button>
              <Button className="danger" onClick={onClose}>
                {t.leaving.go}
              </Button>
            </Group>
          </Stack>
        </Dialog>
      )}
    </Modal>
  );
}

function useFocusBack(): void {
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
      // What opened it is gone, as an item of a menu is, or a dialog that was closed with it.
      else if (document.activeElement === document.body)
        document.getElementById('main')?.focus({ preventScroll: true });
    },
    [before],
  );
}
