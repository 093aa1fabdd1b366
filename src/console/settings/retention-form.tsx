import { Alert, Button, Group, List, Stack } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { CollectionSettings, CollectionSettingsChange, Expired } from '../../client/index.ts';
import { ErrorNote } from '../notices/error-note.tsx';
import { tell } from '../notices/tell.ts';
import { DaysInput, daysFrom } from '../parts/days-input.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { isWithin } from '../parts/limits.ts';
import { useEdits } from '../parts/use-edits.ts';
import { useServer } from '../server/client.tsx';
import { useRules } from '../server/use-rules.ts';
import { t } from '../texts/texts.ts';

/** Days. */
const GRACE = daysFrom(0);
const RETENTION = daysFrom(1);

interface RetentionValues {
  readonly grace: number | string;
  /** '': for ever. */
  readonly retention: number | string;
}

type Rules = Pick<CollectionSettingsChange, 'graceDays' | 'retentionDays'>;

/** What was asked about, and is saved so whatever stands in the form by then. */
interface Question {
  readonly values: RetentionValues;
  readonly rules: Rules;
}

/** How long people are kept. Whoever chooses so few days that somebody is erased at once is told before. */
export function RetentionForm({ settings }: { settings: CollectionSettings }) {
  const { client, may } = useServer();
  const { change } = useRules();
  const { values, edits, edit, settle } = useEdits<RetentionValues>({
    grace: settings.graceDays,
    retention: settings.retentionDays ?? '',
  });
  const [doomed, setDoomed] = useState<(Question & { readonly expired: Expired }) | null>(null);
  const save = (question: Question) =>
    change.mutate(question.rules, { onSuccess: () => settle(question.values) });
  const look = useMutation({
    mutationFn: ({ rules }: Question) => client.getExpired(rules),
    onSuccess: (expired, question) =>
      isNobody(expired) ? save(question) : setDoomed({ ...question, expired }),
  });
  const isAdmin = may('admin');
  const wrong = {
    grace: edits.grace !== undefined && !isWithin(GRACE, edits.grace),
    retention: (edits.retention ?? '') !== '' && !isWithin(RETENTION, edits.retention!),
  };
  const isBusy = look.isPending || change.isPending;
  const error = look.error ?? change.error;
  const submit = () => {
    if (wrong.grace || wrong.retention || isBusy) return;
    const rules = rulesOf(edits);
    if (Object.keys(rules).length === 0) tell(t.settings.saved);
    else {
      change.reset();
      look.mutate({ values, rules });
    }
  };
  return (
    <>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Stack>
          <DaysInput
            label={t.privacy.grace}
            description={t.privacy.graceHint}
            value={values.grace}
            onChange={(next) => edit({ grace: next })}
            limits={GRACE}
            isWrong={wrong.grace}
            maw={460}
            readOnly={!isAdmin}
          />
          <DaysInput
            label={t.privacy.retention}
            description={t.privacy.retentionHint}
            placeholder={t.privacy.forever}
            value={values.retention}
            onChange={(next) => edit({ retention: next })}
            limits={RETENTION}
            isWrong={wrong.retention}
            maw={460}
            readOnly={!isAdmin}
          />
          {error && <ErrorNote error={error} />}
          {isAdmin && (
            <Group>
              {/* Not `loading`: that disables it, and the keyboard's place is lost. */}
              <Button type="submit" aria-busy={isBusy} aria-disabled={wrong.grace || wrong.retention}>
                {t.settings.save}
              </Button>
            </Group>
          )}
        </Stack>
      </form>
      {doomed && (
        <ErasureDialog
          expired={doomed.expired}
          onSure={() => {
            setDoomed(null);
            save(doomed);
          }}
          onClose={() => setDoomed(null)}
        />
      )}
    </>
  );
}

function rulesOf({ grace, retention }: Partial<RetentionValues>): Rules {
  return {
    ...(grace !== undefined && { graceDays: Number(grace) }),
    ...(retention !== undefined && { retentionDays: retention === '' ? null : Number(retention) }),
  };
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
