import { randomUUID } from 'node:crypto';
import { makers, noSegment, notThere, refusal, useEmulator } from '../support/emulator.ts';

const api = useEmulator({ seed: 'none' });
const make = makers(api);
const mismatch = refusal(
  412,
  '0x80060882',
  "The version of the existing record doesn't match the RowVersion property provided.",
);

describe('PATCH on a row', () => {
  it('changes columns and answers 204 [documented]', async () => {
    const lead = await make.lead({ firstname: 'Ada' });
    expect(await api.patch(`leads(${lead})`, { lastname: 'Lovelace' })).toMatchObject({ status: 204 });
    expect((await api.get(`leads(${lead})?$select=fullname`)).json).toMatchObject({ fullname: 'Ada Lovelace' });
  });

  it('answers 200 with the row for return=representation [documented]', async () => {
    const lead = await make.lead();
    const answer = await api.patch(`leads(${lead})`, { firstname: 'Ada' }, { Prefer: 'return=representation' });
    expect(answer).toMatchObject({ status: 200, json: { leadid: lead, firstname: 'Ada' } });
  });

  it('creates the row under an id that is free [documented]', async () => {
    const lead = randomUUID();
    expect(await api.patch(`leads(${lead})`, { lastname: 'New' })).toMatchObject({ status: 204 });
    expect(await api.get(`leads(${lead})`)).toMatchObject({ status: 200 });
  });

  it('with If-Match: * only updates [documented]', async () => {
    const lead = randomUUID();
    expect(await api.patch(`leads(${lead})`, { lastname: 'New' }, { 'If-Match': '*' })).toMatchObject(
      notThere('lead', lead),
    );
  });

  it('with If-None-Match: * only creates [documented]', async () => {
    const lead = await make.lead();
    expect(await api.patch(`leads(${lead})`, { lastname: 'New' }, { 'If-None-Match': '*' })).toMatchObject(
      refusal(412, '0x80040237', 'A record with matching key values already exists.'),
    );
  });

  it('with If-Match and a row version locks optimistically [documented]', async () => {
    const lead = await make.lead();
    const etag = String((await api.get(`leads(${lead})`)).json['@odata.etag']);
    expect(await api.patch(`leads(${lead})`, { firstname: 'A' }, { 'If-Match': etag })).toMatchObject({ status: 204 });
    expect(await api.patch(`leads(${lead})`, { firstname: 'B' }, { 'If-Match': etag })).toMatchObject(mismatch);
  });

  it.each([
    ['412', 412, 'Before'],
    ['upsert', 204, 'After'],
  ] as const)('U24 createOnlyPatchOnList %s: %d', async (value, status, name) => {
    api.switch({ createOnlyPatchOnList: value });
    const list = await make.leadList({ listname: 'Before' });
    const body = { listname: 'After', createdfromcode: 4 };
    expect(await api.patch(`lists(${list})`, body, { 'If-None-Match': '*' })).toMatchObject({ status });
    expect((await api.get(`lists(${list})?$select=listname`)).json).toMatchObject({ listname: name });
  });

  it('takes state and status as a valid pair, else refuses [documented]', async () => {
    const lead = await make.lead();
    expect(await api.patch(`leads(${lead})`, { statecode: 2, statuscode: 4 })).toMatchObject({ status: 204 });
    expect(await api.patch(`leads(${lead})`, { statecode: 0, statuscode: 4 })).toMatchObject(
      refusal(
        400,
        '0x80048408',
        'State code is invalid or state code is valid but status code is invalid for a specified state code.',
      ),
    );
  });

  it.each([
    ['of the row’s state', 2, 204],
    ['of another state', 4, 400],
    ['of no state', 99, 400],
  ])('judges a status alone %s by the stored state [documented code]', async (_name, statuscode, status) => {
    const lead = await make.lead();
    const answer = await api.patch(`leads(${lead})`, { statuscode });
    expect(answer).toMatchObject({ status });
    if (status === 400)
      expect(answer.json).toMatchObject({ error: { code: expect.stringMatching(/^0x8004(8408|431A)$/) } });
    expect((await api.get(`leads(${lead})?$select=statuscode`)).json.statuscode).toBe(status === 204 ? statuscode : 1);
  });

  it.each([
    ['createdfromcode', 2],
    ['type', true],
    ['membercount', 99],
  ])('never changes a list’s %s; refused or ignored [documented columns; answer unsettled]', async (column, value) => {
    const list = await make.leadList();
    const before = (await api.get(`lists(${list})?$select=${column}`)).json[column];
    const answer = await api.patch(`lists(${list})`, { [column]: value });
    expect([204, 400]).toContain(answer.status);
    expect((await api.get(`lists(${list})?$select=${column}`)).json[column]).toBe(before);
  });

  it('refuses a lock on a dynamic list [documented text]', async () => {
    const list = await make.leadList({ type: true });
    expect(await api.patch(`lists(${list})`, { lockstatus: true })).toMatchObject(
      refusal(400, '0x8004f703', 'Lock Status cannot be specified for a dynamic list.'),
    );
  });

  it('refuses an alternate key: none is defined [documented]', async () => {
    expect(await api.patch("contacts(emailaddress1='a@b.example')", { lastname: 'Z' })).toMatchObject(
      refusal(400, '0x80060890', 'The specified key attributes are not a defined key for the contact entity'),
    );
  });
});

describe('PUT and DELETE on one column', () => {
  it('sets and clears it [documented]', async () => {
    const lead = await make.lead();
    const city = async () => (await api.get(`leads(${lead})?$select=address1_city`)).json.address1_city;
    expect(await api.send('PUT', `leads(${lead})/address1_city`, { value: 'Köln' })).toMatchObject({ status: 204 });
    expect(await city()).toBe('Köln');
    expect(await api.delete(`leads(${lead})/address1_city`)).toMatchObject({ status: 204 });
    expect(await city()).toBeNull();
  });

  it('refuses a body without a value, and segments behind it', async () => {
    const lead = await make.lead();
    for (const body of ['', {}, { lastname: 'X' }])
      expect(await api.send('PUT', `leads(${lead})/lastname`, body)).toMatchObject({ status: 400 });
    expect((await api.get(`leads(${lead})?$select=lastname`)).json.lastname).toBe('Test');
    expect(await api.get(`leads(${lead})/lastname/elsewhere`)).toMatchObject(noSegment('elsewhere'));
  });
});
