/* Checks the name of a store, which becomes a file name and a Python module. */
#include <stdlib.h>
#include <string.h>

#include "names.h"

/*
 * Each list is sorted, and is also in rules/private/names.bzl, which refuses the same names
 * earlier; //tests/unit/rules:store_names_test compares the two.
 */
/* clang-format off */
static const char *const KEYWORDS[] = {
    "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
    "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in",
    "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
};

/* sys.stdlib_module_names of Python 3.9 to 3.14, without names that are invalid for a store. */
static const char *const STANDARD[] = {
    "abc", "aifc", "annotationlib", "antigravity", "argparse", "array", "ast", "asynchat",
    "asyncio", "asyncore", "atexit", "audioop", "base64", "bdb", "binascii", "binhex",
    "bisect", "builtins", "bz2", "calendar", "cgi", "cgitb", "chunk", "cmath", "cmd",
    "code", "codecs", "codeop", "collections", "colorsys", "compileall", "compression",
    "concurrent", "configparser", "contextlib", "contextvars", "copy", "copyreg", "crypt",
    "csv", "ctypes", "curses", "dataclasses", "datetime", "dbm", "decimal", "difflib",
    "dis", "distutils", "doctest", "email", "encodings", "ensurepip", "enum", "errno",
    "faulthandler", "fcntl", "filecmp", "fileinput", "fnmatch", "formatter", "fractions",
    "ftplib", "functools", "gc", "genericpath", "getopt", "getpass", "gettext", "glob",
    "graphlib", "grp", "gzip", "hashlib", "heapq", "hmac", "html", "http", "idlelib",
    "imaplib", "imghdr", "imp", "importlib", "inspect", "io", "ipaddress", "itertools",
    "json", "keyword", "lib2to3", "linecache", "locale", "logging", "lzma", "mailbox",
    "mailcap", "marshal", "math", "mimetypes", "mmap", "modulefinder", "msilib", "msvcrt",
    "multiprocessing", "netrc", "nis", "nntplib", "nt", "ntpath", "nturl2path", "numbers",
    "opcode", "operator", "optparse", "os", "ossaudiodev", "parser", "pathlib", "pdb",
    "pickle", "pickletools", "pipes", "pkgutil", "platform", "plistlib", "poplib", "posix",
    "posixpath", "pprint", "profile", "pstats", "pty", "pwd", "py_compile", "pyclbr",
    "pydoc", "pydoc_data", "pyexpat", "queue", "quopri", "random", "re", "readline",
    "reprlib", "resource", "rlcompleter", "runpy", "sched", "secrets", "select",
    "selectors", "shelve", "shlex", "shutil", "signal", "site", "smtpd", "smtplib",
    "sndhdr", "socket", "socketserver", "spwd", "sqlite3", "sre_compile", "sre_constants",
    "sre_parse", "ssl", "stat", "statistics", "string", "stringprep", "struct",
    "subprocess", "sunau", "symbol", "symtable", "sys", "sysconfig", "syslog", "tabnanny",
    "tarfile", "telnetlib", "tempfile", "termios", "textwrap", "this", "threading", "time",
    "timeit", "tkinter", "token", "tokenize", "tomllib", "trace", "traceback",
    "tracemalloc", "tty", "turtle", "turtledemo", "types", "typing", "unicodedata",
    "unittest", "urllib", "uu", "uuid", "venv", "warnings", "wave", "weakref", "webbrowser",
    "winreg", "winsound", "wsgiref", "xdrlib", "xml", "xmlrpc", "zipapp", "zipfile",
    "zipimport", "zlib", "zoneinfo",
};

/* Packages that every generated module imports, or accepts values of. */
static const char *const PACKAGES[] = {
    "cffi", "mmapforge", "numpy", "pandas", "polars", "pyarrow", "pycparser",
};

/* Headers of C that are not in the other lists. */
static const char *const HEADERS[] = {
    "complex", "ctype", "fenv", "float", "inttypes", "iso646", "limits", "setjmp",
    "stdalign", "stdarg", "stdatomic", "stdbool", "stddef", "stdint", "stdio", "stdlib",
    "stdnoreturn", "strings", "tgmath", "threads", "uchar", "unistd", "wchar", "wctype",
};
/* clang-format on */

#define STORE_NAME_LENGTH_MAX 128u

static int compare_words(const void *key, const void *element)
{
    const char *const *word = (const char *const *)element;
    return strcmp((const char *)key, *word);
}

#define IS_AMONG(name, words)                                                                      \
    (bsearch((name), (words), sizeof(words) / sizeof(words)[0], sizeof(words)[0],                  \
             compare_words) != NULL)

const char *names_store_problem(const char *name)
{
    const size_t length = strlen(name);
    if (length == 0 || length > STORE_NAME_LENGTH_MAX || name[0] < 'a' || name[0] > 'z' ||
        strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != length ||
        strstr(name, "__") != NULL || name[length - 1] == '_')
        return "use at most 128 characters of a to z, 0 to 9 and '_'; begin with a letter, and put "
               "each '_' between two letters or digits";
    if (IS_AMONG(name, KEYWORDS))
        return "it is a Python keyword, and the store's Python module has the store's name";
    if (IS_AMONG(name, STANDARD))
        return "it is a module of Python's standard library, which the store's module would hide";
    if (IS_AMONG(name, PACKAGES))
        return "it is a package that mmapforge imports, which the store's module would hide";
    if (IS_AMONG(name, HEADERS))
        return "it is a header of C, which the store's header would hide";
    return NULL;
}
