/** The depth that each privilege needs, and why. The names are those of ../campaign/privileges.ts. */
import { type Depth, type Privilege, READ_UNITS } from '../campaign/privileges.ts';

/** Depths: "Security roles and privileges", by the owner of the row. */
export const neededDepth = ({ needed }: Privilege): 'Basic' | 'Global' => (needed === 'own' ? 'Basic' : 'Global');

/** Needed by some options only; without it dyncamp goes on and reports that. */
export const OPTIONAL_PRIVILEGES: readonly Privilege[] = [
  { name: 'prvCreateContact', table: 'contact', needed: 'own', purpose: 'add --create-as contact' },
  { name: 'prvReadActivity', table: 'activity', needed: 'read', purpose: 'sync repair: unlink a list' },
  {
    name: 'prvAppendToUser',
    table: 'systemuser',
    needed: 'own',
    purpose: 'if creating a list is refused without it',
  },
  { name: 'prvReadSdkMessage', table: 'sdkmessage', needed: 'read', purpose: 'sync check: which actions there are' },
  { name: 'prvReadUser', table: 'systemuser', needed: 'read', purpose: 'names of users instead of their ids' },
  {
    name: 'prvReadSolution',
    table: 'solution',
    needed: 'read',
    purpose: "sync check: whether Marketo's solution is there",
  },
  {
    name: READ_UNITS,
    table: 'businessunit',
    needed: 'read',
    purpose: 'access levels below Organization that still show every record',
  },
];

export const OPTIONAL_NAMES: readonly string[] = OPTIONAL_PRIVILEGES.map(({ name }) => name);

export const DEPTH_LABELS = {
  none: 'none',
  RecordFilter: 'some rows',
  Basic: 'User',
  Local: 'Business unit',
  Deep: 'Parent: child business units',
  Global: 'Organization',
} as const satisfies Record<Depth, string>;

/** Where an administrator grants them. */
export const ROLE_PAGE =
  'Power Platform admin center > Environments > (the environment) > Settings > Users + permissions > Security roles';
