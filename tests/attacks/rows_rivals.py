# SPDX-License-Identifier: MIT
"""What a rival protection leaves to root, who knows it: beside the table, not among what is counted."""

from tests.attacks.row import HERE, PAYLOAD, Row, Variant

OWN = "/var/tmp/labelled"
# The label of rivals.Ima, as anybody with CAP_SYS_ADMIN can write it.
LABEL = f"""
import hashlib, os
digest = hashlib.sha256(open("{OWN}", "rb").read()).digest()
os.setxattr("{OWN}", "security.ima", bytes((4, 4)) + digest)
os.execv("{OWN}", ["{OWN}"])
"""
ROWS = {"ima": [Row("ima", "root gives his own program the label", [
    Variant("a label", ["/usr/bin/python3", "-c", LABEL], proof=PAYLOAD, errors=("EACCES",),
            unless={"record": "another protection's"}, prepare=[["/usr/bin/cp", HERE + "/payload", OWN]])],
    family="ima")]}
