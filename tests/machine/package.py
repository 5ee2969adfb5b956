# SPDX-License-Identifier: MIT
"""Debian packages of a program, its library and maintainer scripts, made for a story."""

import os
import subprocess

LIBRARY = "/usr/lib/x86_64-linux-gnu/libcoins.so.1"
PROGRAM = "/usr/bin/coins"

SOURCE = """
#include <stdio.h>
const char *coins_library(void);
int main(void) {{ printf("coins {version}, library %s\\n", coins_library()); return 0; }}
"""
LIBRARY_SOURCE = 'const char *coins_library(void);\nconst char *coins_library(void) {{ return "{version}"; }}\n'


def _compile(scratch, name, source, *options):
    path = os.path.join(scratch, name)
    subprocess.run(["gcc", "-O2", "-x", "c", "-o", path, "-", *options], input=source.encode(), check=True)
    with open(path, "rb") as file:
        return file.read()


def coins(scratch, version):
    """{path: (bytes, mode)} of a program that says its own and its library's version."""
    library = _compile(scratch, "libcoins.so", LIBRARY_SOURCE.format(version=version), "-shared", "-fPIC",
                       "-Wl,-soname," + os.path.basename(LIBRARY))
    program = _compile(scratch, "coins", SOURCE.format(version=version), "-Wl,-z,noexecstack",
                       "-x", "none", os.path.join(scratch, "libcoins.so"))
    return {PROGRAM: (program, 0o755), LIBRARY: (library, 0o644)}


def build(scratch, name, version, files, scripts=None):
    """The bytes of NAME_VERSION.deb.  files: {path: (bytes, mode)}; scripts: {"postinst": bytes}."""
    tree = os.path.join(scratch, f"{name}-{version}")
    control = (f"Package: {name}\nVersion: {version}\nArchitecture: amd64\nMaintainer: Vendor <vendor@example.com>\n"
               f"Description: {name} of the ATM\n").encode()
    parts = {"/DEBIAN/control": (control, 0o644), **files}
    parts.update({"/DEBIAN/" + script: (text, 0o755) for script, text in (scripts or {}).items()})
    for path, (content, mode) in parts.items():
        os.makedirs(os.path.dirname(tree + path), exist_ok=True)
        with open(tree + path, "wb") as file:
            file.write(content)
        os.chmod(tree + path, mode)
    for directory, _, _ in os.walk(tree):
        os.chmod(directory, 0o755)
    package = tree + ".deb"
    subprocess.run(["dpkg-deb", "--build", "--root-owner-group", "-Zgzip", tree, package], check=True,
                   stdout=subprocess.DEVNULL)
    with open(package, "rb") as file:
        return file.read()
