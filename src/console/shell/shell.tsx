import { ActionIcon, AppShell, Center, Group, Loader, Menu, ScrollArea, Text } from '@mantine/core';
import { IconLogout, IconUserCircle } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { Suspense, useEffect, useRef } from 'react';
import { Redirect, Route, Switch, useLocation } from 'wouter';
import { tellProblem } from '../notices/tell.ts';
import { useServer } from '../server/client.tsx';
import { signOut } from '../server/session.ts';
import { useErasuresElsewhere } from '../stores/follow-erasures.ts';
import { workOn } from '../stores/recognize-store.ts';
import { t } from '../texts/texts.ts';
import { Brand } from './brand.tsx';
import { CollectionChoice } from './collection-choice.tsx';
import { ColorSchemeButton } from './color-scheme-button.tsx';
import { lazyPage } from './lazy-page.ts';
import { LostNote } from './lost-note.tsx';
import { BottomNavigation, SideNavigation, useFirstPlace } from './navigation.tsx';
import { PageBoundary } from './page-boundary.tsx';

const PeoplePage = lazyPage(() => import('../people/people-page.tsx'));
const PersonPage = lazyPage(() => import('../people/person-page.tsx'));
const RecognizePage = lazyPage(() => import('../recognize/recognize-page.tsx'));
const LivePage = lazyPage(() => import('../live/live-page.tsx'));
const ChallengePage = lazyPage(() => import('../challenge/challenge-page.tsx'));
const StrangersPage = lazyPage(() => import('../strangers/strangers-page.tsx'));
const EvaluationPage = lazyPage(() => import('../evaluation/evaluation-page.tsx'));
const SettingsPage = lazyPage(() => import('../settings/settings-page.tsx'));

export function Shell() {
  const main = useRef<HTMLElement>(null);
  const firstPlace = useFirstPlace();
  const { collection, session } = useServer();
  const [location] = useLocation();
  const place = `${collection} ${location.split('/')[1]}`;
  useFocusOnNewPage(main);
  // Whoever had to sign in again finds the work going on.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new session is what it waits for.
  useEffect(workOn, [session]);
  useErasuresElsewhere();
  return (
    <AppShell
      header={{ height: 60 }}
      navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: true } }}
      footer={{ height: { base: 64, sm: 0 } }}
      padding={{ base: 'md', sm: 'xl' }}
    >
      <button type="button" className="skip" onClick={() => main.current?.focus()}>
        {t.shell.skip}
      </button>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Brand />
          <Group gap="xs" wrap="nowrap">
            <CollectionChoice />
            <ColorSchemeButton />
            <WhoIsHere />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" aria-label={t.shell.navigation}>
        <AppShell.Section grow component={ScrollArea}>
          <SideNavigation />
        </AppShell.Section>
        <AppShell.Section p="xs">
          <Text size="xs" c="dimmed">
            {t.shell.promise}
          </Text>
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main ref={main} id="main" tabIndex={-1}>
        <LostNote />
        <PageBoundary key={place}>
          <Suspense
            fallback={
              <Center h={240}>
                <Loader aria-label={t.shell.loading} />
              </Center>
            }
          >
            <Switch>
              <Route path="/people" component={PeoplePage} />
              <Route path="/people/:id">{({ id }) => <PersonPage key={id} id={id} />}</Route>
              <Route path="/recognize" component={RecognizePage} />
              <Route path="/live" component={LivePage} />
              <Route path="/challenge" component={ChallengePage} />
              <Route path="/strangers" component={StrangersPage} />
              <Route path="/evaluation" component={EvaluationPage} />
              <Route path="/settings/:tab?">{({ tab }) => <SettingsPage tab={tab} />}</Route>
              <Route>
                <Redirect to={firstPlace} replace />
              </Route>
            </Switch>
          </Suspense>
        </PageBoundary>
      </AppShell.Main>
      <AppShell.Footer hiddenFrom="sm">
        <BottomNavigation />
      </AppShell.Footer>
    </AppShell>
  );
}

function WhoIsHere() {
  const { session } = useServer();
  const leave = useMutation({ mutationFn: signOut, onError: tellProblem });
  if (session.csrfToken === null) return null;
  return (
    <Menu position="bottom-end" withinPortal={false}>
      <Menu.Target>
        <ActionIcon variant="default" size="lg" aria-label={t.shell.signedInAs(session.caller)}>
          <IconUserCircle size={20} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t.shell.signedInAs(session.caller)}</Menu.Label>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => leave.mutate()}>
          {t.shell.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** A screen reader starts anew where the page is new. */
function useFocusOnNewPage(main: React.RefObject<HTMLElement | null>): void {
  const [location] = useLocation();
  // Tabs are chosen by arrow keys, which must stay among them.
  const page = location.startsWith('/settings') ? '/settings' : location;
  const last = useRef(page);
  useEffect(() => {
    if (last.current === page) return;
    last.current = page;
    window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [page, main]);
}
