/**
 * For mongosh, on the first node itself: makes the three nodes one replica set and gives it its users. The first user can
 * be made from the node's own address only, while there is none. Run again it changes nothing; cut off, it goes on.
 */
const waitForMs = 60_000;
const pauseMs = 500;
const nodes = ['mongodb-1:27017', 'mongodb-2:27017', 'mongodb-3:27017'];
/** Subject of the exporter's certificate, which is all that it signs in with. */
const exporter = 'CN=mongodb-exporter,OU=monitoring,O=Seatledger';

const admin = db.getSiblingDB('admin');
const external = db.getSiblingDB('$external');
const secret = (name) => fs.readFileSync(`/run/secrets/${name}`, 'utf8').trim();

function isAccepted(user) {
  try {
    return admin.auth(user, secret(`mongodb-${user}-password`)).ok === 1;
  } catch {
    return false;
  }
}

// The last user that is made: if it is there, all is, whichever node is primary now.
if (!isAccepted('seatledger')) {
  if (admin.hello().setName === undefined) {
    const members = nodes.map((host, _id) => ({ _id, host, priority: _id === 0 ? 2 : 1 }));
    rs.initiate({ _id: 'seatledger', members });
  }
  const giveUpAt = Date.now() + waitForMs;
  while (!admin.hello().isWritablePrimary) {
    if (Date.now() > giveUpAt) throw new Error('mongodb-1 has not become primary.');
    sleep(pauseMs);
  }
  if (!isAccepted('admin')) {
    admin.createUser({ user: 'admin', pwd: secret('mongodb-admin-password'), roles: ['root'] });
    admin.auth('admin', secret('mongodb-admin-password'));
  }
  if (external.getUser(exporter) === null) {
    const roles = [
      { role: 'clusterMonitor', db: 'admin' },
      { role: 'read', db: 'local' },
    ];
    external.createUser({ user: exporter, roles });
  }
  const roles = [{ role: 'readWrite', db: 'seatledger' }];
  admin.createUser({ user: 'seatledger', pwd: secret('mongodb-seatledger-password'), roles });
}
print('MongoDB knows its users.');
