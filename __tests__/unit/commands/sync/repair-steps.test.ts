import { stepLines } from '../../../../src/commands/sync/repair.ts';

describe('stepLines', () => {
  it('says a step and how to undo it whole, whatever the width', () => {
    const step = { status: 'done', text: 'Unlock list "Mkto-leads-1".', undo: 'In Dynamics, lock it.' } as const;
    expect(stepLines(step, { columns: 30 })).toBe(
      'done     Unlock list\n         "Mkto-leads-1".\n         To undo: In Dynamics,\n         lock it.\n',
    );
    expect(stepLines({ ...step, status: 'planned', undo: '' }, { columns: 80 })).toBe(
      'planned  Unlock list "Mkto-leads-1".\n',
    );
  });
});
