"""What the rules of another project declare: a library of their own, where it is not declared yet."""

# buildifier: disable=unnamed-macro
def other_dependencies():
    if not native.existing_rule("bazel_skylib"):
        native.local_repository(name = "bazel_skylib", path = "skylib")
