import { Group, Text } from '@mantine/core';
import icon from '../icon.svg';

export function Brand() {
  return (
    <Group gap="xs" wrap="nowrap">
      <img src={icon} alt="" width={30} height={30} />
      <Text fw={700} size="lg" className="brand">
        acquaint
      </Text>
    </Group>
  );
}
