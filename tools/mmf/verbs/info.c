/* mmf info: what a store is, how large, and who writes it. */
#include "../text/json.h"
#include "verbs.h"

#include "mmapforge/mmapforge.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct info_options {
    bool json;
} info_options;

static const command_option OPTIONS[] = {
    {"--json", 0, OPTION_FLAG, NULL, "print one object of JSON a file",
     offsetof(info_options, json)},
};

static void print_text(const char *path, const mmf_schema *schema, const mmf_info *info)
{
    char name[4 * MMF_ERROR_PATH_SIZE];
    (void)report_printable(path, strlen(path), name, sizeof name);
    (void)printf("%s: %" PRIu64 " records of %s version %" PRIu32 "\n", name, info->count,
                 schema->name, schema->version);
    if (info->missing_rows > 0)
        (void)printf("  missing   the last %" PRIu64 " records: the file was truncated, or copied "
                     "in part\n",
                     info->missing_rows);
    (void)printf("  file      %" PRIu64 " bytes, %" PRIu64 " of them header; room for %" PRIu64
                 " records of %" PRIu32 " bytes\n",
                 info->file_size, info->header_size, info->capacity, info->record_size);
    (void)printf("  format    %" PRIu32 ", layout hash %016" PRIx64 "%s\n", info->format_version,
                 info->layout_hash, schema->checksum_offset != 0 ? ", checksums" : "");
    if (info->writer_pid != 0)
        (void)printf("  writer    process %" PRIu64 "\n", info->writer_pid);
    else
        (void)printf("  writer    none\n");
    (void)printf("  count     %s\n", info->live ? "shared by the processes of this boot"
                                                : "that of the last sync or close");
    (void)printf("  pages     %ld bytes\n\n", sysconf(_SC_PAGESIZE));
    (void)fwrite(schema->text, 1, schema->text_size, stdout);
}

static void print_json(const char *path, const mmf_schema *schema, const mmf_info *info)
{
    (void)printf("{\"path\":");
    json_print_text(stdout, path, strlen(path));
    (void)printf(",\"record\":\"%s\",\"version\":%" PRIu32 ",\"count\":%" PRIu64
                 ",\"missing_rows\":%" PRIu64 ",\"file_size\":%" PRIu64 ",\"header_size\":%" PRIu64
                 ",\"capacity\":%" PRIu64 ",\"record_size\":%" PRIu32,
                 schema->name, schema->version, info->count, info->missing_rows, info->file_size,
                 info->header_size, info->capacity, info->record_size);
    (void)printf(",\"format_version\":%" PRIu32 ",\"layout_hash\":\"%016" PRIx64
                 "\",\"checksums\":%s,\"writer_pid\":",
                 info->format_version, info->layout_hash,
                 schema->checksum_offset != 0 ? "true" : "false");
    if (info->writer_pid != 0)
        (void)printf("%" PRIu64, info->writer_pid);
    else
        (void)printf("null");
    (void)printf(",\"live\":%s,\"page_size\":%ld,\"schema\":", info->live ? "true" : "false",
                 sysconf(_SC_PAGESIZE));
    json_print_text(stdout, schema->text, schema->text_size);
    (void)printf("}\n");
}

static exit_status show(const char *path, bool json)
{
    mmf_store *store = NULL;
    mmf_error error;
    mmf_status status = mmf_store_open(path, NULL, &store, &error);
    if (status != MMF_OK)
        return report_error(&error);
    mmf_info info;
    status = mmf_store_info(store, &info);
    if (status != MMF_OK) {
        (void)mmf_store_explain(store, status, 0, NULL, &error);
        (void)mmf_store_close(store);
        return report_error(&error);
    }
    (json ? print_json : print_text)(path, mmf_store_schema(store), &info);
    (void)mmf_store_close(store);
    return info.missing_rows > 0 ? EXIT_FOUND : EXIT_GOOD;
}

static exit_status run(const command *given)
{
    const info_options *options = (const info_options *)given->options;
    exit_status worst = EXIT_GOOD;
    for (size_t i = 0; i < given->operand_count; i++) {
        if (i > 0 && !options->json)
            (void)printf("\n");
        const exit_status status = show(given->operands[i], options->json);
        worst = status > worst ? status : worst;
    }
    return worst;
}

const verb VERB_INFO = {
    .name = "info",
    .operands = "FILE...",
    .summary = "the schema, counts and sizes of a store, and who writes it",
    .help = "Prints the number of records, sizes, the writer and the schema of each file. Exits "
            "with 1 if\n"
            "one is no store, or is damaged so that records are missing.\n",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
    .options_size = sizeof(info_options),
    .operands_min = 1,
    .operands_max = OPTIONS_OPERANDS_MAX,
    .run = run,
};
