#!/bin/sh
# Makes the secrets of a compose installation, once, one file each; what exists is kept.
set -eu
directory=${1:?usage: make-secrets.sh <directory>}
umask 077
mkdir -p "$directory"
cd "$directory"

make_random() {
  [ -e "$1" ] || od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >"$1"
}

for role in migrator ingest worker api jobs sequencer readonly backup; do
  make_random "${role}_password"
  make_random "${role}_context_key"
done
for name in master_key audit_signing_seed superuser_password redis_password; do
  make_random "$name"
done
printf 'postgresql://postgres:%s@postgres:5432/postgres' "$(cat superuser_password)" >admin_database_url
printf 'redis://:%s@redis:6379/0' "$(cat redis_password)" >redis_url
cat >redis_configuration <<END
requirepass $(cat redis_password)
dir /data
appendonly yes
appendfsync always
save ""
maxmemory-policy noeviction
END
# The database images step down to accounts of their own before they read these two; the directory stays closed on the host.
chmod 644 superuser_password redis_configuration
# The processes of our image run as user 10001.
if [ "$(id -u)" = 0 ]; then
  chown -R 10001 .
fi
echo "Secrets are in $directory. Keep a copy of master_key elsewhere: without it nothing stored can be opened."
