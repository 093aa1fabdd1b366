import {
  Alert,
  Badge,
  Button,
  Checkbox,
  CopyButton,
  Group,
  Stack,
  Table,
  Text,
  TextInput,
} from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { ApiKey, CreatedApiKey, Scope } from '../../client/index.ts';
import { ErrorNote } from '../notices/error-note.tsx';
import { DaysInput, daysFrom } from '../parts/days-input.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { isWithin } from '../parts/limits.ts';
import { root, useServer } from '../server/client.tsx';
import { queryClient } from '../server/query-client.ts';
import { dateAndTime, day, t } from '../texts/texts.ts';

const SCOPES: readonly Scope[] = ['read', 'recognize', 'enroll', 'admin'];

const refreshKeys = () => {
  void queryClient.invalidateQueries({ queryKey: ['keys'] });
  void queryClient.invalidateQueries({ queryKey: ['session'] });
};

/** Who else may ask this server. */
export function KeysPanel() {
  const { session } = useServer();
  const { data: keys, error } = useQuery({ queryKey: ['keys'], queryFn: () => root.listKeys() });
  const [isCreating, setCreating] = useState(false);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  return (
    <Stack>
      <Text c="dimmed">{t.keys.explained}</Text>
      {session.csrfToken === null && keys?.length === 0 && (
        <Alert color="orange">{t.keys.firstWarning}</Alert>
      )}
      {error && <ErrorNote error={error} />}
      {keys && keys.length > 0 && (
        <Table.ScrollContainer minWidth={620} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
          <Table verticalSpacing="sm">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t.keys.name}</Table.Th>
                <Table.Th>{t.keys.scopes}</Table.Th>
                <Table.Th>{t.keys.lastUsed}</Table.Th>
                <Table.Th>{t.keys.expires}</Table.Th>
                <Table.Th>{t.collections.actions}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {keys.map((key) => (
                <Table.Tr key={key.id}>
                  <Table.Td fw={600}>{key.name}</Table.Td>
                  <Table.Td>
                    <Group gap={4}>
                      {key.scopes.map((scope) => (
                        <Badge key={scope} variant="default" tt="none">
                          {scope}
                        </Badge>
                      ))}
                    </Group>
                  </Table.Td>
                  <Table.Td>{key.lastUsedAt ? day(key.lastUsedAt) : t.keys.never}</Table.Td>
                  <Table.Td>{key.expiresAt ? dateAndTime(key.expiresAt) : t.keys.never}</Table.Td>
                  <Table.Td>
                    <Button
                      size="compact-sm"
                      variant="default"
                      className="bad"
                      aria-label={`${t.keys.revoke}: ${key.name}`}
                      onClick={() => setRevoking(key)}
                    >
                      {t.keys.revoke}
                    </Button>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <Group>
        <Button leftSection={<IconKey size={18} />} onClick={() => setCreating(true)}>
          {t.keys.create}
        </Button>
      </Group>
      {isCreating && <CreateDialog onClose={() => setCreating(false)} />}
      {revoking && <RevokeDialog apiKey={revoking} onClose={() => setRevoking(null)} />}
    </Stack>
  );
}

/** Until a key expires. */
const DAYS = daysFrom(1);

function CreateDialog({ onClose }: { onClose: () => void }) {
  const { session } = useServer();
  const [name, setName] = useState('');
  const isFirst = session.csrfToken === null;
  const [scopes, setScopes] = useState<string[]>([isFirst ? 'admin' : 'recognize']);
  const [days, setDays] = useState<number | string>('');
  const areDaysWrong = days !== '' && !isWithin(DAYS, days);
  const isClosed = useRef(false);
  const create = useMutation({
    mutationFn: async () => {
      const created = await root.createKey({
        name: name.trim(),
        scopes: SCOPES.filter((scope) => scopes.includes(scope)),
        ...(days !== '' && { expiresInDays: Number(days) }),
      });
      // From the first key on a key is needed: this page goes on with the one it has just made, or asks for it.
      if (isFirst) await root.signIn(created.secret).catch(() => {});
      return created;
    },
    // It was closed meanwhile: the key is in the list, to be revoked.
    onSuccess: () => isClosed.current && refreshKeys(),
  });
  const close = () => {
    isClosed.current = true;
    if (create.data) refreshKeys();
    onClose();
  };
  return (
    <Dialog
      onClose={close}
      title={t.keys.create}
      unsaved={create.data || create.isPending ? t.keys.once : null}
    >
      {create.data ? (
        <Secret created={create.data} onClose={close} />
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (!areDaysWrong && !create.isPending) create.mutate();
          }}
        >
          <Stack>
            <TextInput
              label={t.keys.name}
              description={t.keys.nameHint}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              required
              maxLength={100}
              data-autofocus
            />
            <Checkbox.Group label={t.keys.scopes} value={scopes} onChange={setScopes}>
              <Stack gap="xs" mt="xs">
                {SCOPES.map((scope) => (
                  <Checkbox
                    key={scope}
                    value={scope}
                    label={scope}
                    description={t.keys.scopeTexts[scope]}
                    // Without it nobody could make another one here.
                    disabled={isFirst && scope === 'admin'}
                  />
                ))}
              </Stack>
            </Checkbox.Group>
            <DaysInput
              label={t.keys.days}
              placeholder={t.keys.never}
              value={days}
              onChange={setDays}
              allowDecimal={false}
              limits={DAYS}
              isWrong={areDaysWrong}
            />
            {create.error && <ErrorNote error={create.error} />}
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose} disabled={create.isPending}>
                {t.cancel}
              </Button>
              <Button
                type="submit"
                disabled={name.trim() === '' || scopes.length === 0}
                loading={create.isPending}
              >
                {t.keys.create}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Dialog>
  );
}

function Secret({ created, onClose }: { created: CreatedApiKey; onClose: () => void }) {
  return (
    <Stack>
      <Alert color="orange">{t.keys.once}</Alert>
      <TextInput
        label={t.keys.secret(created.key.name)}
        value={created.secret}
        readOnly
        className="mono"
        onFocus={(event) => event.currentTarget.select()}
      />
      <Group justify="flex-end">
        {/* Pages that come over plain HTTP from another machine have no clipboard. */}
        {window.isSecureContext && (
          <CopyButton value={created.secret}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy}>
                {copied ? t.keys.copied : t.keys.copy}
              </Button>
            )}
          </CopyButton>
        )}
        <Button onClick={onClose}>{t.enroll.done}</Button>
      </Group>
    </Stack>
  );
}

function RevokeDialog({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const revoke = useMutation({
    mutationFn: () => root.revokeKey(apiKey.id),
    onSuccess: () => {
      refreshKeys();
      onClose();
    },
  });
  return (
    <Dialog onClose={onClose} title={t.keys.revokeTitle(apiKey.name)}>
      <Stack>
        <Text>{t.keys.revokeWarning}</Text>
        {revoke.error && <ErrorNote error={revoke.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t.cancel}
          </Button>
          <Button className="danger" loading={revoke.isPending} onClick={() => revoke.mutate()}>
            {t.keys.revoke}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
