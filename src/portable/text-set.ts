import { hash, randomBytes } from 'node:crypto';

const FIRST_SLOTS = 1024;

/**
 * Texts that were seen, in 16 to 32 bytes each: a million people's and faces' ids must not fill the memory. Kept are 63
 * bits of a SHA-256, so that two different texts are taken for one with a chance of 1 in 10 million among a million.
 * A secret salt keeps anybody from choosing texts that collide.
 */
export class TextSet {
  readonly #salt = randomBytes(16).toString('latin1');
  /** Two words a slot; a first word of 0 is an empty slot. */
  #words = new Uint32Array(2 * FIRST_SLOTS);
  #size = 0;

  has(text: string): boolean {
    const [first, second] = this.#fingerprint(text);
    return this.#words[2 * this.#slotOf(first, second)] !== 0;
  }

  /** ensures  false, and nothing changed, when the text was there */
  add(text: string): boolean {
    const [first, second] = this.#fingerprint(text);
    if (!this.#put(first, second)) return false;
    if (4 * ++this.#size > this.#words.length) this.#grow();
    return true;
  }

  #fingerprint(text: string): readonly [number, number] {
    const digest = hash('sha256', this.#salt + text, 'buffer');
    return [digest.readUInt32LE(0) | 1, digest.readUInt32LE(4)].map((word) => word >>> 0) as [number, number];
  }

  #put(first: number, second: number): boolean {
    const slot = this.#slotOf(first, second);
    if (this.#words[2 * slot] !== 0) return false;
    this.#words[2 * slot] = first;
    this.#words[2 * slot + 1] = second;
    return true;
  }

  /** The slot that holds the fingerprint, else the empty one where it belongs. */
  #slotOf(first: number, second: number): number {
    const mask = this.#words.length / 2 - 1;
    for (let slot = second & mask; ; slot = (slot + 1) & mask) {
      const found = this.#words[2 * slot]!;
      if (found === 0 || (found === first && this.#words[2 * slot + 1] === second)) return slot;
    }
  }

  #grow(): void {
    const words = this.#words;
    this.#words = new Uint32Array(2 * words.length);
    for (let i = 0; i < words.length; i += 2) {
      if (words[i] !== 0) this.#put(words[i]!, words[i + 1]!);
    }
  }
}
