"""A rule of the project itself, over stores."""

load("@mmapforge//rules:defs.bzl", "MmfStoreInfo")

def _schema_list_impl(ctx):
    stores = [store[MmfStoreInfo] for store in ctx.attr.stores]
    out = ctx.actions.declare_file(ctx.label.name + ".txt")
    ctx.actions.write(out, "".join(["%s %s\n" % (store.name, store.schema.path) for store in stores]))
    return [DefaultInfo(files = depset([out]))]

schema_list = rule(
    implementation = _schema_list_impl,
    doc = "A file with the name and the schema of each store.",
    attrs = {"stores": attr.label_list(providers = [MmfStoreInfo])},
)
