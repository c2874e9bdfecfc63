/* The calls of a store that do not depend on its fields. */
#include "parts.h"

#include <string.h>

void emit_store_calls(emitter *to, const emit_record *record)
{
    emit_template(
        to, &record->placeholders,
        "/* An open store of $Record$ records: one handle, one mapping. mmapforge/store.h has the "
        "rules. */\n"
        "typedef struct $record$_store {\n"
        "    mmf_store base;\n"
        "} $record$_store;\n"
        "\n"
        "/* A row range, for loops; from $record$_store_rows. Valid until the store is closed. */\n"
        "typedef struct $record$_rows {\n"
        "    mmf_rows base;\n"
        "} $record$_rows;\n"
        "\n"
        "/* The schema of the store, which every file of it contains. */\n"
        "extern const mmf_schema $record$_schema;\n"
        "\n"
        "/* ---- The store ---- */\n"
        "\n"
        "/*\n"
        " * Creates a file and opens it for writing. Release *out with $record$_store_close; it is "
        "NULL "
        "on\n"
        " * failure. options and error may be NULL, here and below.\n"
        " */\n"
        "mmf_status $record$_store_create(const char *path, const mmf_options *options, "
        "$record$_store **out, mmf_error *error);\n"
        "\n"
        "/* Opens a file for reading, or with options->mode = MMF_READ_WRITE for writing. */\n"
        "mmf_status $record$_store_open(const char *path, const mmf_options *options, "
        "$record$_store **out, mmf_error *error);\n"
        "\n"
        "/* Syncs the records of a writer, and releases the store, also if the sync fails. NULL is "
        "allowed. */\n"
        "mmf_status $record$_store_close($record$_store *store);\n"
        "\n"
        "/* Makes all records written so far survive a power cut. */\n"
        "mmf_status $record$_store_sync($record$_store *store, mmf_error *error);\n"
        "\n"
        "/* Copies all records to a new file, also while others write; cp would copy torn records. "
        "*/\n"
        "mmf_status $record$_store_copy(const $record$_store *store, const char *path, "
        "mmf_error *error);\n"
        "\n"
        "/* The store, for calls of mmapforge/store.h and value.h that do not write. */\n"
        "static inline const mmf_store *$record$_store_base(const $record$_store *store)\n"
        "{\n"
        "    return (const mmf_store *)store;\n"
        "}\n"
        "\n"
        "/* The number of records now; it only grows. */\n"
        "static inline uint64_t $record$_store_count(const $record$_store *store)\n"
        "{\n"
        "    return mmf_store_count($record$_store_base(store));\n"
        "}\n"
        "\n"
        "/* The number of records that fit the file before it grows. */\n"
        "uint64_t $record$_store_capacity(const $record$_store *store);\n"
        "\n"
        "/* Waits until there is that row. MMF_ERR_TIMEOUT; MMF_ERR_ENDED and MMF_ERR_WRITER_DIED "
        "when the\n"
        " * last writer has closed the file or was killed. See mmf_store_wait. */\n"
        "mmf_status $record$_store_wait(const $record$_store *store, uint64_t row, "
        "uint64_t timeout_ns);\n"
        "\n");
}

/* The check of a record before it is written. */
static void emit_check(emitter *to, const emit_record *record)
{
    const mmf_field *fields = record->fields;
    bool sized = false;
    bool others = false;
    for (uint32_t i = 0; i < record->field_count; i++) {
        const bool text = mmf_type_is_sized(fields[i].type);
        sized = sized || text;
        others = others || (!text && emit_has_checks(&fields[i], 1));
    }
    emit_template(to, &record->placeholders, "/* ---- Whole records ---- */\n\n");
    emit_template(
        to, &record->placeholders,
        others
            ? "/* MMF_OK, or the reason why a record cannot be stored: NULL, a length exceeds its "
              "field, a value is no member of its enum, a decimal has too many digits. */\n"
        : sized ? "/* MMF_OK, or the reason why a record cannot be stored: NULL, or a length "
                  "exceeds its field. */\n"
                : "/* MMF_OK, or the reason why a record cannot be stored: NULL. */\n");
    emit_template(to, &record->placeholders,
                  "static inline mmf_status $record$_record_check(const $record$_record *in)\n"
                  "{\n");
    emit_line(to, "    if (in == NULL)");
    emit_line(to, "        return MMF_ERR_ARGUMENT;");
    emit_check_lines(to, record);
    emit_template(to, &record->placeholders,
                  "    return MMF_OK;\n"
                  "}\n"
                  "\n");
}

static void emit_load(emitter *to, const emit_record *record)
{
    emit_template(
        to, &record->placeholders,
        "/* From the bytes of a record, as in raw records of mmapforge/value.h; no checks, "
        "no ordering. */\n"
        "static inline void $record$_record_load(const unsigned char *record, "
        "$record$_record *out)\n"
        "{\n");
    emit_load_lines(to, record);
    emit_template(to, &record->placeholders, "}\n\n");
}

static void emit_save(emitter *to, const emit_record *record)
{
    emit_template(
        to, &record->placeholders,
        "/* Into the bytes of a record, as in raw records of mmapforge/value.h; no checks, "
        "no ordering. */\n"
        "static inline void $record$_record_save(unsigned char *record, "
        "const $record$_record *in)\n"
        "{\n");
    emit_save_lines(to, record);
    emit_template(to, &record->placeholders, "}\n\n");
}

/* Where records begin, for those with defaults. */
static void emit_record_init_call(emitter *to, const emit_record *record)
{
    if (!names_have_defaults(record->fields, record->field_count))
        return;
    emit_template(to, &record->placeholders,
                  "/* Sets all fields to their defaults: zero, or null, where there is none. */\n"
                  "static inline void $record$_record_init($record$_record *out)\n"
                  "{\n"
                  "    memset(out, 0, sizeof *out);\n");
    emit_default_lines(to, record);
    emit_template(to, &record->placeholders, "}\n\n");
}

static void emit_verify(emitter *to, const emit_record *record)
{
    emit_template(
        to, &record->placeholders,
        "/* Verifies the checksums of count records from first on; see mmapforge/verify.h. */\n"
        "static inline mmf_status $record$_store_verify(const $record$_store *store, uint64_t "
        "first, uint64_t count, uint64_t *bad_row, mmf_error *error)\n"
        "{\n"
        "    return mmf_store_verify($record$_store_base(store), first, count, bad_row, error);\n"
        "}\n"
        "\n");
}

void emit_record_calls(emitter *to, const emit_record *record)
{
    emit_check(to, record);
    emit_record_init_call(to, record);
    emit_load(to, record);
    emit_save(to, record);
    emit_template(
        to, &record->placeholders,
        "/* Appends to a file of another version of the schema; else an append has failed. */\n"
        "static __attribute__((cold, noinline, unused)) mmf_status "
        "mmfi_$record$_store_append_image("
        "mmf_status status, $record$_store *store, const $record$_record *in, uint64_t *row)\n"
        "{\n"
        "    unsigned char *image = mmfi_image_new(&status, $RECORD$_RECORD_SIZE);\n"
        "    if (image == NULL)\n"
        "        return mmfi_append_failed(status, row);\n"
        "    $record$_record_save(image, in);\n"
        "    return mmfi_append_image((mmf_store *)store, image, row);\n"
        "}\n"
        "\n"
        "/* Appends a record: it is written, then published. *row (may be NULL) is its row. */\n"
        "static inline mmf_status $record$_store_append($record$_store *store, const "
        "$record$_record *in, uint64_t *row)\n"
        "{\n"
        "    const mmf_status status = $record$_record_check(in);\n"
        "    if (status != MMF_OK)\n"
        "        return mmfi_append_failed(status, row);\n"
        "    const mmfi_append append = mmfi_append_begin((mmf_store *)store, "
        "$RECORD$_RECORD_SIZE);\n"
        "    if (append.status != MMF_OK)\n"
        "        return mmfi_$record$_store_append_image(append.status, store, in, row);\n"
        "    $record$_record_save(append.record, in);\n"
        "    return mmfi_$checksummed$append_end(append$size_and_checksum$, row);\n"
        "}\n"
        "\n"
        "/* The slow path of $record$_store_get, for new rows and for records being replaced. */\n"
        "static __attribute__((cold, noinline, unused)) mmf_status "
        "mmfi_$record$_store_get_slow(const "
        "$record$_store *store, uint64_t "
        "row, $record$_record *out)\n"
        "{\n"
        "    mmfi_slow_read slow = mmfi_slow_read_begin_as($record$_store_base(store), row, out != "
        "NULL);\n"
        "    while (mmfi_slow_read_next(&slow))\n"
        "        $record$_record_load(slow.record, out);\n"
        "    if (slow.status != MMF_OK && out != NULL)\n"
        "        memset(out, 0, sizeof *out);\n"
        "    return slow.status;\n"
        "}\n"
        "\n"
        "/* Copies one consistent record out. */\n"
        "static inline mmf_status $record$_store_get(const $record$_store *store, uint64_t row, "
        "$record$_record *out)\n"
        "{\n"
        "    const mmfi_read read = mmfi_read_begin($record$_store_base(store), row, "
        "$RECORD$_RECORD_SIZE, out != NULL);\n"
        "    if (read.sequence == 0)\n"
        "        return mmfi_$record$_store_get_slow(store, row, out);\n"
        "    $record$_record_load(read.record, out);\n"
        "    return mmfi_read_end(read) ? MMF_OK : mmfi_$record$_store_get_slow(store, row, out);\n"
        "}\n"
        "\n"
        "/* Replaces a record of a file of another version of the schema; else a set has failed. "
        "*/\n"
        "static __attribute__((cold, noinline, unused)) mmf_status mmfi_$record$_store_set_image("
        "mmf_status status, $record$_store *store, uint64_t row, const $record$_record *in)\n"
        "{\n"
        "    unsigned char *image = mmfi_image_new(&status, $RECORD$_RECORD_SIZE);\n"
        "    if (image == NULL)\n"
        "        return status;\n"
        "    $record$_record_save(image, in);\n"
        "    return mmfi_set_image((mmf_store *)store, row, image, 0, $RECORD$_RECORD_SIZE);\n"
        "}\n"
        "\n"
        "/* Replaces a record: all of it or, if the process is killed, none of it. */\n"
        "static inline mmf_status $record$_store_set($record$_store *store, uint64_t row, const "
        "$record$_record *in)\n"
        "{\n"
        "    const mmf_status status = $record$_record_check(in);\n"
        "    if (status != MMF_OK)\n"
        "        return status;\n"
        "    const mmfi_write write = mmfi_write_begin((mmf_store *)store, row, "
        "$RECORD$_RECORD_SIZE);\n"
        "    if (write.status != MMF_OK)\n"
        "        return mmfi_$record$_store_set_image(write.status, store, row, in);\n"
        "    $record$_record_save(write.record, in);\n"
        "    return mmfi_$checksummed$write_end(write$store_and_row$$size_and_checksum$);\n"
        "}\n"
        "\n");
    if (record->schema->checksum_offset != 0)
        emit_verify(to, record);
    emit_template(
        to, &record->placeholders,
        "/*\n"
        " * Reads views, or several fields, of one consistent record:\n"
        " *\n"
        " *     do {\n"
        " *         status = $record$_store_read_begin(store, row, &sequence);\n"
        " *         ... read fields, use views ...\n"
        " *     } while (status == MMF_OK && $record$_store_read_retry(store, row, sequence));\n"
        " *\n"
        " * MMF_ERR_BUSY: the record is being replaced; try again, or call $record$_store_get.\n"
        " */\n"
        "static inline mmf_status $record$_store_read_begin(const $record$_store *store, uint64_t "
        "row, uint64_t *sequence)\n"
        "{\n"
        "    return mmfi_sequence_begin($record$_store_base(store), row, $RECORD$_RECORD_SIZE, "
        "sequence);\n"
        "}\n"
        "\n"
        "/* True when the record changed since $record$_store_read_begin: discard the values read. "
        "*/\n"
        "static inline bool $record$_store_read_retry(const $record$_store *store, uint64_t row, "
        "uint64_t sequence)\n"
        "{\n"
        "    return mmfi_sequence_retry($record$_store_base(store), row, $RECORD$_RECORD_SIZE, "
        "sequence);\n"
        "}\n"
        "\n"
        "/* ---- Loops ---- */\n"
        "\n"
        "/* The range of count rows from first on; MMF_TO_END for all rows after first. */\n"
        "static inline mmf_status $record$_store_rows(const $record$_store *store, uint64_t first, "
        "uint64_t count, $record$_rows *out)\n"
        "{\n"
        "    return mmfi_rows($record$_store_base(store), first, count, $RECORD$_RECORD_SIZE, "
        "(mmf_rows *)out);\n"
        "}\n"
        "\n"
        "/* The number of rows in the range; the calls below do not check i against it. */\n"
        "static inline uint64_t $record$_rows_count($record$_rows rows)\n"
        "{\n"
        "    return rows.base.count;\n"
        "}\n"
        "\n"
        "/* As $record$_store_read_begin, for row i of a range; i is not checked. */\n"
        "static inline mmf_status $record$_rows_read_begin($record$_rows rows, uint64_t i, "
        "uint64_t *sequence)\n"
        "{\n"
        "    return mmfi_rows_begin(rows.base, i, $RECORD$_RECORD_SIZE, sequence);\n"
        "}\n"
        "\n"
        "/* True when row i changed since $record$_rows_read_begin: discard the values read. */\n"
        "static inline bool $record$_rows_read_retry($record$_rows rows, uint64_t i, uint64_t "
        "sequence)\n"
        "{\n"
        "    return mmfi_rows_retry(rows.base, i, $RECORD$_RECORD_SIZE, sequence);\n"
        "}\n"
        "\n");
}
