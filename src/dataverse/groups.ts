/** Things in groups: by a key, or so many at a time. */

/** In their order. (Map.groupBy is not in Node 20.) */
export function groupBy<Key, Thing>(things: Iterable<Thing>, keyOf: (thing: Thing) => Key): Map<Key, Thing[]> {
  const groups = new Map<Key, Thing[]>();
  for (const thing of things) {
    const key = keyOf(thing);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [thing]);
    else group.push(thing);
  }
  return groups;
}

export function slicesOf<T>(things: readonly T[], length: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(things.length / length) }, (_, place) =>
    things.slice(place * length, (place + 1) * length),
  );
}
