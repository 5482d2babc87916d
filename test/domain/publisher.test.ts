import { event, type EventData } from '#lib/engine/model/message.js';
import { publisher } from '#lib/domain/publisher/decider.js';
import {
  ConnectLeadDestination,
  EnrollInIsvConnect,
  EnrollPublisher,
  IsvConnectEnrolled,
  LeadDestinationConnected,
  PublisherEnrolled,
} from '#lib/domain/publisher/messages.js';
import { given, recorded } from '../support/given.js';
import { settings } from '../support/settings.js';

const enrolled = event(PublisherEnrolled, { publisherId: 'fabrikam', name: 'Fabrikam' });

describe('EnrollPublisher', () => {
  it('R1 accepts a publisher ID of 38 characters and refuses 39, none, and other characters', () => {
    const ofLength = (length: number) => ({ publisherId: 'a'.repeat(length), name: 'Fabrikam' });
    given(publisher, [])
      .when(EnrollPublisher, ofLength(38))
      .then(event(PublisherEnrolled, ofLength(38)));
    for (const publisherId of ['a'.repeat(39), '', 'Fabrikam', 'fabri.kam', 'fabri kam']) {
      given(publisher, [])
        .when(EnrollPublisher, { publisherId, name: 'Fabrikam' })
        .refused({ code: 'PUBLISHER_ID_INVALID', pointer: '/publisherId' });
    }
  });

  it('R6 accepts a name of 1 and of 200 characters, and refuses none and 201', () => {
    const enroll = (name: string) => given(publisher, []).when(EnrollPublisher, { publisherId: 'fabrikam', name });
    for (const name of ['F', '🏭'.repeat(200)])
      enroll(name).then(event(PublisherEnrolled, { publisherId: 'fabrikam', name }));
    for (const name of ['', 'x'.repeat(201)])
      enroll(name).refused({ code: 'PUBLISHER_NAME_INVALID', pointer: '/name' });
  });

  it('R6 refuses one that is enrolled, and lists every other fault with it', () => {
    given(publisher, [enrolled])
      .when(EnrollPublisher, { publisherId: 'fabrikam', name: '' })
      .refused(
        { code: 'PUBLISHER_ALREADY_ENROLLED', pointer: '/publisherId' },
        { code: 'PUBLISHER_NAME_INVALID', pointer: '/name' },
      );
  });
});

describe('EnrollInIsvConnect', () => {
  const inIsvConnect = event(IsvConnectEnrolled, { publisherId: 'fabrikam' });
  const destination = event(LeadDestinationConnected, { publisherId: 'fabrikam', url: 'https://fabrikam.example' });
  const enroll = (...history: readonly EventData[]) =>
    given(publisher, history).when(EnrollInIsvConnect, { publisherId: 'fabrikam' });

  it('R13 enrolls a publisher once, whatever else they did', () => {
    enroll(enrolled).then(inIsvConnect);
    enroll(enrolled, destination).then(inIsvConnect);
    enroll(enrolled, inIsvConnect).then();
    enroll(enrolled, inIsvConnect, destination).then();
  });
});

describe('ConnectLeadDestination', () => {
  const publisherId = 'fabrikam';
  const connect = (url: string) => given(publisher, [enrolled]).when(ConnectLeadDestination, { publisherId, url });
  const connected = (url: string) => event(LeadDestinationConnected, { publisherId, url });
  const ofLength = (length: number) =>
    `https://fabrikam.example/${'x'.repeat(length - 'https://fabrikam.example/'.length)}`;

  it('R44 accepts an https address of 2,000 characters, and refuses 2,001, a query, a fragment and credentials', () => {
    for (const url of ['https://fabrikam.example', 'https://fabrikam.example:8443/leads', ofLength(2_000)]) {
      connect(url).then(connected(url));
    }
    for (const url of [
      '',
      'http://fabrikam.example/leads',
      'fabrikam.example/leads',
      'https://fabrikam.example/leads?key=1',
      'https://fabrikam.example/leads?',
      'https://fabrikam.example/leads#x',
      'https://user:word@fabrikam.example/leads',
      ofLength(2_001),
    ]) {
      connect(url).refused({ code: 'LEAD_DESTINATION_INVALID', pointer: '/url' });
    }
  });

  it('R44 keeps the secret beside the log, and answers the same one each time the command is repeated', () => {
    const url = 'https://fabrikam.example/leads';
    const { decided, context } = connect(url);
    const handles = publisher.handles.find(({ command }) => command === ConnectLeadDestination);
    const secret = settings.signingSecret(context.commandId);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(handles?.records?.({ publisherId, url }, context)).toEqual([
      { table: 'lead-destinations', key: publisherId, value: { url, secret }, sort: null },
    ]);
    expect(JSON.stringify(decided)).not.toContain(secret);

    const [stored] = recorded('publisher-fabrikam', [connected(url)]);
    if (!stored) throw new Error('Nothing was recorded.');
    const answered = { ...stored, meta: { ...stored.meta, commandId: context.commandId } };
    expect(handles?.answer?.([answered], { publisherId, url }, settings)).toEqual({ secret });
    expect(settings.signingSecret('another')).not.toBe(secret);
  });

  it('R44 replaces address and secret, also by the same address once more', () => {
    const url = 'https://fabrikam.example/leads';
    given(publisher, [enrolled, connected(url)])
      .when(ConnectLeadDestination, { publisherId, url })
      .then(connected(url));
  });
});
