import { Alert, Button, Card, Group, SimpleGrid, Skeleton, Slider, Stack, Text, Title } from '@mantine/core';
import { IconChartHistogram, IconScale } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import type { GalleryEvaluation } from '../../client/index.ts';
import { ErrorNote } from '../notices/error-note.tsx';
import { tell } from '../notices/tell.ts';
import { EmptyState } from '../parts/empty-state.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { useServer } from '../server/client.tsx';
import { queryClient } from '../server/query-client.ts';
import { useRules } from '../server/use-rules.ts';
import { dateAndTime, number, percent, t } from '../texts/texts.ts';
import { DistanceChart } from './distance-chart.tsx';
import { pointAt } from './point-at.ts';

/** A minute: what is measured is large, and changes only with the people. */
const FRESH_MS = 60_000;

export default function EvaluationPage() {
  const { client, collection } = useServer();
  const { data, error, isFetching } = useQuery({
    queryKey: ['evaluation', collection],
    queryFn: ({ signal }) => client.getEvaluation({ signal }),
    staleTime: FRESH_MS,
  });
  return (
    <>
      <PageHead title={t.evaluation.title} text={t.evaluation.explained} />
      {error && <ErrorNote error={error} />}
      {!data && isFetching && (
        <div role="status">
          <Text c="dimmed" mb="sm">
            {t.evaluation.measuring}
          </Text>
          <Skeleton h={320} />
        </div>
      )}
      {data && data.people < 2 && (
        <EmptyState
          icon={<IconChartHistogram size={38} />}
          title={t.evaluation.emptyTitle}
          text={t.evaluation.emptyText}
        >
          <Button component={Link} href="/people" variant="default">
            {t.people.title}
          </Button>
        </EmptyState>
      )}
      {data && data.people >= 2 && <Measured key={data.thresholdInForce} evaluation={data} />}
    </>
  );
}

function Measured({ evaluation }: { evaluation: GalleryEvaluation }) {
  const { curve, thresholdInForce, people, faces, peopleWithSeveral, sampled } = evaluation;
  const lowest = curve[0]?.threshold ?? 0;
  const highest = curve.at(-1)?.threshold ?? 1;
  const [threshold, setThreshold] = useState(thresholdInForce ?? (lowest + highest) / 2);
  const point = pointAt(curve, threshold);
  return (
    <Stack gap="lg">
      <Text c="dimmed">
        {t.evaluation.measuredOn(people, faces)} {sampled && t.evaluation.sampled}
      </Text>
      {peopleWithSeveral === 0 && <Alert color="orange">{t.evaluation.noSeveral}</Alert>}
      <Card withBorder padding="lg">
        <DistanceChart evaluation={evaluation} threshold={threshold} />
        <Title order={2} size="h5" id="threshold-label" mt="md">
          {t.evaluation.threshold(number(threshold))}
        </Title>
        <Slider
          className="threshold"
          min={lowest}
          max={highest}
          step={0.001}
          value={threshold}
          onChange={setThreshold}
          label={number}
          thumbProps={{ 'aria-labelledby': 'threshold-label' }}
          marks={thresholdInForce === null ? [] : [{ value: thresholdInForce, label: t.evaluation.now }]}
          mb="xl"
        />
        {point && (
          <SimpleGrid cols={{ base: 1, sm: 3 }} component="dl" className="rates">
            <Rate
              label={t.evaluation.falsePositive}
              hint={t.evaluation.falsePositiveHint(people - 1)}
              share={point.falsePositiveRate}
              interval={point.falsePositiveInterval}
            />
            <Rate
              label={t.evaluation.falseNegative}
              hint={t.evaluation.falseNegativeHint}
              share={point.falseNegativeRate}
              interval={point.falseNegativeInterval}
            />
            <Rate
              label={t.evaluation.expected}
              hint={t.evaluation.expectedHint}
              share={point.expectedFalsePositiveRate}
              interval={null}
            />
          </SimpleGrid>
        )}
        <UseThreshold threshold={threshold} inForce={thresholdInForce} />
      </Card>
      <Calibration />
    </Stack>
  );
}

interface RateProps {
  readonly label: string;
  readonly hint: string;
  readonly share: number | null;
  readonly interval: { readonly low: number; readonly high: number } | null;
}

function Rate({ label, hint, share, interval }: RateProps) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        <Text fz={28} fw={650} component="span">
          {share === null ? '–' : percent(share)}
        </Text>
        {interval && (
          <Text size="sm" c="dimmed">
            {t.evaluation.interval(percent(interval.low), percent(interval.high))}
          </Text>
        )}
        <Text size="sm" c="dimmed">
          {hint}
        </Text>
      </dd>
    </div>
  );
}

function UseThreshold({ threshold, inForce }: { threshold: number; inForce: number | null }) {
  const { may } = useServer();
  const { collection, change } = useRules();
  if (!may('admin') || !collection) return null;
  const isOwn = collection.settings.distanceThreshold !== null || collection.settings.identifyRate !== null;
  const isSame = inForce !== null && Math.abs(threshold - inForce) < 0.0005;
  return (
    <Group mt="lg">
      <Button
        disabled={isSame}
        loading={change.isPending}
        onClick={() => change.mutate({ distanceThreshold: Number(threshold.toFixed(4)), identifyRate: null })}
      >
        {t.evaluation.use(number(threshold))}
      </Button>
      {isOwn && (
        <Button
          variant="default"
          onClick={() => change.mutate({ distanceThreshold: null, identifyRate: null })}
        >
          {t.evaluation.useGeneral}
        </Button>
      )}
      {change.error && <ErrorNote error={change.error} />}
    </Group>
  );
}

/** Thresholds measured on these people instead of on others. */
function Calibration() {
  const { client, collection, may } = useServer();
  const { data: calibration } = useQuery({
    queryKey: ['calibration', collection],
    queryFn: () => client.getCalibration(),
  });
  const refresh = (message: string) => {
    tell(message);
    for (const key of ['calibration', 'evaluation']) void queryClient.invalidateQueries({ queryKey: [key] });
  };
  const calibrate = useMutation({
    mutationFn: () => client.calibrate(),
    onSuccess: () => refresh(t.calibration.done),
  });
  const remove = useMutation({
    mutationFn: () => client.removeCalibration(),
    onSuccess: () => refresh(t.calibration.removed),
  });
  return (
    <Card withBorder padding="lg" component="section">
      <Title order={2} size="h4" mb="xs">
        {t.calibration.title}
      </Title>
      <Text c="dimmed" mb="md">
        {t.calibration.explained}
      </Text>
      {calibration && (
        <Text mb="md">
          {t.calibration.state(dateAndTime(calibration.calibratedAt), calibration.people)}{' '}
          {!calibration.applies && t.calibration.notInForce}
          {calibration.outgrown && t.calibration.outgrown}
        </Text>
      )}
      {calibrate.error && <ErrorNote error={calibrate.error} />}
      {remove.error && <ErrorNote error={remove.error} />}
      {may('admin') && (
        <Group mt="md">
          <Button
            variant="default"
            leftSection={<IconScale size={18} />}
            loading={calibrate.isPending}
            onClick={() => calibrate.mutate()}
          >
            {calibration ? t.calibration.again : t.calibration.go}
          </Button>
          {calibration && (
            <Button variant="default" loading={remove.isPending} onClick={() => remove.mutate()}>
              {t.calibration.remove}
            </Button>
          )}
        </Group>
      )}
    </Card>
  );
}
