/* A plugin with the store and its SIGBUS handler in it, which a program loads and unloads. */
#include "mmapforge/sigbus.h"

int plugin_install(void);

int plugin_install(void)
{
    return (int)mmf_guard_install(NULL);
}
