import { createHash } from 'node:crypto';

const ENGLISH = 1033;

/** A fixed id for a named piece of metadata. */
export function metadataId(...names: readonly string[]): string {
  const hex = createHash('sha256').update(names.join('/')).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

type LocalizedLabel = { Label: string; LanguageCode: number; IsManaged: boolean; MetadataId: string; HasChanged: null };

export type Label = { LocalizedLabels: readonly LocalizedLabel[]; UserLocalizedLabel: LocalizedLabel | null };

/** A display text; `key` makes its id. */
export function label(text: string, key: string, isManaged: boolean): Label {
  const localized: LocalizedLabel = {
    Label: text,
    LanguageCode: ENGLISH,
    IsManaged: isManaged,
    MetadataId: metadataId('label', key),
    HasChanged: null,
  };
  return { LocalizedLabels: [localized], UserLocalizedLabel: localized };
}

export const NO_LABEL: Label = { LocalizedLabels: [], UserLocalizedLabel: null };
