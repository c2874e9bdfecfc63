// What must hold for any text given to the front end of the generator.
#ifndef MMF_TESTS_ROBUSTNESS_FUZZ_SCHEMA_CHECK_H
#define MMF_TESTS_ROBUSTNESS_FUZZ_SCHEMA_CHECK_H

#include "gen/front/parser.h"
#include "gen/model/names.h"
#include "gen/model/sema.h"
#include "tests/robustness/fuzz/canonical_check.h"

// A schema that is accepted is one that a file can carry: its text means the same layout. Returns
// whether it was accepted.
inline bool t_check_schema(const char *text, size_t size)
{
    arena memory;
    arena_init(&memory, ARENA_SIZE_MAX);
    source from;
    diag_list list;
    syntax_schema parsed;
    gen_model model = {};
    bool accepted = false;
    if (source_from_text("fuzz.mmfs", text, size, &memory, &from, nullptr) == MMF_OK) {
        diag_init(&list, &from);
        const bool good = parser_parse(&from, &memory, &list, &parsed) &&
                          sema_check(&parsed, &from, &memory, &list, &model) &&
                          names_check(&model, &memory, &list);
        accepted = good && list.count == 0;
        FUZZ_REQUIRE(!accepted || model.record_count > 0);
        for (uint32_t i = 0; accepted && i < model.record_count; i++) {
            const mmf_schema *record = &model.records[i];
            FUZZ_REQUIRE(t_check_canonical(record->text, record->text_size));
            mmf_schema *again = nullptr;
            FUZZ_REQUIRE(mmf_schema_parse(record->text, record->text_size, &again, nullptr) ==
                         MMF_OK);
            FUZZ_REQUIRE(again->layout_hash == record->layout_hash);
            FUZZ_REQUIRE(again->record_size == record->record_size);
            mmf_schema_free(again);
        }
        FILE *sink = fopen("/dev/null", "w");
        FUZZ_REQUIRE(sink != nullptr);
        diag_print(&list, sink);
        fclose(sink);
    }
    arena_free(&memory);
    return accepted;
}

#endif
