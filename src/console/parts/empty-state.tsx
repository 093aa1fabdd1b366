import { Group, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import type { ReactNode } from 'react';

interface EmptyStateProps {
  readonly icon: ReactNode;
  readonly title: string;
  readonly text: string;
  /** What to do. */
  readonly children?: ReactNode;
}

/** Nothing is here yet, and what to do about it. */
export function EmptyState({ icon, title, text, children }: EmptyStateProps) {
  return (
    <Stack align="center" ta="center" py={56} px="md" gap="sm" className="empty">
      <ThemeIcon size={72} radius="xl" variant="light">
        {icon}
      </ThemeIcon>
      <Title order={2} size="h3">
        {title}
      </Title>
      <Text c="dimmed" maw={460}>
        {text}
      </Text>
      {children && (
        <Group justify="center" mt="sm">
          {children}
        </Group>
      )}
    </Stack>
  );
}
