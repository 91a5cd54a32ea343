/** Chance that can be repeated: the same seed gives the same choices. */
export type Random = {
  /** Uniform in [0, 1). */
  next(): number;
  /** A whole number from `least` to `most`. */
  int(least: number, most: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** Up to `count` different ones, in random order. */
  some<T>(from: readonly T[], count: number): readonly T[];
};

/** mulberry32, over a hash of the seeds, so that neighbouring scenarios have nothing in common. */
export function seeded(...seeds: readonly number[]): Random {
  let state = seeds.reduce((mixed, seed) => Math.imul(mixed ^ seed, 0x9e3779b1) ^ (mixed >>> 15), 0x85ebca6b);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    const first = Math.imul(state ^ (state >>> 15), state | 1);
    const second = first ^ (first + Math.imul(first ^ (first >>> 7), first | 61));
    return ((second ^ (second >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
  const some = <T>(from: readonly T[], count: number): readonly T[] =>
    from
      .map((value) => ({ value, place: next() }))
      .sort((a, b) => a.place - b.place)
      .slice(0, count)
      .map(({ value }) => value);
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick(from) {
      const value = from[int(0, from.length - 1)];
      if (value === undefined) throw new Error('nothing to pick from');
      return value;
    },
    some,
  };
}
