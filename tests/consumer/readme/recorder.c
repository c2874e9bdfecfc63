/* The smallest program with a store. */
#include "tick_store.h"

int main(int argc, char **argv)
{
    tick_store *store = NULL;
    if (argc != 2 || tick_store_create(argv[1], NULL, &store, NULL) != MMF_OK)
        return 1;
    return tick_store_close(store) == MMF_OK ? 0 : 1;
}
