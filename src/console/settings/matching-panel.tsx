import { Button, Group, NumberInput, Radio, Skeleton, Stack, Text } from '@mantine/core';
import { Link } from 'wouter';
import type { CollectionSettings } from '../../client/index.ts';
import { ErrorNote } from '../notices/error-note.tsx';
import { isWithin, type Limits } from '../parts/limits.ts';
import { useEdits } from '../parts/use-edits.ts';
import { useServer } from '../server/client.tsx';
import { useRules } from '../server/use-rules.ts';
import { t } from '../texts/texts.ts';

type Way = 'general' | 'rate' | 'distance';

/** When a face counts as somebody's. */
export function MatchingPanel() {
  const { collection, error } = useRules();
  if (error) return <ErrorNote error={error} />;
  if (!collection) return <Skeleton h={200} />;
  return <MatchingForm settings={collection.settings} />;
}

function MatchingForm({ settings }: { settings: CollectionSettings }) {
  const { may } = useServer();
  const { change } = useRules();
  const { values, edit, settle } = useEdits(valuesOf(settings));
  const { way, percent, distance } = values;
  const isValid =
    way === 'general' || (way === 'rate' ? isWithin(RATE, percent) : isWithin(DISTANCE, distance));
  const save = () =>
    change.mutate(
      {
        identifyRate: way === 'rate' ? Number(percent) / 100 : null,
        distanceThreshold: way === 'distance' ? Number(distance) : null,
      },
      { onSuccess: () => settle(values) },
    );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isValid && !change.isPending) save();
      }}
    >
      <Stack>
        <Radio.Group
          label={t.matching.title}
          description={t.matching.explained}
          value={way}
          onChange={(next) => edit({ way: next as Way })}
          readOnly={!may('admin')}
        >
          <Stack mt="sm" gap="sm">
            <Radio value="general" label={t.matching.general} description={t.matching.generalHint} />
            <Radio value="rate" label={t.matching.rate} description={t.matching.rateHint} />
            {way === 'rate' && (
              <NumberInput
                ml={36}
                maw={220}
                label={t.matching.rateLabel}
                suffix=" %"
                value={percent}
                onChange={(next) => edit({ percent: next })}
                {...RATE}
                step={0.1}
                decimalScale={3}
              />
            )}
            <Radio value="distance" label={t.matching.distance} description={t.matching.distanceHint} />
            {way === 'distance' && (
              <NumberInput
                ml={36}
                maw={220}
                label={t.matching.distanceLabel}
                value={distance}
                onChange={(next) => edit({ distance: next })}
                {...DISTANCE}
                step={0.01}
                decimalScale={3}
              />
            )}
          </Stack>
        </Radio.Group>
        <Text size="sm" c="dimmed">
          {t.matching.measure}{' '}
          <Link href="/evaluation" className="link">
            {t.evaluation.title}
          </Link>
        </Text>
        {change.error && <ErrorNote error={change.error} />}
        {may('admin') && (
          <Group>
            {/* Not `loading`: that disables it, and the keyboard's place is lost. */}
            <Button type="submit" disabled={!isValid} aria-busy={change.isPending}>
              {t.settings.save}
            </Button>
          </Group>
        )}
      </Stack>
    </form>
  );
}

/** Percent. */
const RATE: Limits = { min: 0.001, max: 50 };
const DISTANCE: Limits = { min: 0.01, max: 3 };

interface Values {
  readonly way: Way;
  readonly percent: number | string;
  readonly distance: number | string;
}

function valuesOf(settings: CollectionSettings): Values {
  const { identifyRate, distanceThreshold } = settings;
  return { way: wayOf(settings), percent: 100 * (identifyRate ?? 0.01), distance: distanceThreshold ?? 0.5 };
}

function wayOf({ distanceThreshold, identifyRate }: CollectionSettings): Way {
  if (distanceThreshold !== null) return 'distance';
  return identifyRate === null ? 'general' : 'rate';
}
