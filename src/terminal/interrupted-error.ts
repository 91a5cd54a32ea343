/** Ctrl-C at a question: the command ends with 130 and does nothing more. */
export class InterruptedError extends Error {
  constructor() {
    super('Interrupted at a question.');
    this.name = 'InterruptedError';
  }
}
