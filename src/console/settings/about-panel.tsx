import { Anchor, Skeleton, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ErrorNote } from '../notices/error-note.tsx';
import { root, useServer } from '../server/client.tsx';
import { t } from '../texts/texts.ts';

/** The version, the nets and whose they are. */
export function AboutPanel() {
  const { collection } = useServer();
  const health = useQuery({ queryKey: ['version'], queryFn: () => root.health() });
  const models = useQuery({ queryKey: ['models'], queryFn: () => root.listModels() });
  if (models.error) return <ErrorNote error={models.error} />;
  if (!models.data) return <Skeleton h={240} />;
  const recipe = models.data.recipes.find((one) => one.collection === collection)?.recipe;
  return (
    <Stack gap="xl">
      <section>
        <Title order={2} size="h4" mb="xs">
          acquaint {health.data?.version}
        </Title>
        <Text>{t.about.what}</Text>
        <Text mt="xs">
          <Anchor href="docs">{t.about.docs}</Anchor> ·{' '}
          <Anchor href="licences.txt">{t.about.licences}</Anchor>
        </Text>
      </section>
      <section>
        <Title order={2} size="h4" mb="xs">
          {t.about.model}
        </Title>
        <Text>
          {t.about.detector} <code>{models.data.detector}</code>
          {recipe && (
            <>
              {', '}
              {t.about.recipe} <code>{recipe}</code>
            </>
          )}
          .
        </Text>
        <Text c="dimmed" size="sm" mt={4}>
          {t.about.change} <code>acquaint serve --help</code>, <code>acquaint migrate</code>
        </Text>
      </section>
      <section>
        <Title order={2} size="h4" mb="xs">
          {t.about.weights}
        </Title>
        <Table.ScrollContainer minWidth={480} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
          <Table verticalSpacing="sm">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t.about.file}</Table.Th>
                <Table.Th>{t.about.purpose}</Table.Th>
                <Table.Th>{t.about.licence}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {models.data.models.map(({ id, purpose, license }) => (
                <Table.Tr key={id}>
                  <Table.Td>
                    <code>{id}</code>
                  </Table.Td>
                  <Table.Td>{purpose}</Table.Td>
                  <Table.Td>{license}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </section>
    </Stack>
  );
}
