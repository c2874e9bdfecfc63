"""Uses the installed package as a newcomer does; the argument is the command mmfgen of the wheel."""

import os
import shutil
import subprocess
import sys
import tempfile

import mmapforge

PROGRAM = """
#include "tick_store.h"
int main(void)
{
    tick_store *store = NULL;
    double price = 0;
    mmf_status status = tick_store_open("ticks.mmf", NULL, &store, NULL);
    if (status == MMF_OK)
        status = tick_store_get_price(store, 0, &price);
    return tick_store_close(store) == MMF_OK && status == MMF_OK && price == 189.5 ? 0 : 1;
}
"""


def main(mmfgen):
    with tempfile.TemporaryDirectory() as directory:
        os.chdir(directory)
        with open("tick.mmfs", "w", encoding="utf-8") as file:
            file.write(mmapforge.schema_of({"symbol": ["AAPL"], "price": [189.5]}, name="Tick"))
        ticks = mmapforge.compile("tick.mmfs")
        with ticks.create("ticks.mmf") as store:
            store.append(symbol="AAPL", price=189.5)
        assert mmapforge.open("ticks.mmf")[0].price == 189.5
        said = "a C program, too"
        compiler = shutil.which("cc")
        if compiler:
            options = "--schema tick.mmfs --name tick_store --header tick_store.h --source tick_store.c"
            subprocess.run([mmfgen, *options.split()], check=True)
            with open("program.c", "w", encoding="utf-8") as file:
                file.write(PROGRAM)
            include = ["-I.", "-I", mmapforge.get_include()]
            sources = ["program.c", "tick_store.c", *mmapforge.get_sources()]
            subprocess.run([compiler, "-std=c11", "-O1", *include, "-o", "program", *sources, "-pthread"], check=True)
            subprocess.run(["./program"], check=True)
        else:
            said = "SKIPPED the C program: there is no cc"
        print(f"Python {sys.version.split()[0]}: the package works; {said}")


if __name__ == "__main__":
    main(sys.argv[1])
