import { setFlagsFromString } from 'node:v8';

/** How much the heap may grow over what is alive, in percent, before V8 collects. */
const GROWTH_PERCENT = 50;

/**
 * For commands that let millions of people pass: V8 lets its heap grow to several times what is alive before it collects, which for a
 * stream of short-lived rows is memory for nothing. Costs little time; `npm run bench -- size` measures both.
 */
export function keepHeapSteady(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
}
