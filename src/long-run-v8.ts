/**
 * For commands that let millions of people pass: V8's defaults are for programs that keep what they make. `npm run bench -- size` measures
 * what these settings save.
 */
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** How much the heap may grow over what is alive, in percent, before V8 collects. By itself it waits for several times what is alive. */
const GROWTH_PERCENT = 65;

/** Room for new objects, both halves together. V8 would let it grow to 32 MB; with less than this every collection has to keep much more. */
const NEW_SPACE_BYTES = 16 * 1024 * 1024;

/**
 * Bytes of bytecode that a function runs before V8 thinks of optimizing it. With its default of 66 KB much is optimized that runs for a
 * few batches only, and what a compilation took of memory is not given back.
 */
const INTERRUPT_BUDGET_BYTES = 1_000_000;

/** The V8 of Node 20. Later ones have other settings, and say on stderr that they do not know this one. */
const V8_WITH_INTERRUPT_BUDGET = /^11\.3\./;

export function setUpV8ForLongRun(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
  if (V8_WITH_INTERRUPT_BUDGET.test(process.versions.v8))
    setFlagsFromString(`--interrupt-budget=${INTERRUPT_BUDGET_BYTES}`);
  // Two threads that collect new objects wait for each other longer than they help where the other cores are at work, too.
  setFlagsFromString('--no-parallel-scavenge');
  setFlagsFromString('--semi-space-growth-factor=1');
}

/**
 * Lets the room for new objects grow until it is large enough. To be called after every batch: V8 doubles it while many outlive a collection,
 * takes it back when a process waits for some seconds, and would not stop in time by itself, for its limit can only be given when Node starts.
 */
export function growNewSpace(): void {
  setFlagsFromString(`--semi-space-growth-factor=${newSpaceBytes() < NEW_SPACE_BYTES ? 2 : 1}`);
}

const newSpaceBytes = (): number =>
  getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? NEW_SPACE_BYTES;
