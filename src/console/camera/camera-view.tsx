import { Alert, Button, Center, Loader, Text } from '@mantine/core';
import { IconCameraOff, IconRefresh } from '@tabler/icons-react';
import type { ReactNode, RefObject } from 'react';
import { t } from '../texts/texts.ts';
import type { Camera } from './use-camera.ts';

interface CameraViewProps {
  readonly camera: Camera;
  readonly video: RefObject<HTMLVideoElement | null>;
  /** Shown as a mirror does: whoever moves to the left moves to the left. */
  readonly isMirrored: boolean;
  readonly children?: ReactNode;
}

/** The camera's picture with what lies over it, or why there is none. */
export function CameraView({ camera: { state, retry }, video, isMirrored, children }: CameraViewProps) {
  if (state.status === 'failed') {
    return (
      <Alert color="red" role="alert" icon={<IconCameraOff />} title={t.camera.failed}>
        {t.camera.reasons[state.reason]}
        <Button
          mt="sm"
          size="xs"
          variant="default"
          display="block"
          leftSection={<IconRefresh size={16} />}
          onClick={retry}
        >
          {t.camera.retry}
        </Button>
      </Alert>
    );
  }
  return (
    <div className="camera">
      <video
        ref={video}
        muted
        playsInline
        data-mirrored={isMirrored || undefined}
        aria-label={t.camera.picture}
      />
      {state.status !== 'on' && (
        <Center className="camera-wait">
          <Loader color="white" aria-hidden />
          <Text c="white" ml="sm" role="status">
            {t.camera.starting}
          </Text>
        </Center>
      )}
      {children}
    </div>
  );
}
