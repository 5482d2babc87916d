import { hostsOf, isLoopback } from './parsers.js';

/** What production mode asks of the addresses of stores. */
interface StoreAddresses {
  readonly mode: 'local' | 'production';
  readonly events: string | null;
  readonly views: string | null;
}

const encrypted =
  'the connection must be encrypted and the server’s certificate checked in production mode, unless the server is on this machine:';

/** What is wrong with the stores' addresses in production mode, a line each; what they hold is never repeated. */
export function productionFaults({ mode, events, views }: StoreAddresses): readonly string[] {
  if (mode !== 'production') return [];
  const faults: string[] = [];
  if (events !== null && !isOnThisMachine(events)) {
    const { tls, tlsverifycert } = parametersOf(events);
    if (tls === 'false' || tlsverifycert === 'false') {
      faults.push(`SEATLEDGER_EVENTS: ${encrypted} leave out tls=false and tlsVerifyCert=false.`);
    }
  }
  if (views !== null) {
    const given = parametersOf(views);
    const isEncrypted = (given['tls'] ?? given['ssl'] ?? String(views.startsWith('mongodb+srv:'))) === 'true';
    const isUnchecked = ['tlsinsecure', 'tlsallowinvalidcertificates', 'tlsallowinvalidhostnames'].some(
      (name) => given[name] === 'true',
    );
    if ((!isEncrypted || isUnchecked) && !isOnThisMachine(views)) {
      faults.push(`SEATLEDGER_VIEWS: ${encrypted} add tls=true, and leave out tlsInsecure and tlsAllowInvalid….`);
    }
    if ((given['w'] ?? 'majority') !== 'majority' || given['journal'] === 'false') {
      faults.push('SEATLEDGER_VIEWS: writes must be on the disks of a majority: leave out w and journal.');
    }
  }
  return faults;
}

/** By small letters, as the drivers read them. */
function parametersOf(url: string): Readonly<Record<string, string | undefined>> {
  const [, search = ''] = url.split('?', 2);
  const parameters = [...new URLSearchParams(search)].map(([name, value]) => [name.toLowerCase(), value.toLowerCase()]);
  return Object.fromEntries(parameters) as Record<string, string>;
}

function isOnThisMachine(url: string): boolean {
  return hostsOf(url)
    .split(',')
    .every((host) => isLoopback(host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')));
}
