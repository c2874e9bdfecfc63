/* Appends two records to a store, which the first run makes, and reads all: usage: hello FILE */
#include <inttypes.h>
#include <stdio.h>

#include "hello_store.h"

static int fail(const mmf_error *error)
{
    fprintf(stderr, "%s\n", error->message); /* where, what, and what to do */
    return 1;
}

static int write_readings(const char *path)
{
    mmf_options options = MMF_OPTIONS_INIT;
    options.mode = MMF_READ_WRITE;
    reading_store *store;
    mmf_error error;
    mmf_status status = reading_store_open(path, &options, &store, &error);
    if (status == MMF_ERR_NOT_FOUND)
        status = reading_store_create(path, &options, &store, &error);
    if (status != MMF_OK)
        return fail(&error);
    const reading_record kitchen = {1700000000, 21.5, "kitchen", 7};
    const reading_record cellar = {1700000060, 12.0, "cellar", 6};
    status = reading_store_append(store, &kitchen, NULL);
    if (status == MMF_OK)
        status = reading_store_append(store, &cellar, NULL);
    if (status != MMF_OK)
        fprintf(stderr, "%s: append: %s\n", path, mmf_status_text(status));
    return reading_store_close(store) == MMF_OK && status == MMF_OK ? 0 : 1;
}

/* Any process may do this at any time, also while another one writes. */
static int read_readings(const char *path)
{
    reading_store *store;
    mmf_error error;
    if (reading_store_open(path, NULL, &store, &error) != MMF_OK)
        return fail(&error);
    reading_record reading;
    for (uint64_t row = 0; reading_store_get(store, row, &reading) == MMF_OK; row++)
        printf("%" PRId64 "  %.1f  %s\n", reading.at, reading.celsius, reading.place);
    return reading_store_close(store) == MMF_OK ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: hello FILE\n");
        return 2;
    }
    const int status = write_readings(argv[1]);
    return status != 0 ? status : read_readings(argv[1]);
}
