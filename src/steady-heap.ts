import { setFlagsFromString } from 'node:v8';

/** How much the heap may grow over what is alive, in percent, before V8 collects. */
const GROWTH_PERCENT = 50;

/** By how much V8 may multiply the space for new objects when many outlive a collection: 1 keeps it at the few megabytes it has. */
const NEW_SPACE_GROWTH = 1;

/**
 * For commands that let millions of people pass: V8 lets its heap grow to several times what is alive before it collects, and the space
 * for new objects to 48 MB, which for a stream of short-lived rows is memory for nothing. Takes some time (the second a tenth of the CPU,
 * for a fifth of the memory); `npm run bench -- size` measures both.
 */
export function keepHeapSteady(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
  setFlagsFromString(`--semi-space-growth-factor=${NEW_SPACE_GROWTH}`);
}
