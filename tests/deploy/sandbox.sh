#!/bin/sh
# Run a command as a user without rights, in a view of this machine in which nothing but DATA and TMPDIR can be written.
#
#   unshare --mount --propagation private sh sandbox.sh CHECKOUT PREFIX BASE_PREFIX DATA COMMAND…
#
# In it the checkout is /srv/code, its virtual environment /srv/venv, DATA /srv/data. What the containers, the systemd
# units and the CronJob of deploy/ ask for: read-only root, no capabilities, no new privileges, a scratch folder.
set -eu
checkout=$1 prefix=$2 base=$3 data=$4
shift 4
mount -t tmpfs -o mode=755 tmpfs /srv
mkdir /srv/code /srv/venv /srv/base /srv/data /srv/scratch
mount --bind "$checkout" /srv/code
mount --bind "$prefix" /srv/venv
mount --bind "$base" /srv/base
mount --bind "$data" /srv/data
mount -t tmpfs -o mode=1777 tmpfs /srv/scratch
nobody() { setpriv --reuid=10001 --regid=10001 --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all "$@"; }
if ! nobody test -x "$base/bin"; then # the interpreter lies in the home of root
    top=/$(echo "$base" | cut -d/ -f2)
    mount -t tmpfs -o mode=755 tmpfs "$top"
    mkdir -p "$base"
    mount --bind /srv/base "$base"
fi
awk '{ print $2 }' /proc/self/mounts | sort -u | while read -r place; do
    case $place in
        /srv/data | /srv/scratch | /proc* | /sys* | /dev*) ;;
        *) mount -o remount,bind,ro "$place" ;;
    esac
done
cd /srv/data
export PATH=/srv/venv/bin:/usr/bin:/bin PYTHONPATH=/srv/code TMPDIR=/srv/scratch HOME=/srv/data
nobody "$@"
