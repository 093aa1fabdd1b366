import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CodeInPickle, readPickledTexts } from '../../src/portable/pickle-text.ts';
import { readLabelsPickle } from '../../src/portable/read-labels-pickle.ts';
import { ValueProblem } from '../../src/portable/value-problem.ts';
import { fixture, NAMES } from './fixtures.ts';
import { newFile, newFolder } from './sample-collection.ts';

const PROTOCOLS = [0, 1, 2, 3, 4, 5];

describe('labels that Python has pickled', () => {
  it.each(PROTOCOLS)('are read from a list by protocol %i', async (protocol) => {
    expect(await readLabelsPickle(fixture(`labels-p${protocol}.pickle`))).toEqual(NAMES);
  });

  it.each(PROTOCOLS)('are read from a tuple by protocol %i', async (protocol) => {
    expect(await readLabelsPickle(fixture(`labels-tuple-p${protocol}.pickle`))).toEqual(NAMES.slice(0, 3));
  });

  it.each([0, 1, 2])('are read as Python 2 wrote them, unicode and str, by protocol %i', async (protocol) => {
    expect(await readLabelsPickle(fixture(`labels-py2-unicode-p${protocol}.pickle`))).toEqual(NAMES);
    expect(await readLabelsPickle(fixture(`labels-py2-str-p${protocol}.pickle`))).toEqual(NAMES);
    expect(await readLabelsPickle(fixture(`labels-py2-latin1-p${protocol}.pickle`))).toEqual(['Åsa Öberg']);
  });

  it('are read when they are long, many, repeated or none', async () => {
    expect(await readLabelsPickle(fixture('labels-py2-long-str.pickle'))).toEqual([
      'Ada'.repeat(100),
      'Grace',
    ]);
    const many = Array.from({ length: 1100 }, (_, i) => `p${i % 300}`);
    expect(await readLabelsPickle(fixture('labels-1100.pickle'))).toEqual(many);
    expect(await readLabelsPickle(fixture('labels-empty.pickle'))).toEqual([]);
  });
});

/** Opcodes put together by hand: Latin-1, one character a byte. */
function read(pickle: string): readonly string[] {
  return readPickledTexts(Buffer.from(pickle, 'latin1'));
}

describe('the interpreter of pickles', () => {
  it.each<[string, string, readonly string[]]>([
    ['forgets what is popped', ']Vx\n20a.', ['x']],
    ['forgets what is popped to a mark', '](Vx\nVy\n1Vz\na.', ['z']],
    ['recalls a list by its number', '(lp0\n0g0\n(Vx\nVy\ne.', ['x', 'y']],
    ['reads text with a length of 8 bytes', '\x80\x04](\x8d\x03\0\0\0\0\0\0\0Adae.', ['Ada']],
    ['recalls by a number of 4 bytes', ']\x8c\x01xr\0\0\x01\x000j\0\0\x01\0a.', ['x']],
    ['joins halves of a character, as a narrow Python 2 wrote it', 'V\\ud83d\\ude00\n\x85.', ['😀']],
    ['reads quotes and escapes of Python 2', "(S\"it's\"\nS'\\x41\\t\\\\'\nt.", ["it's", 'A\t\\']],
    ['takes the last of two lists', ']0(Vx\nVy\nl.', ['x', 'y']],
    ['makes tuples of one to three', 'Va\n\x850Va\nVb\n\x860Va\nVb\nVc\n\x87.', ['a', 'b', 'c']],
  ])('%s', (_, pickle, texts) => {
    expect(read(pickle)).toEqual(texts);
  });

  it.each<[string, string]>([
    ['nothing', ''],
    ['no end', ']Vx\na'],
    ['no list', '.'],
    ['a mark only', '(.'],
    ['more behind the end', ']..'],
    ['more on the stack', ']].'],
    ['code behind the end', '](Vx\ne.cposix\nsystem\n'],
    ['a text for a list', 'Vx\nVy\na.'],
    ['a tuple for a list', ')Vx\na.'],
    ['a mark in a list', '](a.'],
    ['no mark for a list', 'Vx\nl.'],
    ['a list in itself', ']p0\ng0\na.'],
    ['an unknown number of the memo', 'g7\n.'],
    ['a number of the memo in words', ']pseven\n.'],
    ['nothing to keep', 'p0\n.'],
    ['nothing to pop', '0.'],
    ['too few for a tuple', 'Vx\n\x86.'],
    ['a text longer than the file', ']X\xff\xff\xff\x7fab.'],
    ['a text of 2^63 bytes', ']\x8d\xff\xff\xff\xff\xff\xff\xff\x7fab.'],
    ['a frame longer than the file', '\x80\x04\x95\xff\0\0\0\0\0\0\0].'],
    ['a protocol of the future', '\x80\x06].'],
    ['a line without its end', ']Vab'],
    ['text without quotes', ']Sab\na.'],
    ['one quote', "]S'\na."],
    ['quotes within', "]S'a'b'\na."],
    ['an unknown escape', "]S'\\q'\na."],
    ['a backslash before the end', "]S'\\'\na."],
    ['half an escape', "]S'\\x4'\na."],
    ['a character beyond Unicode', ']V\\U00110000\na.'],
    ['bytes that are not UTF-8', ']\x8c\x01\xffa.'],
    ['half of a character in UTF-8', ']\x8c\x03\xed\xa0\x80a.'],
    ['an unknown opcode', '\x80\x04\xff.'],
    ['another file', '\xff\xd8\xff\xe0'],
  ])('refuses %s', (_, pickle) => {
    expect(() => read(pickle)).toThrow(ValueProblem);
  });

  it('does not fill the memory for what asks to', () => {
    expect(() => read(`${'('.repeat(3_000_000)}.`)).toThrow(/at most 2000000/);
    expect(() => read(`]Vx\np0\n0${'h\0a'.repeat(2_100_000)}.`)).toThrow(/at most 2000000/);
    expect(() => read(`${']\x940'.repeat(2_100_000)}.`)).toThrow(/at most 2000000/);
  });

  it('gives texts or refuses, whatever the bytes are', async () => {
    const pickles = await Promise.all(
      [
        'labels-p0',
        'labels-p2',
        'labels-p4',
        'labels-tuple-p1',
        'labels-py2-str-p0',
        'attack-p0',
        'attack-p4',
      ].map((name) => readFile(fixture(`${name}.pickle`))),
    );
    const changed = fc
      .tuple(fc.constantFrom(...pickles), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }))
      .map(([pickle, changes]) => {
        const copy = Buffer.from(pickle);
        for (const [at, byte] of changes) copy[at % copy.length] = byte;
        return copy;
      });
    const anyBytes = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.oneof(changed, anyBytes), (pickle) => {
        try {
          expect(readPickledTexts(pickle).every((text) => typeof text === 'string')).toBe(true);
        } catch (error) {
          expect(error instanceof ValueProblem || error instanceof CodeInPickle).toBe(true);
        }
      }),
      { numRuns: 5000 },
    );
  });
});

describe('a pickle that asks to run code', () => {
  it.each<[string, string]>([
    ['attack-p0', 'GLOBAL posix.system at byte 14'],
    ['attack-p2', 'GLOBAL posix.system at byte 16'],
    ['attack-p4', 'STACK_GLOBAL posix.system at byte 37'],
    ['attack-py2-p0', 'GLOBAL posix.system at byte 5'],
    ['object-p0', 'GLOBAL copy_reg._reconstructor at byte 5'],
    ['object-p2', 'GLOBAL __main__.Plain at byte 5'],
    ['object-p4', 'STACK_GLOBAL __main__.Plain at byte'],
    ['old-object-py2-p0', 'INST __main__.Old at byte 6'],
    ['old-object-py2-p1', 'GLOBAL __main__.Old at byte 4'],
    ['persistent-p0', 'PERSID at byte 5'],
    ['persistent-p2', 'BINPERSID at byte'],
    ['persistent-p4', 'BINPERSID at byte'],
    ['extension', 'EXT1 at byte 5'],
    ['buffer', 'NEXT_BUFFER at byte 2'],
    ['numpy-labels-p0', 'GLOBAL numpy.'],
    ['numpy-labels-p2', 'GLOBAL numpy.'],
    ['numpy-labels-p4', 'STACK_GLOBAL numpy.'],
    ['numpy-names', 'STACK_GLOBAL numpy.'],
  ])('is refused, and nothing runs: %s', async (name, found) => {
    await expect(readLabelsPickle(fixture(`${name}.pickle`))).rejects.toMatchObject({
      code: 'unsafe_pickle',
      message: expect.stringMatching(
        /^Expected a list of text in .*\.pickle but received a pickle that asks to run code \(.* at byte \d+\); nothing was run\. If it is yours, save .*pickle\.dump/,
      ),
    });
    await expect(readLabelsPickle(fixture(`${name}.pickle`))).rejects.toThrow(`(${found}`);
    expect(existsSync('acquaint-pickle-was-run')).toBe(false);
  });

  it.each<[string, string]>([
    ['REDUCE', '(lR.'],
    ['BUILD', ']]b.'],
    ['OBJ', '(Vx\no.'],
    ['NEWOBJ', '))\x81.'],
    ['NEWOBJ_EX', ')))\x92.'],
    ['EXT2', '\x83\0\x01.'],
    ['EXT4', '\x84\0\0\0\x01.'],
    ['READONLY_BUFFER', '\x98.'],
    ['GLOBAL without its lines', 'c'],
  ])('is refused at the first such opcode: %s', (name, pickle) => {
    expect(() => read(pickle)).toThrow(CodeInPickle);
    expect(() => read(pickle)).toThrow(name.split(' ')[0]);
  });

  it('does not put into a message what is no name of code', () => {
    expect(() => read('c\x1b[2J\nx y\n.')).toThrow(/: GLOBAL at byte 0$/);
    expect(() => read(`c${'a'.repeat(300)}\nb\n.`)).toThrow(/: GLOBAL at byte 0$/);
  });
});

describe('a pickle of other things', () => {
  it.each<[string, string]>([
    ['numbers', 'a number at byte'],
    ['nested', 'one with a list in it'],
    ['none', 'None at byte'],
    ['dict', 'a dict at byte 2'],
    ['bytes', 'bytes at byte'],
    ['bytearray', 'bytes at byte'],
    ['set', 'a set at byte'],
    ['single', 'a single text'],
    ['two', 'more than one value'],
  ])('is refused by what it is, its texts unsaid: %s', async (name, received) => {
    const labels = readLabelsPickle(fixture(`${name}.pickle`));
    await expect(labels).rejects.toMatchObject({
      code: 'bad_import',
      message: expect.stringMatching(
        new RegExp(`^Expected .* in .*${name}\\.pickle but received ${received}`),
      ),
    });
    await expect(labels).rejects.not.toThrow(/Ada|Grace/);
  });

  it('is refused when it is too large, missing or a folder', async () => {
    const large = await newFile('large.pickle', Buffer.alloc(64 * 1024 * 1024 + 1));
    await expect(readLabelsPickle(large)).rejects.toThrow(/a file of at most 67108864 bytes/);
    await expect(readLabelsPickle(fixture('missing'))).rejects.toMatchObject({ code: 'bad_import' });
    await expect(readLabelsPickle(await newFolder())).rejects.toThrow(/received a folder/);
  });
});
