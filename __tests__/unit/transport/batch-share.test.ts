import { afterAnswerInTime, afterTimeout, FULL_SHARE, SMALLEST_SHARE } from '../../../src/transport/batch-share.ts';

const answers = (share: typeof FULL_SHARE, count: number) =>
  Array.from({ length: count }).reduce<typeof FULL_SHARE>(afterAnswerInTime, share);

describe('afterTimeout', () => {
  it('halves the batches', () => {
    expect(afterTimeout(FULL_SHARE, 0, 300_000).share).toBe(0.5);
  });

  it('halves them once for several that were in flight together', () => {
    const first = afterTimeout(FULL_SHARE, 0, 300_000);
    expect(afterTimeout(first, 10, 300_010)).toBe(first);
    expect(afterTimeout(first, 300_000, 600_000).share).toBe(0.25);
  });

  it('leaves something to send', () => {
    let share = FULL_SHARE;
    for (let time = 0; time < 20; time += 1) share = afterTimeout(share, time * 10, time * 10 + 5);
    expect(share.share).toBe(SMALLEST_SHARE);
  });
});

describe('afterAnswerInTime', () => {
  it('changes nothing while batches are full', () => {
    expect(afterAnswerInTime(FULL_SHARE)).toBe(FULL_SHARE);
  });

  it('tries twice as much after fifty answers, and no more than the whole', () => {
    const halved = afterTimeout(afterTimeout(FULL_SHARE, 0, 1), 2, 3);
    expect(answers(halved, 49).share).toBe(0.25);
    expect(answers(halved, 50).share).toBe(0.5);
    expect(answers(halved, 100).share).toBe(1);
    expect(answers(halved, 200).share).toBe(1);
  });
});
