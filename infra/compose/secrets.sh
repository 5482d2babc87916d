#!/usr/bin/env bash
# Draws the secrets of compose.yaml into the folder `secrets` beside this file, one secret a file; needs openssl.
#
#     infra/compose/secrets.sh           all of them, once: stores that were begun with them know no others
#     infra/compose/secrets.sh --renew   the certificates anew, by the same authority, before they run out
#
# Exit code 0: drawn; 1: nothing was changed, and the last line says why.
# The folder is the operator's alone (0700). The files in it are readable by all (0444), since each is mounted into
# containers that run under users of their own.
set -euo pipefail

# How long certificates are good for: those of servers and clients, and the authority's own.
days=825
authority_days=3650

secrets="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/secrets"
refuse() {
  echo "$1" >&2
  exit 1
}
case "${1-}" in
  '') [[ ! -e $secrets ]] || refuse "$secrets is there already; --renew draws its certificates anew." ;;
  --renew) [[ -e $secrets/ca.key ]] || refuse "$secrets/ca.key is missing: nothing could be signed." ;;
  *) refuse "Usage: $0 [--renew]" ;;
esac
umask 077
drawing=$(mktemp -d "$secrets.XXXXXX")
trap 'rm -rf "$drawing"' EXIT
cd "$drawing"

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
password() { openssl rand -hex 32 | tr -d '\n' >"$1"; }

# certificate FILE SUBJECT USES NAMES: a key, and a certificate of it that the authority has signed.
certificate() {
  openssl req -new -newkey rsa:3072 -nodes -keyout "$1.key" -out "$1.csr" -subj "$2" 2>/dev/null
  openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -days "$days" -sha256 -out "$1.crt" 2>/dev/null -extfile <(
    printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature,keyEncipherment\n'
    printf 'subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\nextendedKeyUsage=%s\n' "$3"
    if [[ -n $4 ]]; then printf 'subjectAltName=%s\n' "$4"; fi
  )
  rm "$1.csr"
}

authority() {
  openssl req -x509 -newkey rsa:3072 -nodes -keyout ca.key -out ca.pem -days "$authority_days" -sha256 \
    -subj '/CN=Seatledger stores' -addext 'basicConstraints=critical,CA:TRUE' \
    -addext 'keyUsage=critical,keyCertSign,cRLSign' 2>/dev/null
}

certificates() {
  # A member of the replica set is who has the organization and unit of the members: nobody else may have both.
  nodes='DNS:mongodb-1,DNS:mongodb-2,DNS:mongodb-3,DNS:localhost,IP:127.0.0.1'
  certificate kurrentdb '/CN=kurrentdb' serverAuth,clientAuth 'DNS:kurrentdb,DNS:localhost,IP:127.0.0.1'
  certificate mongodb '/O=Seatledger/OU=members/CN=mongodb' serverAuth,clientAuth "$nodes"
  certificate mongodb-exporter '/O=Seatledger/OU=monitoring/CN=mongodb-exporter' clientAuth ''
  # MongoDB and its drivers want certificate and key in one file.
  for name in mongodb mongodb-exporter; do
    cat "$name.crt" "$name.key" >"$name.pem"
    rm "$name.crt" "$name.key"
  done
}

if [[ ${1-} == --renew ]]; then
  cp "$secrets/ca.pem" "$secrets/ca.key" .
  certificates
  rm -f ca.pem ca.key
  chmod 0444 -- *
  mv -f -- * "$secrets"
  echo "Renewed: $secrets. Restart KurrentDB and the nodes of MongoDB one after the other, then the exporter."
  exit 0
fi

authority
certificates
for name in kurrentdb-admin kurrentdb-ops kurrentdb-seatledger kurrentdb-metrics mongodb-admin mongodb-seatledger grafana; do
  password "$name-password"
done
printf 'sl_%s_%s' "$(openssl rand -hex 8)" "$(openssl rand 32 | base64url)" >admin-key

tls='tls=true&tlsCAFile=/run/secrets/ca.pem'
printf 'kurrentdb://seatledger:%s@kurrentdb:2113?%s' "$(cat kurrentdb-seatledger-password)" "$tls" >events
printf 'mongodb://seatledger:%s@mongodb-1,mongodb-2,mongodb-3/seatledger?replicaSet=seatledger&authSource=admin&%s' \
  "$(cat mongodb-seatledger-password)" "$tls" >views

chmod 0444 -- *
# Signs what is renewed; mounted nowhere.
chmod 0400 ca.key
mv "$drawing" "$secrets"
trap - EXIT
echo "Drawn: $secrets. Keep a copy of the folder where backups are kept."
