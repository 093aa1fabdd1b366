import { NavLink } from '@mantine/core';
import {
  IconChartHistogram,
  IconPhotoScan,
  IconSettings,
  IconShieldCheck,
  IconUserQuestion,
  IconUsers,
  IconVideo,
} from '@tabler/icons-react';
import { Link, useLocation } from 'wouter';
import type { Scope } from '../../client/index.ts';
import { useServer } from '../server/client.tsx';
import { useStrangersOf } from '../stores/strangers-store.ts';
import { t } from '../texts/texts.ts';

interface Place {
  readonly path: string;
  readonly label: string;
  readonly icon: typeof IconUsers;
  /** One of them is enough. */
  readonly scopes: readonly Scope[];
}

const PLACES: readonly Place[] = [
  { path: '/people', label: t.people.title, icon: IconUsers, scopes: ['read', 'enroll'] },
  { path: '/recognize', label: t.recognize.title, icon: IconPhotoScan, scopes: ['recognize'] },
  { path: '/live', label: t.live.title, icon: IconVideo, scopes: ['recognize'] },
  { path: '/challenge', label: t.challenge.title, icon: IconShieldCheck, scopes: ['recognize'] },
  { path: '/strangers', label: t.strangers.title, icon: IconUserQuestion, scopes: ['recognize'] },
  { path: '/evaluation', label: t.evaluation.title, icon: IconChartHistogram, scopes: ['read'] },
  { path: '/settings', label: t.settings.title, icon: IconSettings, scopes: ['read'] },
];

export function SideNavigation() {
  const places = usePlaces();
  return (
    <ul className="plain-list">
      {places.map(({ path, label, icon: Icon, isHere, count }) => (
        <li key={path}>
          <NavLink
            component={Link}
            href={path}
            label={label}
            active={isHere}
            aria-current={isHere ? 'page' : undefined}
            leftSection={<Icon size={20} stroke={1.6} />}
            rightSection={count > 0 ? <span className="count">{count}</span> : null}
            className="place"
          />
        </li>
      ))}
    </ul>
  );
}

export function BottomNavigation() {
  const places = usePlaces();
  return (
    <nav aria-label={t.shell.navigation}>
      <ul className="plain-list bottom-bar">
        {places.map(({ path, label, icon: Icon, isHere }) => (
          <li key={path}>
            <Link href={path} aria-current={isHere ? 'page' : undefined} className="bottom-place">
              <Icon size={22} stroke={1.6} />
              <span>{label}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** Where whoever may not see everything begins. */
export function useFirstPlace(): string {
  const { may } = useServer();
  return PLACES.find(isOpenTo(may))?.path ?? '/people';
}

function isOpenTo(may: (scope: Scope) => boolean) {
  return ({ scopes }: Place) => scopes.some(may);
}

function usePlaces() {
  const { may, collection } = useServer();
  const [location] = useLocation();
  const strangers = useStrangersOf(collection).length;
  return PLACES.filter(isOpenTo(may)).map((place) => ({
    ...place,
    isHere: location === place.path || location.startsWith(`${place.path}/`),
    count: place.path === '/strangers' ? strangers : 0,
  }));
}
