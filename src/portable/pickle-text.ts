import { PickleBytes } from './pickle-bytes.ts';
import { CODE_OPCODES, OP, OTHER_VALUES } from './pickle-opcodes.ts';
import { PickleStack } from './pickle-stack.ts';
import { decodeByteString, decodeQuoted, decodeRawUnicode, decodeUtf8 } from './pickle-strings.ts';
import { ValueProblem } from './value-problem.ts';

/** The pickle asks to run code. */
export class CodeInPickle extends Error {
  override readonly name = 'CodeInPickle';
  /** "GLOBAL posix.system at byte 2" */
  readonly found: string;

  constructor(found: string) {
    super(`Expected a pickle of text but received one that asks to run code: ${found}`);
    this.found = found;
  }
}

/**
 * The texts of a pickle of protocol 0 to 5 that holds one list or tuple of them. Pickles are programs: this runs none.
 * It knows what builds lists of text, and ends at the first other opcode, before anything behind it is looked at.
 * ensures  time and memory grow with the bytes only
 * throws   CodeInPickle, ValueProblem
 */
export function readPickledTexts(pickle: Buffer): readonly string[] {
  const bytes = new PickleBytes(pickle);
  const stack = new PickleStack();
  for (let op = bytes.byte(); op !== OP.STOP; op = bytes.byte()) {
    const text = TEXTS.get(op);
    if (text) {
      stack.push(text(bytes));
      continue;
    }
    const step = STEPS.get(op);
    if (!step) throw refusal(op, bytes, stack);
    step(stack, bytes);
  }
  const result = stack.pop();
  if (stack.size > 0 || bytes.left > 0) throw new ValueProblem('one list of text', 'more than one value');
  if (typeof result === 'string') throw new ValueProblem('a list of text', 'a single text');
  return result.items;
}

const TEXTS: ReadonlyMap<number, (bytes: PickleBytes) => string> = new Map([
  [OP.UNICODE, (bytes) => decodeRawUnicode(bytes.line())],
  [OP.SHORT_BINUNICODE, (bytes) => decodeUtf8(bytes.take(bytes.byte()))],
  [OP.BINUNICODE, (bytes) => decodeUtf8(bytes.take(bytes.number(4)))],
  [OP.BINUNICODE8, (bytes) => decodeUtf8(bytes.take(bytes.number(8)))],
  [OP.STRING, (bytes) => decodeQuoted(bytes.line())],
  [OP.SHORT_BINSTRING, (bytes) => decodeByteString(bytes.take(bytes.byte()))],
  [OP.BINSTRING, (bytes) => decodeByteString(bytes.take(bytes.number(4)))],
]);

const STEPS: ReadonlyMap<number, (stack: PickleStack, bytes: PickleBytes) => void> = new Map([
  [OP.PROTO, (_, bytes) => requireProtocol(bytes.byte())],
  [OP.FRAME, (_, bytes) => requireFrame(bytes.number(8), bytes.left)],
  [OP.MARK, (stack) => stack.mark()],
  [OP.POP, (stack) => stack.drop()],
  [OP.POP_MARK, (stack) => stack.dropToMark()],
  [OP.DUP, (stack) => stack.duplicate()],
  [OP.EMPTY_LIST, (stack) => stack.pushNew('list')],
  [OP.LIST, (stack) => stack.pushNew('list', stack.popToMark())],
  [OP.APPEND, (stack) => stack.append(stack.popTexts(1))],
  [OP.APPENDS, (stack) => stack.append(stack.popToMark())],
  [OP.EMPTY_TUPLE, (stack) => stack.pushNew('tuple')],
  [OP.TUPLE, (stack) => stack.pushNew('tuple', stack.popToMark())],
  [OP.TUPLE1, (stack) => stack.pushNew('tuple', stack.popTexts(1))],
  [OP.TUPLE2, (stack) => stack.pushNew('tuple', stack.popTexts(2))],
  [OP.TUPLE3, (stack) => stack.pushNew('tuple', stack.popTexts(3))],
  [OP.PUT, (stack, bytes) => stack.keep(bytes.decimal())],
  [OP.BINPUT, (stack, bytes) => stack.keep(bytes.byte())],
  [OP.LONG_BINPUT, (stack, bytes) => stack.keep(bytes.number(4))],
  [OP.MEMOIZE, (stack) => stack.keep()],
  [OP.GET, (stack, bytes) => stack.recall(bytes.decimal())],
  [OP.BINGET, (stack, bytes) => stack.recall(bytes.byte())],
  [OP.LONG_BINGET, (stack, bytes) => stack.recall(bytes.number(4))],
]);

const HIGHEST_PROTOCOL = 5;

function requireProtocol(version: number): void {
  if (version <= HIGHEST_PROTOCOL) return;
  throw new ValueProblem(`a pickle of protocol 0 to ${HIGHEST_PROTOCOL}`, `one of ${version}`);
}

/** A frame says how many bytes belong together; reading from memory, that they are there is all that matters. */
function requireFrame(length: number, left: number): void {
  if (length > left) throw new ValueProblem('a whole pickle', 'one that is cut short');
}

function refusal(op: number, bytes: PickleBytes, stack: PickleStack): Error {
  const at = bytes.at - 1;
  const code = CODE_OPCODES.get(op);
  if (code !== undefined) return new CodeInPickle(`${code}${importedName(code, bytes, stack)} at byte ${at}`);
  const other = OTHER_VALUES.get(op);
  if (other !== undefined) return new ValueProblem('a list of text', `${other} at byte ${at}`);
  return new ValueProblem('a Python pickle', at === 0 ? 'another file' : `an unknown opcode at byte ${at}`);
}

/** What the opcode would import, when it looks like names of Python. */
function importedName(code: string, bytes: PickleBytes, stack: PickleStack): string {
  const isInLines = code === 'GLOBAL' || code === 'INST';
  const isOnStack = code === 'STACK_GLOBAL';
  const names = isInLines ? bytes.peekLines(2) : isOnStack ? stack.textsOnTop(2) : [];
  const name = names.join('.');
  return /^[\w.]{1,100}$/.test(name) ? ` ${name}` : '';
}
