/** What `dyncamp help` explains besides commands: one page each, for a terminal of 80 columns. */
import type { Command } from 'commander';

const ENVIRONMENT = `Environment variables of dyncamp.

Where to connect, if no profile is named. With --profile or DYNCAMP_PROFILE,
DYNCAMP_URL and DYNCAMP_ACCESS_TOKEN must not be set.
  DYNCAMP_URL                    address of the environment, e.g.
                                 https://contoso.crm4.dynamics.com
  DYNCAMP_ACCESS_TOKEN           a ready bearer token (or …_FILE)
  DYNCAMP_FLOW_USERS             ids of users whose additions count as ours
  AZURE_TENANT_ID                tenant of the app registration
  AZURE_CLIENT_ID                its application (client) id
  AZURE_CLIENT_SECRET            its secret (or …_FILE), or instead:
  AZURE_CLIENT_CERTIFICATE_PATH  a certificate with its key, as PEM
  AZURE_CLIENT_CERTIFICATE_PASSWORD   passphrase of the key (or …_FILE)
  AZURE_FEDERATED_TOKEN_FILE     a token of Kubernetes or GitHub Actions
  AZURE_AUTHORITY_HOST           where to sign in, for national clouds
  DYNCAMP_PROFILE                the profile to use, like --profile

Folders
  DYNCAMP_CONFIG_DIR             settings (the profiles)
  DYNCAMP_STATE_DIR              journal, sign-ins, data of the emulator

Network
  HTTPS_PROXY, HTTP_PROXY, NO_PROXY   proxies
  NODE_EXTRA_CA_CERTS            certificates of a private authority, as PEM

The screen
  NO_COLOR                       no color; wins over the next ones
  FORCE_COLOR, CLICOLOR_FORCE    color in a pipe too; FORCE_COLOR=0 is none
  CLICOLOR=0                     no color
  CI                             nobody is there: no questions, no live line
  COLUMNS                        width of a table that is not on a terminal

Parallel jobs
  DYNCAMP_SHARDS                 number of shards; JOB_COMPLETION_INDEX of
                                 Kubernetes, from 0, says which one this is

An empty variable counts as not set. \`dyncamp profiles show\` shows what is used
and where it comes from, \`dyncamp version\` the folders.
`;

const EXIT_CODES = `Exit codes of dyncamp.

  0    done; people who were skipped and an empty input included
  1    a bug in dyncamp
  2    usage, settings, a guard, or a journal that cannot be opened
  3    campaign or list not usable
  4    sign-in failed
  5    a privilege is missing, or the user does not see everything
  10   \`sync check\` found problems
  65   input cannot be read any further; what came before it was done
  68   some people failed
  69   Dynamics refused, or cannot do, what was asked; repeating will not help
  75   temporary failure, or something is unconfirmed: run the command again
  129  stopped by SIGHUP
  130  stopped by Ctrl-C
  141  the reader of stdout went away; \`dyncamp events replay\` prints the rest
  143  stopped by SIGTERM

In a job: 0 is success. 75: the next run finishes the work. 68: look at the
failed rows in --results, fix them, and run with --only-failed. After a signal
or 141 the next run continues. For every other code someone has to act: the
message says what to do.

From the shell, and not from dyncamp: 127 means that there is no such program
(PATH), 126 that it cannot be run, 137 that it was killed (often: memory).

If several apply, the strongest counts: a signal or 141, then 1, 2, 4, 5, 3, 69,
75, 65, 68. --report has the code and its reason as JSON.
`;

export const TOPICS = {
  environment: ENVIRONMENT,
  'exit-codes': EXIT_CODES,
} as const;

/** Hidden commands, so that `dyncamp help TOPIC` and `dyncamp TOPIC` both show the page. */
export function defineHelpTopics(program: Command): void {
  for (const [name, text] of Object.entries(TOPICS)) {
    const topic = program.command(name, { hidden: true }).configureHelp({ formatHelp: () => text });
    topic.action(() => topic.help());
  }
}
