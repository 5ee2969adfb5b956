#!/bin/bash
# SPDX-License-Identifier: MIT
# Makes the keys of a test vendor and a test center, and enrols the test machines there.
#
# build/keys/vendor       the vendor's signing key
# build/keys/center       a center's directory with the machines and employees; tests work on copies
# build/keys/atm/NUMBER   what goes to each machine
# build/keys/anchors      the certificates that are compiled into the module
set -euo pipefail
cd "$(dirname "$0")/../.."

build=${BUILD:-build}
keys=$build/keys
# The identity of the boot medium: the UUID of the guest's root file system.
uuid=$(cat packaging/machine/root-uuid)
machines=(00012345 00054321)
employees=(100234 100235)

center() { "$build/bin/atmcenter" --dir "$keys/center" "$@"; }

enrol() {
	local number=$1 dir=$keys/atm/$1
	mkdir -p "$dir"
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$dir/agent.key" \
		-subj "/CN=$number" -out "$dir/agent.csr" 2>/dev/null
	center atm add --number "$number" --class demo --boot-uuid "$uuid" \
		--csr "$dir/agent.csr" --out "$dir" >/dev/null
}

rm -rf "$keys"
mkdir -p "$keys/anchors"/{policy,identity,grant}
"$build/bin/atmguard-policy" keygen "$keys/vendor" >/dev/null
center init --host localhost --host 127.0.0.1 --host 10.0.2.100 >/dev/null
cp "$keys/vendor/vendor.pem" "$keys/anchors/policy/vendor.pem"
cp "$keys/center/sign/identity.pem" "$keys/anchors/identity/center.pem"
cp "$keys/center/sign/grant.pem" "$keys/anchors/grant/center.pem"

exec 3< <(exec "$build/bin/atmcenterd" --dir "$keys/center" --listen 127.0.0.1:0 2>&1)
daemon=$!
trap 'kill "$daemon" 2>/dev/null || true' EXIT
until IFS= read -r line <&3 && [[ $line == *ready* ]]; do
	[ -n "$line" ] || { echo "keys: the center does not start" >&2; exit 1; }
done
for number in "${machines[@]}"; do
	enrol "$number"
done
for number in "${employees[@]}"; do
	center employee add --number "$number" >/dev/null
done
kill "$daemon"
cat <&3 >/dev/null
trap - EXIT
touch "$keys/stamp"
echo "keys: $keys is ready"
