/** All that a generator yields, and what it returns. */
export async function drained<Step, Result>(
  generator: AsyncGenerator<Step, Result>,
): Promise<{ readonly steps: readonly Step[]; readonly result: Result }> {
  const steps: Step[] = [];
  for (;;) {
    const { done, value } = await generator.next();
    if (done === true) return { steps, result: value };
    steps.push(value);
  }
}
