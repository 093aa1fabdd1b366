/**
 * Opcodes of Python's pickles by their bytes (Lib/pickle.py), with what each stands for. Those of lists of text are
 * interpreted in pickle-text.ts; the others have names here so that a message can say what was found.
 */

/** What asks Python to import, call or look something up: never followed. */
export const CODE_OPCODES: ReadonlyMap<number, string> = new Map([
  [0x63, 'GLOBAL'],
  [0x93, 'STACK_GLOBAL'],
  [0x52, 'REDUCE'],
  [0x62, 'BUILD'],
  [0x69, 'INST'],
  [0x6f, 'OBJ'],
  [0x81, 'NEWOBJ'],
  [0x92, 'NEWOBJ_EX'],
  [0x50, 'PERSID'],
  [0x51, 'BINPERSID'],
  [0x82, 'EXT1'],
  [0x83, 'EXT2'],
  [0x84, 'EXT4'],
  [0x97, 'NEXT_BUFFER'],
  [0x98, 'READONLY_BUFFER'],
]);

/** What is harmless, but no text. */
export const OTHER_VALUES: ReadonlyMap<number, string> = new Map([
  [0x4e, 'None'],
  [0x88, 'True'],
  [0x89, 'False'],
  [0x49, 'a number'],
  [0x4a, 'a number'],
  [0x4b, 'a number'],
  [0x4c, 'a number'],
  [0x4d, 'a number'],
  [0x8a, 'a number'],
  [0x8b, 'a number'],
  [0x46, 'a number'],
  [0x47, 'a number'],
  [0x42, 'bytes'],
  [0x43, 'bytes'],
  [0x8e, 'bytes'],
  [0x96, 'bytes'],
  [0x7d, 'a dict'],
  [0x64, 'a dict'],
  [0x73, 'a dict'],
  [0x75, 'a dict'],
  [0x8f, 'a set'],
  [0x90, 'a set'],
  [0x91, 'a set'],
]);

/** The opcodes of lists and tuples of text. */
export const OP = {
  PROTO: 0x80,
  FRAME: 0x95,
  STOP: 0x2e,
  MARK: 0x28,
  POP: 0x30,
  POP_MARK: 0x31,
  DUP: 0x32,
  EMPTY_LIST: 0x5d,
  LIST: 0x6c,
  APPEND: 0x61,
  APPENDS: 0x65,
  EMPTY_TUPLE: 0x29,
  TUPLE: 0x74,
  TUPLE1: 0x85,
  TUPLE2: 0x86,
  TUPLE3: 0x87,
  PUT: 0x70,
  BINPUT: 0x71,
  LONG_BINPUT: 0x72,
  MEMOIZE: 0x94,
  GET: 0x67,
  BINGET: 0x68,
  LONG_BINGET: 0x6a,
  /** str of Python 3, unicode of Python 2 */
  UNICODE: 0x56,
  BINUNICODE: 0x58,
  SHORT_BINUNICODE: 0x8c,
  BINUNICODE8: 0x8d,
  /** str of Python 2: bytes of an encoding that is not told */
  STRING: 0x53,
  BINSTRING: 0x54,
  SHORT_BINSTRING: 0x55,
} as const;
