/** What one running identity provider knows: its directory, the codes it gave out, and what tests asked of it. */

import { type AuthorizationCodes, type DeviceCodes, openAuthorizationCodes, openDeviceCodes } from './codes.ts';
import { type Directory, openDirectory } from './directory.ts';
import type { RefusalFacts } from './refusal.ts';

/** A refusal that a test orders for the requests to come, also one that Entra ID answers without a reason of ours. */
export type OrderedRefusal = RefusalFacts & { times: number };

/** One request to the token endpoint, as the log of sign-ins keeps it: no secret, no token. */
export type SignInEntry = {
  grantType: string;
  applicationId: string;
  /** `secret`, `certificate`, `federated` or `none`; absent when it did not come to that. */
  proof?: string;
  /** `granted`, `AADSTS…`, or OAuth's word. */
  outcome: string;
};

export type SignInState = {
  nowMs: () => number;
  lifetimeSeconds: number;
  /** What clients are told to wait between two polls for a device code. Differs: nobody minds who does not. */
  deviceCodeIntervalSeconds: number;
  directory: Directory;
  deviceCodes: DeviceCodes;
  authorizationCodes: AuthorizationCodes;
  ordered: OrderedRefusal[];
  entries: SignInEntry[];
  /** Refresh tokens issued earlier are refused: as when a password is changed. Epoch ms of the end they must have at least. */
  refreshTokensEndAfterMs: number;
};

export type SignInOptions = { nowMs: () => number; lifetimeSeconds: number };

/** [documented: "OAuth 2.0 device authorization grant"] */
const DEVICE_CODE_INTERVAL_SECONDS = 5;

export function openSignInState({ nowMs, lifetimeSeconds }: SignInOptions): SignInState {
  const state: SignInState = {
    nowMs,
    lifetimeSeconds,
    deviceCodeIntervalSeconds: DEVICE_CODE_INTERVAL_SECONDS,
    directory: openDirectory(),
    deviceCodes: openDeviceCodes(nowMs),
    authorizationCodes: openAuthorizationCodes(nowMs),
    ordered: [],
    entries: [],
    refreshTokensEndAfterMs: 0,
  };
  return state;
}
