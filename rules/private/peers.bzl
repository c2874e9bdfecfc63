"""The repository that says which of the libraries that benchmarks compare with are on this machine."""

# From a library to what must be there: a header with what it must say of itself, what to link, and
# programs that generate code.
_PEERS = {
    "boost": struct(
        header = "boost/interprocess/managed_mapped_file.hpp",
        version_header = "boost/version.hpp",
        condition = "BOOST_VERSION >= 106500",
        linkopts = [],
        programs = [],
    ),
    "capnproto": struct(
        header = "capnp/message.h",
        version_header = "capnp/common.h",
        condition = "CAPNP_VERSION >= 7000",
        linkopts = ["-lcapnp", "-lkj"],
        programs = ["capnp", "capnpc-c++"],
    ),
    "flatbuffers": struct(
        header = "flatbuffers/flatbuffers.h",
        version_header = "flatbuffers/base.h",
        # Arrays in structs came with 1.11.
        condition = "FLATBUFFERS_VERSION_MAJOR >= 2",
        linkopts = [],
        programs = ["flatc"],
    ),
    "lmdb": struct(
        header = "lmdb.h",
        version_header = "lmdb.h",
        condition = "MDB_VERSION_FULL >= MDB_VERINT(0, 9, 18)",
        linkopts = ["-llmdb"],
        programs = [],
    ),
    "sqlite": struct(
        header = "sqlite3.h",
        version_header = "sqlite3.h",
        condition = "SQLITE_VERSION_NUMBER >= 3007017",
        linkopts = ["-lsqlite3"],
        programs = [],
    ),
}

_PROBE = """#if !__has_include(<{header}>)
#error there is no <{header}>
#else
#include <{version_header}>
#if !({condition})
#error too old: {condition}
#endif
#endif
int main()
{{
    return 0;
}}
"""

_DEFS = '''"""Which libraries this machine has to compare with."""

# From a library that was found to what links it.
PEERS = {peers}

# From one that was not to the reason.
PEERS_MISSING = {missing}
'''

# What stands before the reason in what compilers and linkers say, the most telling first.
_SIGNS = ["#error ", "cannot find ", "error: "]

def first_complaint(said):
    """The reason in what a compiler or a linker said.

    Args:
      said: its standard error.

    Returns:
      the rest of the first line with a sign of an error, or None if there is none.
    """
    for sign in _SIGNS:
        for line in said.split("\n"):
            if sign in line:
                return line[line.index(sign):].replace("#error ", "").replace("error: ", "").strip()
    return None

def _compiler(ctx):
    """The compiler that Bazel finds, too: $CC, or gcc."""
    named = ctx.os.environ.get("CC") or "gcc"
    return named if named.startswith("/") else ctx.which(named)

def _problem(ctx, compiler, name, peer):
    """Why a peer cannot be built with; None when it can."""
    if not compiler:
        return "there is no C++ compiler to look with"
    for program in peer.programs:
        if not ctx.which(program):
            return "there is no program %s" % program
    source = "probe/%s.cpp" % name
    ctx.file(source, _PROBE.format(
        condition = peer.condition,
        header = peer.header,
        version_header = peer.version_header,
    ), executable = False)

    # A whole program: a library may be there without its headers, or they without it.
    result = ctx.execute(
        [compiler, "-std=c++17", source, "-o", "probe/" + name] + peer.linkopts + ["-lstdc++"],
    )
    if result.return_code == 0:
        return None
    return first_complaint(result.stderr) or "a program over <%s> does not build" % peer.header

def _peers_repository_impl(ctx):
    compiler = _compiler(ctx)
    peers = {}
    missing = {}
    for name, peer in _PEERS.items():
        problem = _problem(ctx, compiler, name, peer)
        if problem:
            missing[name] = problem
            continue
        peers[name] = peer.linkopts
        for program in peer.programs:
            ctx.symlink(ctx.which(program), program)

    ctx.file("WORKSPACE", "workspace(name = \"%s\")\n" % ctx.name)
    ctx.file("BUILD.bazel", "exports_files(%s)\n" % repr([
        program
        for name in peers
        for program in _PEERS[name].programs
    ]))
    ctx.file("defs.bzl", _DEFS.format(missing = repr(missing), peers = repr(peers)))

peers_repository = repository_rule(
    implementation = _peers_repository_impl,
    doc = "Looks for the libraries that //bench/compare measures, by compiling over their headers.",
    environ = [
        "CC",
        "PATH",
    ],
    configure = True,
    local = True,
)
