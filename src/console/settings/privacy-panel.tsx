import { Button, List, Skeleton, Stack, Table, Text, Title } from '@mantine/core';
import { IconFileExport } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { ErrorNote } from '../notices/error-note.tsx';
import { saveFile } from '../parts/save-file.ts';
import { root, useServer } from '../server/client.tsx';
import { useRules } from '../server/use-rules.ts';
import { dateAndTime, t } from '../texts/texts.ts';
import { RetentionForm } from './retention-form.tsx';

/** What is kept, how long, and proof of what was erased. */
export function PrivacyPanel() {
  const { may } = useServer();
  const { collection, error } = useRules();
  const { data: models } = useQuery({ queryKey: ['models'], queryFn: () => root.listModels() });
  if (error) return <ErrorNote error={error} />;
  if (!collection) return <Skeleton h={240} />;
  return (
    <Stack gap="xl">
      <section>
        <Title order={2} size="h4" mb="xs">
          {t.privacy.kept}
        </Title>
        <List spacing={4}>
          {t.privacy.facts.map((line) => (
            <List.Item key={line}>{line}</List.Item>
          ))}
          {models && <List.Item>{models.keepsCrops ? t.privacy.crops : t.privacy.noCrops}</List.Item>}
          {models && <List.Item>{models.isSealed ? t.privacy.sealed : t.privacy.notSealed}</List.Item>}
        </List>
      </section>
      <section>
        <Title order={2} size="h4" mb="xs">
          {t.privacy.howLong}
        </Title>
        <RetentionForm settings={collection.settings} />
      </section>
      {may('admin') && <Export />}
      <Receipts />
    </Stack>
  );
}

function Export() {
  const { client, collection } = useServer();
  const take = useMutation({
    mutationFn: () => client.exportPeople(),
    onSuccess: (file) => saveFile(file, `${collection}.ndjson`),
  });
  return (
    <section>
      <Title order={2} size="h4" mb="xs">
        {t.privacy.export}
      </Title>
      <Text c="dimmed" mb="sm">
        {t.privacy.exportHint}
      </Text>
      {take.error && <ErrorNote error={take.error} />}
      <Button
        variant="default"
        leftSection={<IconFileExport size={18} />}
        loading={take.isPending}
        onClick={() => take.mutate()}
      >
        {t.privacy.exportGo}
      </Button>
    </section>
  );
}

/** More are in the gallery. */
const MOST_RECEIPTS = 200;

function Receipts() {
  const { client, collection } = useServer();
  const { data: receipts } = useQuery({
    queryKey: ['receipts', collection],
    queryFn: () => client.listReceipts({ limit: MOST_RECEIPTS }),
  });
  return (
    <section>
      <Title order={2} size="h4" mb="xs">
        {t.privacy.receipts}
      </Title>
      <Text c="dimmed" mb="sm">
        {receipts?.length === 0 ? t.privacy.noReceipts : t.privacy.receiptsHint}
      </Text>
      {receipts && receipts.length > 0 && (
        <Table.ScrollContainer minWidth={480} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t.privacy.when}</Table.Th>
                <Table.Th>{t.people.title}</Table.Th>
                <Table.Th>{t.privacy.faces}</Table.Th>
                <Table.Th>{t.privacy.receipt}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {receipts.map(({ id, at, people, faces }) => (
                <Table.Tr key={id}>
                  <Table.Td>{dateAndTime(at)}</Table.Td>
                  <Table.Td>{people}</Table.Td>
                  <Table.Td>{faces}</Table.Td>
                  <Table.Td>
                    <code>{id}</code>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </section>
  );
}
