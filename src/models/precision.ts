/** How exactly dlib's nets compute. int8: faster, a little less exact (docs/decisions/0011-int8.md). */
export type Precision = 'float32' | 'int8';
