/** A terminal of this many columns has room for ids. */
export const WIDE = 160;

/** A table shows the day; whoever wants the moment asks for another format. */
export const dayOf = (moment: string): string => moment.slice(0, 10);
