"""What a store tells other rules of itself."""

MmfStoreInfo = provider(
    doc = "A store of mmapforge, for rules that read its schema or its generated files.",
    fields = {
        "header": "File: the generated C header",
        "module": "File: the generated Python module; None if the store is for C alone",
        "name": "string: the name of the header and of the module, which is that of the target",
        "schema": "File: the *.mmfs file, which has the names, versions and fields of the records",
        "source": "File: the generated C source file",
        "stub": "File: the types of the Python module; None if the store is for C alone",
        "version": "string: the version of mmapforge whose rules made it, such as \"0.2.0\"",
    },
)
