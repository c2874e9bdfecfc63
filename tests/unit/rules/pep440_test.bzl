"""Tests how versions are brought into the form of wheels."""

load("//rules/private:pep440.bzl", "normalised_version")

# The first half is from the rules of PEP 440, one by one; None is what is no version.
_VERSIONS = {
    "": None,
    " 1.0\n": "1.0",
    "0!1.0": "1.0",
    "1": "1",
    "1!2.0": "1!2.0",
    "1.": None,
    "1.0+": None,
    "1.0+Ubuntu-1": "1.0+ubuntu.1",
    "1.0+a..b": None,
    "1.0+a.007": "1.0+a.7",
    "1.0+a.b_c-1": "1.0+a.b.c.1",
    "1.0-1": "1.0.post1",
    "1.0-RC1": "1.0rc1",
    "1.0-r4": "1.0.post4",
    "1.0.0": "1.0.0",
    "1.0.dev": "1.0.dev0",
    "1.0.dev-3": "1.0.dev3",
    "1.0.post": "1.0.post0",
    "1.0.post2.dev03": "1.0.post2.dev3",
    "1.0_beta_2": "1.0b2",
    "1.0a--1": "1.0a0.post1",
    "1.0rc.": "1.0rc0",
    "1.0a.1": "1.0a1",
    "1.0a1.post1.dev2+x": "1.0a1.post1.dev2+x",
    "1.0alpha": "1.0a0",
    "1.0c4": "1.0rc4",
    "1.0dev1": "1.0.dev1",
    "1.0x": None,
    "1.0 1": None,
    "1.1preview1": "1.1rc1",
    "1.2rev3": "1.2.post3",
    "1..0": None,
    "2024.01.05": "2024.1.5",
    "a1": None,
    "dev": None,
    "v1.0": "1.0",
    "v": None,
    "00.01": "0.1",
}

def _pep440_test_impl(ctx):
    script = ctx.actions.declare_file(ctx.label.name + ".sh")
    lines = [
        "echo '\"%s\" became %s, and should be %s'" % (text, normalised_version(text), expected)
        for text, expected in _VERSIONS.items()
        if normalised_version(text) != expected
    ]
    lines.append("exit %d" % (1 if lines else 0))
    ctx.actions.write(script, "\n".join(["#!/bin/sh"] + lines) + "\n", is_executable = True)
    return [DefaultInfo(executable = script)]

pep440_test = rule(
    implementation = _pep440_test_impl,
    doc = "Passes when pep440.bzl knows every form of a version.",
    test = True,
)
