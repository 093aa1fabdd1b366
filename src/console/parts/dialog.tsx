import { Button, Group, Modal, type ModalProps, Stack, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { t } from '../texts/texts.ts';
import { useAskBeforeLeaving } from './ask-before-leaving.ts';
import { isAnyDialogOpen, useBackCloses } from './back-closes.ts';

interface DialogProps extends Omit<ModalProps, 'opened' | 'closeOnClickOutside'> {
  /** What closing it now would lose: asked about before Escape, Back, a click beside it or another page loses it. */
  readonly unsaved?: string | null;
  /** It asks about the dialog below: Back has an entry for it there. */
  readonly isQuestion?: boolean;
}

/** A dialog that is there as long as it is open; afterwards the keyboard is where it was. */
export function Dialog(props: DialogProps) {
  const { unsaved = null, isQuestion = false, onClose, closeOnEscape = true, children, ...modal } = props;
  const [wasAsked, setAsked] = useState(false);
  // It may have been saved meanwhile.
  const isAsking = wasAsked && unsaved !== null;
  const leave = () => (unsaved === null ? onClose() : setAsked(true));
  const isOnTop = useBackCloses(leave, (isQuestion ? 0 : 1) + (unsaved === null ? 0 : 1));
  useAskBeforeLeaving(unsaved !== null);
  useFocusBack();
  const setContent = useFocusInside(isOnTop);
  return (
    // The dialog over it is closed first.
    <Modal opened onClose={leave} closeOnEscape={closeOnEscape && !isAsking} {...modal}>
      <div ref={setContent} tabIndex={-1} className="dialog-content">
        {children}
      </div>
      {isAsking && (
        <Dialog isQuestion title={t.leaving.title} size="sm" onClose={() => setAsked(false)}>
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

const isFocusLost = () => document.activeElement === null || document.activeElement === document.body;

function useFocusBack(): void {
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      if (before instanceof HTMLElement && before !== document.body && before.isConnected)
        before.focus({ preventScroll: true });
      // What opened it is gone, as an item of a menu is, or a dialog that was closed with it.
      else if (isFocusLost() && !isAnyDialogOpen())
        document.getElementById('main')?.focus({ preventScroll: true });
    },
    [before],
  );
}

/** Chrome takes the keyboard from what is disabled a frame later. */
const SETTLED_MS = 50;

/** The keyboard stays in the dialog when what it was at is gone or disabled: behind it are the page's links. */
function useFocusInside(isOnTop: () => boolean): (content: HTMLElement | null) => void {
  const [content, setContent] = useState<HTMLElement | null>(null);
  useEffect(() => {
    if (!content) return;
    const bringBack = () => {
      if (isOnTop() && isFocusLost()) content.focus({ preventScroll: true });
    };
    // What is taken away or disabled says nothing.
    const watcher = new MutationObserver(() => setTimeout(bringBack, SETTLED_MS));
    watcher.observe(content, { childList: true, subtree: true, attributeFilter: ['disabled'] });
    const onKey = ({ key }: KeyboardEvent) => key === 'Tab' && bringBack();
    document.addEventListener('keydown', onKey, true);
    return () => {
      watcher.disconnect();
      document.removeEventListener('keydown', onKey, true);
    };
  }, [content, isOnTop]);
  return setContent;
}
