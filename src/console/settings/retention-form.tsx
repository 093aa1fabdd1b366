import { Alert, Button, Group, List, NumberInput, Stack } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { CollectionSettings, Expired } from '../../client/index.ts';
import { ErrorNote } from '../notices/error-note.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { isWithin, type Limits } from '../parts/limits.ts';
import { useEdits } from '../parts/use-edits.ts';
import { useServer } from '../server/client.tsx';
import { useRules } from '../server/use-rules.ts';
import { t } from '../texts/texts.ts';

/** Days. */
const GRACE: Limits = { min: 0, max: 3650 };
const RETENTION: Limits = { min: 1, max: 36_500 };

interface RetentionValues {
  readonly grace: number | string;
  /** '': for ever. */
  readonly retention: number | string;
}

/** How long people are kept. Whoever chooses so few days that somebody is erased at once is told before. */
export function RetentionForm({ settings }: { settings: CollectionSettings }) {
  const { client, may } = useServer();
  const { change } = useRules();
  const { values, edit, settle } = useEdits<RetentionValues>({
    grace: settings.graceDays,
    retention: settings.retentionDays ?? '',
  });
  const [doomed, setDoomed] = useState<Expired | null>(null);
  const { grace, retention } = values;
  const rules = {
    graceDays: Number(grace),
    retentionDays: retention === '' ? null : Number(retention),
  };
  const save = () => change.mutate(rules, { onSuccess: () => settle(values) });
  const look = useMutation({
    mutationFn: () => client.getExpired(rules),
    onSuccess: (expired) => (isNobody(expired) ? save() : setDoomed(expired)),
  });
  const isAdmin = may('admin');
  const isValid = isWithin(GRACE, grace) && (retention === '' || isWithin(RETENTION, retention));
  const isBusy = look.isPending || change.isPending;
  const error = look.error ?? change.error;
  return (
    <>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isValid && !isBusy) look.mutate();
        }}
      >
        <Stack>
          <NumberInput
            label={t.privacy.grace}
            description={t.privacy.graceHint}
            value={grace}
            onChange={(next) => edit({ grace: next })}
            {...GRACE}
            maw={460}
            readOnly={!isAdmin}
          />
          <NumberInput
            label={t.privacy.retention}
            description={t.privacy.retentionHint}
            placeholder={t.privacy.forever}
            value={retention}
            onChange={(next) => edit({ retention: next })}
            {...RETENTION}
            maw={460}
            readOnly={!isAdmin}
          />
          {error && <ErrorNote error={error} />}
          {isAdmin && (
            <Group>
              {/* Not `loading`: that disables it, and the keyboard's place is lost. */}
              <Button type="submit" aria-busy={isBusy} disabled={!isValid}>
                {t.settings.save}
              </Button>
            </Group>
          )}
        </Stack>
      </form>
      {doomed && (
        <ErasureDialog
          expired={doomed}
          onSure={() => {
            setDoomed(null);
            save();
          }}
          onClose={() => setDoomed(null)}
        />
      )}
    </>
  );
}

const isNobody = ({ people, removedPeople, removedFaces }: Expired) =>
  people + removedPeople + removedFaces === 0;

interface ErasureDialogProps {
  readonly expired: Expired;
  readonly onSure: () => void;
  readonly onClose: () => void;
}

function ErasureDialog({ expired, onSure, onClose }: ErasureDialogProps) {
  const { people, removedPeople, removedFaces } = expired;
  return (
    <Dialog onClose={onClose} title={t.privacy.eraseTitle}>
      <Stack>
        <Alert color="red" icon={<IconAlertTriangle />} title={t.forget.warning}>
          <List size="sm">
            {people > 0 && <List.Item>{t.privacy.erasePeople(people)}</List.Item>}
            {removedPeople > 0 && <List.Item>{t.privacy.eraseRemovedPeople(removedPeople)}</List.Item>}
            {removedFaces > 0 && <List.Item>{t.privacy.eraseRemovedFaces(removedFaces)}</List.Item>}
          </List>
        </Alert>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t.cancel}
          </Button>
          <Button className="danger" onClick={onSure}>
            {t.privacy.eraseGo}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
