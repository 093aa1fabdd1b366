import { type NotificationData, notifications } from '@mantine/notifications';
import { t } from '../texts/texts.ts';
import { problemText } from './problem-text.ts';

const closeButtonProps = { 'aria-label': t.close };

/** Says in passing that something was done. */
export function tell(message: NotificationData['message'], more: Partial<NotificationData> = {}): void {
  notifications.show({ color: 'sea', closeButtonProps, ...more, message });
}

/** Says in passing what went wrong. */
export function tellProblem(error: unknown): void {
  notifications.show({ color: 'red', closeButtonProps, message: problemText(error) });
}
