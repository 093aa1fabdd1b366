import { Tabs } from '@mantine/core';
import { useLocation } from 'wouter';
import { PageHead } from '../parts/page-head.tsx';
import { useServer } from '../server/client.tsx';
import { t } from '../texts/texts.ts';
import { AboutPanel } from './about-panel.tsx';
import { CollectionsPanel } from './collections-panel.tsx';
import { KeysPanel } from './keys-panel.tsx';
import { LivenessPanel } from './liveness-panel.tsx';
import { MatchingPanel } from './matching-panel.tsx';
import { PrivacyPanel } from './privacy-panel.tsx';

const TABS = ['matching', 'liveness', 'collections', 'privacy', 'keys', 'about'] as const;
type Tab = (typeof TABS)[number];

const PANELS: Readonly<Record<Tab, () => React.ReactNode>> = {
  matching: MatchingPanel,
  liveness: LivenessPanel,
  collections: CollectionsPanel,
  privacy: PrivacyPanel,
  keys: KeysPanel,
  about: AboutPanel,
};

export default function SettingsPage({ tab }: { tab: string | undefined }) {
  const { may } = useServer();
  const [, goTo] = useLocation();
  const tabs = TABS.filter((name) => name !== 'keys' || may('admin'));
  const current = tabs.find((name) => name === tab) ?? 'matching';
  const Panel = PANELS[current];
  return (
    <>
      <PageHead title={t.settings.title} text={t.settings.explained} />
      <Tabs value={current} onChange={(next) => goTo(`/settings/${next}`)} keepMounted={false}>
        <Tabs.List mb="lg">
          {tabs.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t.settings.tabs[name]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {tabs.map((name) => (
          <Tabs.Panel key={name} value={name} maw={820}>
            {name === current && <Panel />}
          </Tabs.Panel>
        ))}
      </Tabs>
    </>
  );
}
