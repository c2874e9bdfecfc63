"""A compiler of Debian for another machine (gcc-aarch64-linux-gnu and its like), for C alone."""

load("@mmapforge_symbols//:cc_common.bzl", "cc_common")
load("@rules_cc//cc:action_names.bzl", "ACTION_NAMES")
load(
    "@rules_cc//cc:cc_toolchain_config_lib.bzl",
    "feature",
    "flag_group",
    "flag_set",
    "tool_path",
)

_COMPILE = [
    ACTION_NAMES.assemble,
    ACTION_NAMES.preprocess_assemble,
    ACTION_NAMES.c_compile,
    ACTION_NAMES.cpp_compile,
]

def _debian_toolchain_config_impl(ctx):
    prefix = "/usr/bin/%s-linux-gnu-" % ctx.attr.machine
    tools = {
        "ar": "ar",
        "cpp": "cpp",
        "gcc": "gcc",
        "gcov": "gcov",
        "ld": "ld",
        "nm": "nm",
        "objcopy": "objcopy",
        "objdump": "objdump",
        "strip": "strip",
    }

    # The same bytes wherever and whenever it is compiled.
    reproducible = feature(
        name = "reproducible",
        enabled = True,
        flag_sets = [flag_set(
            actions = _COMPILE,
            flag_groups = [flag_group(flags = [
                "-no-canonical-prefixes",
                "-fno-canonical-system-headers",
                "-Wno-builtin-macro-redefined",
                "-D__DATE__=\"redacted\"",
                "-D__TIMESTAMP__=\"redacted\"",
                "-D__TIME__=\"redacted\"",
            ])],
        )],
    )
    return cc_common.create_cc_toolchain_config_info(
        ctx = ctx,
        abi_libc_version = "unknown",
        abi_version = "unknown",
        compiler = "gcc",
        cxx_builtin_include_directories = [
            "/usr/%s-linux-gnu/include" % ctx.attr.machine,
            "/usr/lib/gcc-cross/%s-linux-gnu" % ctx.attr.machine,
        ],
        features = [
            feature(name = "supports_pic", enabled = True),
            reproducible,
        ],
        host_system_name = "local",
        target_cpu = ctx.attr.machine,
        target_libc = "glibc",
        target_system_name = ctx.attr.machine + "-linux-gnu",
        tool_paths = [
            tool_path(name = name, path = prefix + tool)
            for name, tool in tools.items()
        ],
        toolchain_identifier = ctx.attr.machine + "-linux-gnu",
    )

debian_toolchain_config = rule(
    implementation = _debian_toolchain_config_impl,
    doc = "What Bazel has to know of a cross compiler as Debian installs it.",
    attrs = {"machine": attr.string(doc = "Its name in the packages, such as aarch64.", mandatory = True)},
    provides = [CcToolchainConfigInfo],
)
