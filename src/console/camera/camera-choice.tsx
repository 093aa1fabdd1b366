import { Select } from '@mantine/core';
import { t } from '../texts/texts.ts';
import { type Camera, chooseCamera, deviceIdOf } from './use-camera.ts';

/** Which camera, where there are several; every page takes it from then on. */
export function CameraChoice({ camera: { state, devices } }: { camera: Camera }) {
  if (devices.length < 2) return null;
  return (
    <Select
      aria-label={t.camera.which}
      size="sm"
      data={devices.map(({ deviceId, label }, i) => ({
        value: deviceId,
        label: label || t.camera.numbered(i + 1),
      }))}
      value={state.status === 'on' ? deviceIdOf(state.stream) : null}
      onChange={(chosen) => {
        const device = devices.find(({ deviceId }) => deviceId === chosen);
        if (device) chooseCamera(device);
      }}
      allowDeselect={false}
    />
  );
}
