#!/bin/sh
# SPDX-License-Identifier: MIT
# The guest's line to the center: one connection, to the port that the file names when it is opened.
#
# usage: line.sh FILE      (started by QEMU for each connection; what it complains of must not go there)
read -r port <"$1" && exec socat STDIO "TCP:127.0.0.1:$port" 2>/dev/null
