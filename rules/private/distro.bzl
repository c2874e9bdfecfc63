"""A repository made of the distribution's files where they are installed, else of a pinned archive."""

def _distro_repository_impl(ctx):
    if all([ctx.path(path).exists for path in ctx.attr.distro_paths.values()]):
        for link, path in ctx.attr.distro_paths.items():
            ctx.symlink(path, link)
        build_file = ctx.attr.distro_build_file
    else:
        ctx.download_and_extract(
            url = ctx.attr.url,
            sha256 = ctx.attr.sha256,
            stripPrefix = ctx.attr.strip_prefix,
        )
        build_file = ctx.attr.archive_build_file

    # The archive may carry build files of its own, and ours is the one that fits both.
    for stale in ["BUILD", "BUILD.bazel", "WORKSPACE", "WORKSPACE.bazel"]:
        ctx.delete(stale)
    ctx.file("WORKSPACE", "workspace(name = \"%s\")\n" % ctx.name)
    ctx.symlink(build_file, "BUILD.bazel")

distro_repository = repository_rule(
    implementation = _distro_repository_impl,
    doc = "Symlinks to installed files, or downloads an archive when one of them is missing.",
    attrs = {
        "archive_build_file": attr.label(doc = "The BUILD file over the archive's files."),
        "distro_build_file": attr.label(doc = "The BUILD file over the distribution's files."),
        "distro_paths": attr.string_dict(doc = "From a path in the repository to an absolute one."),
        "sha256": attr.string(mandatory = True),
        "strip_prefix": attr.string(),
        "url": attr.string(mandatory = True),
    },
)
