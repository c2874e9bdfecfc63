"""Tests which names a store may have."""

load("//rules/private:names.bzl", "store_name_problem")

_GOOD = ["s", "tick_store", "a1", "a_1_b", "classes", "n" * 128]

# Name to what the sentence must say.
_BAD = {
    "": "letter",
    "1s": "letter",
    "Tick_Store": "write \"tick_store\"",
    "_s": "letter",
    "class": "write \"class_store\"",
    "compression": "hide; write \"compression_store\"",
    "formatter": "module of Python's standard library",
    "json": "write \"json_store\"",
    "numbers": "module of Python's standard library",
    "numpy": "package that mmapforge imports",
    "stdint": "header of C",
    "struct": "module of Python's standard library",
    "time": "module of Python's standard library",
    "token": "module of Python's standard library",
    "types": "module of Python's standard library",
    "typing": "module of Python's standard library",
    "mmapforge": "write \"mmapforge_store\"",
    "n" * 129: "129",
    "s.t": "character \".\"",
    "s/t": "character \"/\"",
    "s_": "between two words",
    "s__t": "between two words",
    "tick-store": "character \"-\"",
}

def _problems():
    found = []
    for name in _GOOD:
        problem = store_name_problem(name)
        if problem != None:
            found.append("'%s' should be good: %s" % (name, problem))
    for name, said in _BAD.items():
        problem = store_name_problem(name)
        if problem == None or said not in problem:
            found.append("'%s' should be told \"%s\": %s" % (name, said, problem))
    return found

def _names_test_impl(ctx):
    script = ctx.actions.declare_file(ctx.label.name + ".sh")
    lines = ["echo '%s'" % problem.replace("'", "\"") for problem in _problems()]
    lines.append("exit %d" % (1 if lines else 0))
    ctx.actions.write(script, "\n".join(["#!/bin/sh"] + lines) + "\n", is_executable = True)
    return [DefaultInfo(executable = script)]

names_test = rule(
    implementation = _names_test_impl,
    doc = "Passes when names.bzl tells good names from bad ones.",
    test = True,
)
