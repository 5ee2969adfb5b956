#!/bin/bash
# SPDX-License-Identifier: MIT
# Gives a guest tree the identity and the agent's keys of an enrolled machine.
#
# usage: enrol.sh TREE NUMBER
set -euo pipefail
cd "$(dirname "$0")/../.."

tree=${1:?usage: enrol.sh TREE NUMBER} from=${BUILD:-build}/keys/atm/${2:?usage: enrol.sh TREE NUMBER}
state=$tree/var/lib/atmguard
# The account by number: the tree is not this machine.
agent=$(awk -F: '$1 == "atmguard" { print $3 ":" $4 }' "$tree/etc/passwd")

mkdir -p "$state"
install -m 0644 "$from"/identity.bin "$from"/identity.p7s "$from"/agent.pem "$from"/ca.pem "$state/"
install -m 0600 "$from/agent.key" "$state/"
chown -R "${agent:?no account atmguard in the tree}" "$state"
chown 0:0 "$state"/identity.*
printf 'center = https://10.0.2.100:8443\n' >"$tree/etc/atmguard/agent.conf"
