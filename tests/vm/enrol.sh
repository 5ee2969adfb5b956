#!/bin/bash
# temp enrol
python3 - $1 $2 <<'P'
import struct,uuid,sys
open(sys.argv[1]+'/var/lib/atmguard/identity.bin','wb').write(struct.pack('<24sQQQ16s32s16s32s',b'atmguard-identity-1',1,0,0,b'00012345',b'demo',uuid.UUID(sys.argv[2]).bytes,b''))
P
f=$1/var/lib/atmguard/identity.bin
openssl cms -sign -binary -in $f -signer /tmp/k/anchors/identity/t.pem -inkey /tmp/k/identity.key -md sha256 -noattr -nosmimecap -nocerts -outform DER -out ${f%.bin}.p7s
