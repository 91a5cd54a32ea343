/**
 * Marketo's names of a person's columns and the Dynamics columns that they stand for.
 * Dynamics side: Adobe's "Default Dynamics Field Mapping"; REST names and second labels: "Standard Fields" of the developer guide.
 */

type MarketoColumn = {
  readonly labels: readonly string[];
  readonly restName?: string;
  /** Column of the lead table; undefined where a lead has none. */
  readonly lead?: string;
  readonly contact?: string;
  /** Set by Dynamics itself (state, creation time): recognized, and left out of every creation. */
  readonly neverSent?: true;
};

export const EMAIL_COLUMN = 'emailaddress1';

/** Prefix of the columns of Marketo's solution, which exist only where it is installed. */
export const MARKETO_PREFIX = 'mkt_';

const both = (column: string, labels: readonly string[], restName?: string): MarketoColumn => ({
  labels,
  lead: column,
  contact: column,
  ...(restName !== undefined && { restName }),
});

export const MARKETO_COLUMNS: readonly MarketoColumn[] = [
  both(EMAIL_COLUMN, ['Email', 'Email Address'], 'email'),
  both('firstname', ['First', 'First Name'], 'firstName'),
  both('middlename', ['Middle', 'Middle Name'], 'middleName'),
  both('lastname', ['Last', 'Last Name'], 'lastName'),
  both('salutation', ['Salutation'], 'salutation'),
  both('jobtitle', ['Job Title'], 'title'),
  // A contact's company is its account: parentcustomerid is internal, the name comes from there.
  { labels: ['Company', 'Company Name'], restName: 'company', lead: 'companyname' },
  both('telephone1', ['Phone', 'Phone Number'], 'phone'),
  both('mobilephone', ['Mobile', 'Mobile Phone Number'], 'mobilePhone'),
  both('telephone2', ['Microsoft Home Phone']),
  { labels: ['Fax', 'Fax Number'], restName: 'fax', lead: 'fax' },
  both('address1_line1', ['Address'], 'address'),
  both('address1_line2', ['Microsoft Address 2']),
  both('address1_line3', ['Microsoft Address 3']),
  both('address1_city', ['City'], 'city'),
  both('address1_stateorprovince', ['State'], 'state'),
  both('address1_country', ['Country'], 'country'),
  both('address1_postalcode', ['Postal Code'], 'postalCode'),
  { labels: ['Annual Revenue'], restName: 'annualRevenue', lead: 'revenue' },
  { labels: ['Person Source', 'Lead Source'], restName: 'leadSource', lead: 'leadsourcecode' },
  { labels: ['Person Rating', 'Lead Rating'], restName: 'rating', lead: 'leadqualitycode' },
  { ...both('statecode', ['Person Status', 'Lead Status'], 'leadStatus'), neverSent: true },
  { ...both('statuscode', ['Status Reason']), neverSent: true },
  both('description', ['Person Notes']),
  { labels: ['Microsoft Topic', 'Subject'], lead: 'subject' },
  both('donotphone', ['Do Not Call'], 'doNotCall'),
  both('donotbulkemail', ['Unsubscribed'], 'unsubscribed'),
  both('donotemail', ['Microsoft Do Not Email', 'Do Not Email']),
  both('donotfax', ['Microsoft Do Not Fax', 'Do Not Fax']),
  both('donotsendmm', ['Microsoft Do Not Send Marketing Material', 'Do Not Send Marketing Material']),
  both('preferredcontactmethodcode', ['Microsoft Preferred Method Of Contact']),
  both('mkt_priority', ['Priority'], 'priority'),
  both('mkt_relativescore', ['Relative Score'], 'relativeScore'),
  both('mkt_urgency', ['Relative Urgency'], 'urgency'),
  { labels: ['Person Score', 'Lead Score'], restName: 'leadScore', contact: 'mkt_leadscore' },
  both('mkt_lastinterestingmomentdate', ['Last interesting moment date']),
  both('mkt_lastinterestingmomenttype', ['Last interesting moment type']),
  both('mkt_leadinterestingmomentsource', ['Last interesting moment source']),
  both('mkt_lastinterestingmomentdesc', ['Last interesting moment desc']),
  { ...both('createdon', ['Microsoft Created Date']), neverSent: true },
];

/** Column names compare without case, blanks, hyphens and underscores. */
function columnNameKey(name: string): string {
  return name.toLowerCase().replace(/[\s_-]+/gu, '');
}

/** The lead's column, or the contact's if leads have none. */
export function dynamicsName(column: MarketoColumn): string {
  return column.lead ?? column.contact ?? '';
}

const BY_KEY: ReadonlyMap<string, MarketoColumn> = new Map(
  MARKETO_COLUMNS.flatMap((column) =>
    [...column.labels, column.restName ?? '', column.lead ?? '', column.contact ?? '']
      .filter((name) => name !== '')
      .map((name) => [columnNameKey(name), column] as const),
  ),
);

/** By Marketo's label or REST name, or by Dynamics' name. */
export function findMarketoColumn(header: string): MarketoColumn | undefined {
  return BY_KEY.get(columnNameKey(header));
}
