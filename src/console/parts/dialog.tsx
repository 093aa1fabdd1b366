import { Modal, type ModalProps } from '@mantine/core';
import { useEffect, useState } from 'react';

/** A dialog that is there as long as it is open; afterwards the keyboard is where it was. */
export function Dialog(props: Omit<ModalProps, 'opened'>) {
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      // What opened it may be gone, as an item of a menu is.
      const next = before?.isConnected ? before : document.getElementById('main');
      if (next instanceof HTMLElement) next.focus({ preventScroll: true });
    },
    [before],
  );
  return <Modal opened {...props} />;
}
