// Random corrupted schemas: each is refused with a diagnostic, or accepted with a complete model.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstring>
#include <random>
#include <string>

#include "gen/model/names.h"
#include "gen/model/sema.h"

namespace {

const char SEED_SCHEMA[] = "/// A trade.\n"
                           "record Tick version 1 {\n"
                           "  symbol: string[64]; /// ticker\n"
                           "                      /// of the exchange\n"
                           "  /* block */ price: float64; // line\n"
                           "  raw: bytes[8];\r\n"
                           "}\n"
                           "record Bar version 65535 { open: float32; flag: bool; }\n";

const char RICH_SCHEMA[] = "const DEPTH = 3; /// levels\n"
                           "enum Side : int8 @prefix(way) { Buy = 1; Sell = -1; }\n"
                           "struct Level @align(16) { price: decimal(18,4); orders: uint16?; }\n"
                           "struct Quote { top: Level; all: Level[DEPTH]; }\n"
                           "record Book version 2 @checksums @align(64) {\n"
                           "  at: timestamp[ns]; day: date;\n"
                           "  side: Side = Buy @since(2);\n"
                           "  quotes: Quote[2]?;\n"
                           "  fee: decimal(10,4)? = -1.5 @was(cost);\n"
                           "  greeks: float64[5]; mid: float32 = 1e-3;\n"
                           "  name: string[8] = \"a;b\" @deprecated @align(8);\n"
                           "}\n";

// Tokens and parts of tokens, so that mutants get past the first line.
const char *const PIECES[] = {
    "record",
    "version",
    "{",
    "}",
    "[",
    "]",
    ":",
    ";",
    "///",
    "//",
    "/*",
    "*/",
    "\"",
    "\n",
    "\r",
    "\t",
    "0",
    "-1",
    "65536",
    "4294967296",
    "string",
    "float64",
    "\xff",
    "\xc3",
    "\xc3\xb6",
    "\xe2\x80\xae",
    "@",
    "?",
    "=",
    "symbol",
    "Tick",
    "____",
    "enum",
    "struct",
    "const",
    "decimal(4,2)",
    "timestamp[us]",
    "date",
    "Level",
    "Quote",
    "Side",
    "DEPTH",
    "(",
    ")",
    ",",
    "@since(2)",
    "@was(x)",
    "@align(8)",
    "\"x\"",
    "1e-5",
    "Buy",
    "-9223372036854775808",
    "?;\n",
    "[2]",
    "@prefix(y)",
};

struct outcomes {
    unsigned accepted = 0;
    unsigned refused = 0;
};

void check_accepted(const gen_model &model)
{
    ASSERT_GE(model.record_count, 1u);
    for (uint32_t i = 0; i < model.record_count; i++) {
        const mmf_schema &record = model.records[i];
        if (model.places[i].has_errors)
            ADD_FAILURE() << record.name;
        /* The text that a store embeds must parse again, to the same layout. */
        mmf_schema *again = nullptr;
        mmf_error error;
        ASSERT_EQ(MMF_OK, mmf_schema_parse(record.text, record.text_size, &again, &error))
            << error.message << "\n"
            << record.text;
        EXPECT_EQ(record.layout_hash, again->layout_hash);
        EXPECT_EQ(record.record_size, again->record_size);
        EXPECT_STREQ(record.doc, again->doc);
        mmf_schema_free(again);
    }
}

void check_refused(const diag_list &list, std::FILE *out)
{
    for (uint32_t i = 0; i < list.count && i < DIAG_ERRORS_MAX; i++) {
        const diag_error &error = list.errors[i];
        EXPECT_STRNE("", error.message);
        EXPECT_LE(error.at.offset, list.from->size);
        EXPECT_LE(error.at.length, list.from->size - error.at.offset);
    }
    std::rewind(out);
    diag_print(&list, out);
    EXPECT_GT(std::ftell(out), 0);
}

void check(const std::string &text, std::FILE *out, outcomes *seen)
{
    SCOPED_TRACE(text);
    arena memory;
    arena_init(&memory, ARENA_SIZE_MAX);
    source from;
    mmf_error error;
    ASSERT_EQ(MMF_OK, source_from_text("a.mmfs", text.data(), text.size(), &memory, &from, &error));
    diag_list list;
    diag_init(&list, &from);
    syntax_schema parsed;
    gen_model model;
    // As in mmfgen, each stage runs even if an earlier one has reported errors.
    EXPECT_TRUE(parser_parse(&from, &memory, &list, &parsed) &&
                sema_check(&parsed, &from, &memory, &list, &model) &&
                names_check(&model, &memory, &list));
    if (list.count == 0)
        check_accepted(model);
    else
        check_refused(list, out);
    seen->accepted += list.count == 0;
    seen->refused += list.count > 0;
    arena_free(&memory);
}

class mutator {
public:
    std::string mutate(std::string text)
    {
        for (size_t edits = 1 + below(4); edits > 0; edits--) {
            const size_t at = below(text.size() + 1);
            const size_t length = below(12);
            switch (below(5)) {
            case 0:
                text.erase(at, length);
                break;
            case 1:
                text.insert(at, PIECES[below(sizeof PIECES / sizeof PIECES[0])]);
                break;
            case 2:
                text.insert(at, 1, static_cast<char>(below(256)));
                break;
            case 3:
                text.insert(at, text.substr(below(text.size() + 1), length));
                break;
            default:
                text.resize(below(8) == 0 ? at : text.size());
            }
        }
        return text;
    }

private:
    size_t below(size_t bound)
    {
        return static_cast<size_t>(random_() % bound);
    }

    std::mt19937_64 random_{20111}; /* always the same mutants */
};

TEST(Garbage, IsRefusedOrHasACompleteModel)
{
    std::FILE *out = std::tmpfile();
    ASSERT_NE(nullptr, out);
    mutator source_of;
    for (const char *seed : {SEED_SCHEMA, RICH_SCHEMA}) {
        outcomes seen;
        for (int i = 0; i < 20000 && !HasFailure(); i++)
            check(source_of.mutate(seed), out, &seen);
        /* Both outcomes must occur, or the mutants are too mild or too wild to test anything. */
        EXPECT_GT(seen.accepted, 100u) << seed;
        EXPECT_GT(seen.refused, 100u) << seed;
    }
    (void)std::fclose(out);
}

// What may be declared without limit by the grammar is refused by number, not after hours.
TEST(Garbage, ManyDefinitionsAreRefused)
{
    std::FILE *out = std::tmpfile();
    ASSERT_NE(nullptr, out);
    const auto many = [](const char *before, const char *after) {
        std::string text;
        for (int i = 0; i < 30000; i++)
            text += before + std::to_string(i) + after;
        return text + "record A version 1 { a: bool; }";
    };
    std::string chain;
    for (int i = 0; i < 30000; i++)
        chain += "struct S" + std::to_string(i) + "{a:S" + std::to_string(i + 1) + ";}";
    outcomes seen;
    check(many("const C", "=1;"), out, &seen);
    check(many("enum E", ":int8{A=1;}"), out, &seen);
    check(many("struct S", "{a:bool;}"), out, &seen);
    check(chain + "record A version 1 { a: S0; }", out, &seen);
    check("enum E : int32 {" + many("M", "=1;") + "}", out, &seen);
    check("struct S {" + many("m", ":bool @was(x);") + "}", out, &seen);
    EXPECT_EQ(6u, seen.refused);
    (void)std::fclose(out);
}

TEST(Garbage, DeeplyNestedIsRefused)
{
    std::FILE *out = std::tmpfile();
    ASSERT_NE(nullptr, out);
    for (const char *piece : {"{", "[", "/*", "record A version 1 {", "a:", "\"", "///\n", "@("}) {
        std::string text;
        while (text.size() < 100000)
            text += piece;
        outcomes seen;
        check(text, out, &seen);
        EXPECT_EQ(1u, seen.refused) << piece;
    }
    (void)std::fclose(out);
}

} // namespace
