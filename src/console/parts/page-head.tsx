import { Group, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';

interface PageHeadProps {
  readonly title: string;
  readonly text?: string;
  readonly children?: ReactNode;
}

export function PageHead({ title, text, children }: PageHeadProps) {
  useDocumentTitle(`${title} · acquaint`);
  return (
    <Group justify="space-between" align="flex-start" mb="lg" gap="md">
      <Stack gap={4} className="page-head">
        <Title order={1} size="h2">
          {title}
        </Title>
        {text && <Text c="dimmed">{text}</Text>}
      </Stack>
      {children && <Group gap="sm">{children}</Group>}
    </Group>
  );
}
