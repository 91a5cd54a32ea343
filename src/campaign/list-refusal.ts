import { CampaignError, type DataverseError } from '../errors.ts';

/** Refusals that mean the list and not a person. */
const LIST_REFUSALS: Readonly<Record<string, { readonly code: string; readonly what: string; readonly hint: string }>> =
  {
    '0x80040302': {
      code: 'LIST_LOCKED',
      what: 'is locked',
      hint: 'Unlock it in Dynamics (field "Locked"), or: `dyncamp sync repair CAMPAIGN --unlock`.',
    },
    '0x8004033a': {
      code: 'LIST_INACTIVE',
      what: 'is inactive',
      hint: 'Activate it in Dynamics (Marketing Lists > Activate).',
    },
    '0x8004f701': {
      code: 'LIST_DYNAMIC',
      what: 'is dynamic',
      hint: 'Remove it from the campaign in Dynamics; dyncamp then creates a static list.',
    },
  };

/** The error that ends the run, if the list caused the refusal of a change of members. */
export function listRefusal(
  { listId, campaignId }: { readonly listId: string; readonly campaignId: string },
  error: DataverseError,
): CampaignError | undefined {
  const refusal = LIST_REFUSALS[error.dataverseCode ?? ''];
  if (refusal === undefined) return undefined;
  return new CampaignError(refusal.code, `Own list ${listId} ${refusal.what}: Dynamics refused the change.`, {
    hint: refusal.hint.replace('CAMPAIGN', `id:${campaignId}`),
    cause: error,
    status: error.status,
    dataverseCode: error.dataverseCode,
    requestId: error.requestId,
  });
}
