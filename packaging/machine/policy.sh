#!/bin/bash
# SPDX-License-Identifier: MIT
# Lists, compiles and signs the policy of a guest tree, as a vendor would.
#
# usage: policy.sh TREE TEXT RULES…   (puts it into TREE/var/lib/atmguard/policy, its text into TEXT)
set -euo pipefail
cd "$(dirname "$0")/../.."

tree=${1:?usage: policy.sh TREE TEXT RULES…} text=${2:?usage: policy.sh TREE TEXT RULES…}
shift 2
build=${BUILD:-build}
tool=$build/bin/atmguard-policy
state=$tree/var/lib/atmguard/policy
keys=$build/keys/vendor

mkdir -p "$state"
"$tool" build --quiet --root "$tree" -o "$text" "$@"
"$tool" compile -o "$state/current.bin" "$text"
"$tool" sign --key "$keys/vendor.key" --cert "$keys/vendor.pem" -o "$state/current.p7s" "$state/current.bin"
for suffix in bin p7s; do
	cp "$state/current.$suffix" "$state/good.$suffix"
done
