/** Connects and finds the campaign of a command. Shows campaign, organization and user, so that a wrong one is noticed before any write. */
import { type OpenedCampaign, openCampaign } from '../campaign/open-campaign.ts';
import type { Read } from '../dataverse/operation.ts';
import { displayWidth } from '../terminal/display-width.ts';
import { notice, writeMessage } from '../terminal/report-error.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { shownUserName } from '../text.ts';
import { quoted } from './command-line.ts';
import type { Connection, ConnectOptions } from './connect.ts';
import type { Context } from './context.ts';

type CampaignOptions = ConnectOptions & {
  /** Read along with the first reads of the campaign. */
  readonly otherReads?: readonly Read[];
  /** Called with the organization that answered, before anything else is read. Throws to stop. */
  readonly confirmOrganization?: ((organizationId: string) => void) | undefined;
};

export async function connectToCampaign(
  context: Context,
  campaign: string,
  { otherReads = [], confirmOrganization, ...options }: CampaignOptions = {},
): Promise<{ readonly opened: OpenedCampaign; readonly connection: Connection }> {
  const { dataverse, connection } = await context.openDataverse(options);
  const opened = await openCampaign({
    dataverse,
    clock: context.clock,
    campaign,
    otherReads,
    confirmOrganization(organizationId) {
      connection.confirmOrganization(organizationId);
      confirmOrganization?.(organizationId);
    },
  });
  await reportConnection(context.terminal, opened, connection);
  return { opened, connection };
}

export async function reportConnection(
  terminal: Terminal,
  { identity, facts, asked }: Pick<OpenedCampaign, 'identity' | 'facts' | 'asked'>,
  { origin, profileName }: Pick<Connection, 'origin' | 'profileName'>,
): Promise<void> {
  const { campaign } = facts;
  terminal.noteCampaign({ id: campaign.id, words: quoted(asked) });
  const what = `Campaign "${campaign.name}"${campaign.code === '' ? '' : ` (${campaign.code})`}`;
  const profile = profileName === undefined ? '' : `, profile ${profileName}`;
  const where = `in ${identity.organizationName}, as ${shownUserName(identity.userName)}${profile}`;
  const { isTTY, columns } = terminal.stderr;
  // Logs are searched line by line.
  const isOneLine = terminal.logFormat === 'json' || !isTTY || displayWidth(`${what} ${where}`) <= columns;
  await notice(terminal, 'CONNECTED', `${what}${isOneLine ? ' ' : '\n'}${where}`);
  await writeMessage(terminal, {
    level: 'debug',
    code: 'CONNECTED',
    message: `campaign ${campaign.id}, organization ${identity.organizationId} at ${origin}, user ${identity.userId}, ${profileName === undefined ? 'from the environment' : `profile ${profileName}`}`,
  });
}
