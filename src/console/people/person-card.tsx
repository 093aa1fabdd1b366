import { Text } from '@mantine/core';
import { Link } from 'wouter';
import type { Person } from '../../client/index.ts';
import { PersonFace } from '../pictures/face-crop.tsx';
import { t } from '../texts/texts.ts';

export function PersonCard({ person }: { person: Person }) {
  return (
    <li>
      <Link href={`/people/${person.id}`} className="person-card">
        <PersonFace person={person} alt="" />
        <Text fw={600} lineClamp={1} mt={8} title={person.name}>
          <bdi>{person.name}</bdi>
        </Text>
        <Text size="sm" c="dimmed">
          {t.people.photos(person.faces)}
        </Text>
      </Link>
    </li>
  );
}
