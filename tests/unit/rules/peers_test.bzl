"""Tests what is told of a library that cannot be built with."""

load("//rules/private:peers.bzl", "first_complaint")

# What a compiler or a linker says, to the reason in it.
_SAID = {
    "": None,
    "/usr/bin/ld: cannot find -llmdb: No such file\ncollect2: error: ld returned 1 exit status": "cannot find -llmdb: No such file",
    "a.cpp:1:10: fatal error: capnp/message.h: No such file": "capnp/message.h: No such file",
    "a.cpp:2:2: error: #error there is no <lmdb.h>\n    2 | #error there is no <lmdb.h>": "there is no <lmdb.h>",
    "a.cpp:5:2: error: too old: X >= 2 [clang]\n#error too old: X >= 2\n": "too old: X >= 2",
    "a.cpp:9: warning: something": None,
}

def _peers_test_impl(ctx):
    script = ctx.actions.declare_file(ctx.label.name + ".sh")
    lines = [
        "echo 'of \"%s\" the reason is \"%s\", and not \"%s\"'" % (said, reason, first_complaint(said))
        for said, reason in _SAID.items()
        if first_complaint(said) != reason
    ]
    lines.append("exit %d" % (1 if lines else 0))
    ctx.actions.write(script, "\n".join(["#!/bin/sh"] + lines) + "\n", is_executable = True)
    return [DefaultInfo(executable = script)]

peers_test = rule(
    implementation = _peers_test_impl,
    doc = "Passes when peers.bzl finds the reason in what a compiler says.",
    test = True,
)
