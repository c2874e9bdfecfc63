// What must hold for any bytes given to mmf as JSON lines.
#ifndef MMF_TESTS_ROBUSTNESS_FUZZ_JSON_CHECK_H
#define MMF_TESTS_ROBUSTNESS_FUZZ_JSON_CHECK_H

#include <vector>

#include "tests/robustness/fuzz/import_check.h"
#include "tools/mmf/import/json.h"
#include "tools/mmf/import/lines.h"

// Returns how many records were made.
inline size_t t_check_json(const char *data, size_t size)
{
    const mmf_schema *schema = t_import_schema();
    input in;
    lines_reader lines;
    json_reader reader;
    std::vector<unsigned char> raw(schema->record_size);
    FUZZ_REQUIRE(input_open_memory(&in, "fuzz.json", data, size) == MMF_OK);
    lines_open(&lines, &in);
    json_open(&reader, schema, size % 2 == 0);
    size_t good = 0;
    while (lines_next(&lines) == LINES_LINE) {
        // In a block of its exact size, so that ASan sees a read beyond its end.
        std::vector<char> exact(lines.text, lines.text + lines.length);
        exact.shrink_to_fit();
        const char *line = exact.empty() ? lines.text : exact.data(); // never NULL
        if (json_fill(&reader, line, exact.size(), raw.data())) {
            t_check_record(schema, raw.data());
            good++;
        } else {
            FUZZ_REQUIRE(!reader.no_memory && reader.wrong_at <= lines.length);
            FUZZ_REQUIRE(reader.wrong[0] != '\0');
        }
    }
    json_close(&reader);
    input_close(&in);
    return good;
}

#endif
