/** Ctrl-C at a question: the command ends with 130, having done nothing since. */
export class InterruptedError extends Error {
  constructor() {
    super('Interrupted at a question.');
    this.name = 'InterruptedError';
  }
}
