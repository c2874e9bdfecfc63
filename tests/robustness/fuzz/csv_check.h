// What must hold for any bytes given to mmf as CSV.
#ifndef MMF_TESTS_ROBUSTNESS_FUZZ_CSV_CHECK_H
#define MMF_TESTS_ROBUSTNESS_FUZZ_CSV_CHECK_H

#include <string>
#include <vector>

#include "tests/robustness/fuzz/import_check.h"
#include "tools/mmf/guess/column.h"
#include "tools/mmf/import/plan.h"

// Bytes of the line end at a place; 0 for none. A CR that is the last byte of
// all is one.
inline size_t t_csv_line_end(const std::string &text, size_t at)
{
    if (text.compare(at, 2, "\r\n") == 0)
        return 2;
    return text[at] == '\n' || (text[at] == '\r' && at + 1 == text.size()) ? 1 : 0;
}

// Takes a cell; false at a mistake.
inline bool t_csv_cell(const std::string &text, size_t *at, std::string *cell)
{
    if (*at == text.size() || text[*at] != '"') {
        while (*at < text.size() && text[*at] != ',' && t_csv_line_end(text, *at) == 0) {
            if (text[*at] == '"')
                return false;
            *cell += text[(*at)++];
        }
        return true;
    }
    for (++*at; *at < text.size(); ++*at) {
        if (text[*at] == '"' && text.compare(*at, 2, "\"\"") != 0) {
            ++*at;
            return *at == text.size() || text[*at] == ',' || t_csv_line_end(text, *at) > 0;
        }
        *cell += text[*at];
        *at += text[*at] == '"';
    }
    return false;
}

// Rows by a loop over the bytes, up to the first mistake.
inline std::vector<std::vector<std::string>> t_csv_rows(const std::string &text, bool *wrong)
{
    std::vector<std::vector<std::string>> rows;
    size_t at = text.compare(0, 3, "\xef\xbb\xbf") == 0 ? 3 : 0;
    *wrong = false;
    while (at < text.size()) {
        std::vector<std::string> row;
        do {
            std::string cell;
            at += !row.empty(); // the delimiter before it
            if (!t_csv_cell(text, &at, &cell)) {
                *wrong = true;
                return rows;
            }
            row.push_back(cell);
        } while (at < text.size() && text[at] == ',');
        if (at < text.size())
            at += t_csv_line_end(text, at);
        rows.push_back(row);
    }
    return rows;
}

// Reads rows, makes records of them by any header, and guesses their types.
// Returns how many records were made.
inline size_t t_check_csv(const char *data, size_t size)
{
    const std::string text(data, size);
    bool expect_wrong;
    const auto expected = t_csv_rows(text, &expect_wrong);
    const mmf_schema *schema = t_import_schema();
    input in;
    csv_reader reader;
    plan columns = {};
    plan_problem problem;
    std::vector<column> guessed;
    std::vector<unsigned char> raw(schema->record_size);
    FUZZ_REQUIRE(input_open_memory(&in, "fuzz.csv", data, size) == MMF_OK);
    csv_open(&reader, &in, ',');
    size_t rows = 0;
    size_t good = 0;
    bool was_wrong = false;
    bool planned = false;
    csv_result result;
    while ((result = csv_next(&reader)) != CSV_END) {
        FUZZ_REQUIRE(result == CSV_ROW || result == CSV_WRONG);
        if (result == CSV_WRONG) {
            FUZZ_REQUIRE(was_wrong || (expect_wrong && rows == expected.size()));
            FUZZ_REQUIRE(reader.wrong_line >= 1 && reader.wrong_column >= 1);
            was_wrong = true;
            continue;
        }
        if (!was_wrong) {
            FUZZ_REQUIRE(rows < expected.size() && reader.count == expected[rows].size());
            for (size_t i = 0; i < reader.count; i++)
                FUZZ_REQUIRE(std::string(reader.cells[i].text, reader.cells[i].length) ==
                             expected[rows][i]);
        }
        uint64_t line;
        uint64_t place;
        csv_locate(&reader, reader.cells[reader.count - 1].at, &line, &place);
        FUZZ_REQUIRE(line >= reader.line && place >= 1);
        if (rows++ == 0) {
            planned = plan_make(schema, reader.cells, reader.count, true, &columns, &problem) ==
                      PLAN_GOOD;
            guessed.resize(reader.count);
            for (column &one : guessed)
                column_init(&one);
            continue;
        }
        for (size_t i = 0; i < guessed.size() && i < reader.count; i++)
            column_take(&guessed[i], &reader.cells[i]);
        if (planned && reader.count == columns.column_count &&
            plan_fill(&columns, reader.cells, raw.data(), &problem)) {
            t_check_record(schema, raw.data());
            good++;
        }
    }
    FUZZ_REQUIRE(was_wrong == expect_wrong);
    FUZZ_REQUIRE(was_wrong || rows == expected.size());
    for (const column &one : guessed) {
        char type[COLUMN_TYPE_SIZE];
        char note[COLUMN_NOTE_SIZE];
        FUZZ_REQUIRE(column_type(&one, "time", 4, type, note) || note[0] != '\0');
    }
    plan_free(&columns);
    csv_close(&reader);
    input_close(&in);
    return good;
}

#endif
