/** The manifests of examples/: YAML, with the fields that matter, and with what dyncamp reads. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT } from '../../src/terminal/exit-codes.ts';
import { EXAMPLES } from '../support/examples.ts';

const { load, loadAll } = jest.requireActual<{ load(text: string): unknown; loadAll(text: string): unknown[] }>(
  'js-yaml',
);
const text = (name: string): string => readFileSync(join(EXAMPLES, name), 'utf8');

/** What has no place in a manifest: values that no key leads to are undefined. */
function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
}

describe('06-kubernetes-job.yaml', () => {
  const documents = loadAll(text('06-kubernetes-job.yaml'));
  const job = documents.find((document) => at(document, 'kind') === 'Job');
  const pod = at(job, 'spec', 'template', 'spec');
  const container = at(pod, 'containers', 0);

  it('is an Indexed Job with as many shards as indexes', () => {
    const spec = at(job, 'spec');
    expect(spec).toMatchObject({ completionMode: 'Indexed', backoffLimitPerIndex: expect.any(Number) });
    expect(at(container, 'env')).toContainEqual({ name: 'DYNCAMP_SHARDS', value: String(at(spec, 'completions')) });
    expect(at(pod, 'restartPolicy')).toBe('Never');
  });

  it('tries again what is temporary, and gives up an index for what is not', () => {
    const rules: unknown = at(job, 'spec', 'podFailurePolicy', 'rules');
    const byAction = (action: string) =>
      (Array.isArray(rules) ? rules : []).find((rule) => at(rule, 'action') === action);
    expect(at(byAction('Count'), 'onExitCodes', 'values')).toEqual([EXIT.temporary]);
    const { usage, campaign, authentication, privilege, input, somePeopleFailed } = EXIT;
    expect(at(byAction('FailIndex'), 'onExitCodes', 'values')).toEqual([
      usage,
      campaign,
      authentication,
      privilege,
      input,
      somePeopleFailed,
    ]);
    expect(at(byAction('Ignore'), 'onPodConditions', 0, 'type')).toBe('DisruptionTarget');
    expect(at(byAction('FailIndex'), 'onExitCodes', 'containerName')).toBe(at(container, 'name'));
  });

  it('runs as nobody in particular, on a root that it cannot write to', () => {
    expect(at(pod, 'securityContext')).toMatchObject({ runAsNonRoot: true });
    expect(at(container, 'securityContext')).toMatchObject({
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    });
  });

  it('has a place for the journal of each index, and for what else is written', () => {
    const mounts: unknown = at(container, 'volumeMounts');
    expect(mounts).toContainEqual({ name: 'state', mountPath: '/state', subPathExpr: '$(INDEX)' });
    expect(at(container, 'env')).toContainEqual({
      name: 'INDEX',
      valueFrom: { fieldRef: { fieldPath: "metadata.annotations['batch.kubernetes.io/job-completion-index']" } },
    });
    expect(at(container, 'env')).toContainEqual({ name: 'DYNCAMP_STATE_DIR', value: '/state/journal' });
    const names = (list: unknown) => (Array.isArray(list) ? list.map((each) => at(each, 'name')) : []);
    expect(names(at(pod, 'volumes')).sort()).toEqual(names(mounts).sort());
  });

  it('signs in by workload identity', () => {
    expect(at(job, 'spec', 'template', 'metadata', 'labels')).toMatchObject({ 'azure.workload.identity/use': 'true' });
    const account = documents.find((document) => at(document, 'kind') === 'ServiceAccount');
    expect(at(account, 'metadata', 'name')).toBe(at(pod, 'serviceAccountName'));
    expect(Object.keys(Object(at(account, 'metadata', 'annotations')))).toContain('azure.workload.identity/client-id');
  });
});

describe('07-github-actions.yml', () => {
  const workflow = load(text('07-github-actions.yml'));
  const steps: unknown = at(workflow, 'jobs', 'add', 'steps');
  const uses = (Array.isArray(steps) ? steps : []).map((step) => String(at(step, 'uses') ?? '').replace(/@.*/, ''));

  it('may ask for a token, and has the variables that dyncamp reads', () => {
    expect(at(workflow, 'permissions')).toEqual({ contents: 'read', 'id-token': 'write' });
    expect(Object.keys(Object(at(workflow, 'jobs', 'add', 'env')))).toEqual(
      expect.arrayContaining([
        'DYNCAMP_URL',
        'AZURE_TENANT_ID',
        'AZURE_CLIENT_ID',
        'AZURE_FEDERATED_TOKEN_FILE',
        'DYNCAMP_STATE_DIR',
      ]),
    );
    expect(text('07-github-actions.yml')).not.toContain('secrets.');
  });

  it('keeps the journal from run to run and the results as an artifact, whatever became of the run', () => {
    expect(uses).toEqual(
      expect.arrayContaining(['actions/cache/restore', 'actions/upload-artifact', 'actions/cache/save']),
    );
    for (const name of ['actions/upload-artifact', 'actions/cache/save'])
      expect(at(steps, uses.indexOf(name), 'if')).toBe('always()');
    expect(at(workflow, 'concurrency', 'cancel-in-progress')).toBe(false);
  });
});
