/** dlib's net as dlib, face_recognition and face-api.js run it. */
export const DLIB_RECIPE = 'dlib-resnet-v1';
export const DLIB_EMBEDDING_LENGTH = 128;

/** An embedding that another program made, and whose face it is of. */
export interface ImportedEmbedding {
  /** In the form in which a gallery keeps names. */
  readonly name: string;
  readonly embedding: Float32Array;
}

export interface ImportedEmbeddings {
  /** How the embeddings were made: what the reader was told, because such files do not say. */
  readonly recipe: string;
  readonly embeddingLength: number;
  readonly count: number;
  /** In the file's order. May be read several times. */
  readonly embeddings: AsyncIterable<ImportedEmbedding>;
}

/** Of which net another program's embeddings are. */
export interface EmbeddingSpace {
  readonly recipe: string;
  readonly embeddingLength: number;
}

export const DLIB_SPACE: EmbeddingSpace = { recipe: DLIB_RECIPE, embeddingLength: DLIB_EMBEDDING_LENGTH };
