import { Skeleton } from '@mantine/core';
import { IconUser } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type AcquaintClient, type Person, ProblemError } from '../../client/index.ts';
import { useServer } from '../server/client.tsx';
import { useObjectUrl } from './use-object-url.ts';

interface CropProps {
  readonly alt: string;
  /** CSS pixels; as wide as there is room when absent. */
  readonly size?: number;
}

/** The aligned crop of an enrolled face; null: none was kept. */
export function FaceCrop({ faceId, ...shown }: CropProps & { readonly faceId: string | null }) {
  return <Crop of={[faceId]} load={faceId === null ? null : (client) => client.getCrop(faceId)} {...shown} />;
}

/** The face that stands for a person. */
export function PersonFace({ person, ...shown }: CropProps & { readonly person: Person }) {
  const { id, updatedAt, bestFaceId, faces } = person;
  return (
    <Crop
      of={['person', id, updatedAt, bestFaceId, faces]}
      load={(client) => client.getPersonCrop(id)}
      {...shown}
    />
  );
}

interface LoadedCropProps extends CropProps {
  /** Names the crop in the cache: other parts, another crop. */
  readonly of: readonly unknown[];
  readonly load: ((client: AcquaintClient) => Promise<Blob>) | null;
}

function Crop({ of, load, alt, size }: LoadedCropProps) {
  const { client, collection } = useServer();
  const { data, isLoading } = useQuery({
    queryKey: ['crop', collection, ...of],
    queryFn: () => load!(client).catch(nullWithoutCrop),
    enabled: load !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const url = useObjectUrl(data ?? null);
  const width = size === undefined ? {} : { width: size };
  if (isLoading) return <Skeleton className="crop" style={width} />;
  if (!url) {
    return (
      <div
        className="crop no-crop"
        style={width}
        {...(alt ? { role: 'img', 'aria-label': alt } : { 'aria-hidden': true })}
      >
        <IconUser size="50%" stroke={1.2} aria-hidden />
      </div>
    );
  }
  return <img className="crop" src={url} alt={alt} style={width} />;
}

function nullWithoutCrop(error: unknown): null {
  if (error instanceof ProblemError && error.status === 404) return null;
  throw error;
}
