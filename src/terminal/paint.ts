/** Colour for one stream. The only import of chalk, loaded only when a stream shows colour. */

export type Paint = Readonly<Record<'bold' | 'dim' | 'red' | 'yellow' | 'green' | 'cyan', (text: string) => string>>;

const same = (text: string): string => text;
const PLAIN: Paint = { bold: same, dim: same, red: same, yellow: same, green: same, cyan: same };

export async function loadPaint(colour: boolean): Promise<Paint> {
  if (!colour) return PLAIN;
  const { Chalk } = await import('chalk');
  // 16 colours follow the terminal's own theme, dark or light.
  const { bold, dim, red, yellow, green, cyan } = new Chalk({ level: 1 });
  return { bold, dim, red, yellow, green, cyan };
}
