/* generic FILE: reads "row path" lines, and prints the values by the schema in the file. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "mmapforge/value.h"

static void print_hex(const void *data, size_t size)
{
    const unsigned char *bytes = (const unsigned char *)data;
    printf("x");
    for (size_t i = 0; i < size; i++)
        printf("%02x", bytes[i]);
}

static void print_value(const mmf_value *value)
{
    switch (value->type) {
    case MMF_TYPE_BOOL:
        printf("%d", value->as.boolean);
        break;
    case MMF_TYPE_UINT8:
    case MMF_TYPE_UINT16:
    case MMF_TYPE_UINT32:
    case MMF_TYPE_UINT64:
        printf("%" PRIu64, value->as.natural);
        break;
    case MMF_TYPE_FLOAT32:
    case MMF_TYPE_FLOAT64:
        print_hex(&value->as.real, sizeof value->as.real);
        break;
    case MMF_TYPE_STRING:
        print_hex(value->as.string.data, value->as.string.length);
        break;
    case MMF_TYPE_BYTES:
        print_hex(value->as.bytes.data, value->as.bytes.length);
        break;
    default:
        printf("%" PRId64, value->as.integer);
    }
}

int main(int argc, char **argv)
{
    static char path[4096];
    static char buffer[65537];
    mmf_error error;
    mmf_store *store;
    uint64_t row;
    if (argc != 2 || mmf_store_open(argv[1], NULL, &store, &error) != MMF_OK)
        return 2;
    while (scanf("%" SCNu64 " %4095s", &row, path) == 2) {
        mmf_place place;
        mmf_value value;
        if (mmf_schema_locate(mmf_store_schema(store), path, &place, &error) != MMF_OK) {
            fprintf(stderr, "%s: %s\n", path, error.message);
            return 1;
        }
        const mmf_status status =
            mmf_store_get_place(store, row, &place, buffer, sizeof buffer, &value);
        if (status == MMF_ERR_NULL) {
            printf("null\n");
        } else if (status == MMF_OK) {
            print_value(&value);
            printf("\n");
        } else {
            fprintf(stderr, "%s: status %d\n", path, (int)status);
            return 1;
        }
    }
    return mmf_store_close(store) == MMF_OK ? 0 : 1;
}
