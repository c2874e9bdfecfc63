// Identifiers made from the names of a schema, and the clashes that mmfgen must report.
#include "gen/model/names.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "gen/emit_c/emit_c.h"
#include "gen/emit_python/emit_python.h"
#include "gen/model/sema.h"

namespace {

std::string lower(const char *name)
{
    char out[NAMES_SIZE];
    names_lower(name, out);
    return out;
}

std::string upper(const char *name)
{
    char out[NAMES_SIZE];
    names_upper(name, out);
    return out;
}

TEST(Names, SplitAtTheBeginningOfWords)
{
    EXPECT_EQ(lower("Tick"), "tick");
    EXPECT_EQ(lower("HTTPTick"), "http_tick");
    EXPECT_EQ(lower("OrderBookLevel2"), "order_book_level2");
    EXPECT_EQ(lower("L2Book"), "l2_book");
    EXPECT_EQ(lower("order_book"), "order_book");
    EXPECT_EQ(lower("Order_Book"), "order_book");
    EXPECT_EQ(lower("X"), "x");
    EXPECT_EQ(upper("openTime"), "OPEN_TIME");
    EXPECT_EQ(upper("HTTPTick"), "HTTP_TICK");
}

// "aAaA..." gets a '_' before every capital.
TEST(Names, HaveRoomForTheLongest)
{
    std::string name;
    while (name.size() < MMF_NAME_LENGTH_MAX)
        name += name.size() % 2 == 0 ? 'a' : 'A';
    EXPECT_EQ(lower(name.c_str()).size(), 63u + 31u);
}

// A schema in memory, after the check of its names.
class Checked {
public:
    explicit Checked(const std::string &text)
    {
        mmf_error error = {};
        arena_init(&memory_, ARENA_SIZE_MAX);
        EXPECT_EQ(source_from_text("t.mmfs", text.data(), text.size(), &memory_, &from_, &error),
                  MMF_OK);
        diag_init(&list, &from_);
        syntax_schema parsed;
        EXPECT_TRUE(parser_parse(&from_, &memory_, &list, &parsed));
        EXPECT_TRUE(sema_check(&parsed, &from_, &memory_, &list, &model));
        EXPECT_EQ(list.count, 0u) << list.errors[0].message;
        EXPECT_TRUE(names_check(&model, &memory_, &list));
    }

    ~Checked()
    {
        arena_free(&memory_);
    }

    Checked(const Checked &) = delete;
    Checked &operator=(const Checked &) = delete;

    std::string message() const
    {
        return list.count > 0 ? list.errors[0].message : "";
    }

    std::set<std::string> identifiers()
    {
        size_t count = 0;
        const names_identifier *all = names_list(&model, &memory_, &count);
        std::set<std::string> out;
        for (size_t i = 0; i < count; i++)
            out.insert(all[i].text);
        return out;
    }

    gen_model model = {};
    diag_list list = {};

private:
    arena memory_ = {};
    source from_ = {};
};

std::string record(const std::string &name, const std::string &fields)
{
    return "record " + name + " version 1 {\n" + fields + "\n}\n";
}

TEST(NamesCheck, AllowsNamesThatOnlyLookLikeAClash)
{
    // tick_store_get_get, tick_store_get_open, ...: the store has no functions of these names.
    EXPECT_EQ(Checked(record("Tick", "get: int8; open: int8; close: int8; base: int8; "
                                     "set_price: int8; price: int8; capacity: int8; "
                                     "record: int8; schema: int8; symbol_size: int8;"))
                  .message(),
              "");
    EXPECT_EQ(Checked(record("Tick", "x: int8;") + record("Bar", "x: int8;")).message(), "");
}

TEST(NamesCheck, RefusesALengthBesideItsString)
{
    Checked checked(record("Tick", "symbol: string[8];\nsymbol_length: uint32;"));
    ASSERT_EQ(checked.list.count, 1u);
    EXPECT_EQ(checked.message(), "field 'symbol_length' gets the C name 'symbol_length', which "
                                 "field 'symbol' has already");
    EXPECT_STRNE(checked.list.errors[0].hint, "");
    EXPECT_STRNE(checked.list.errors[0].note, "");
    // A scalar has no length.
    EXPECT_EQ(Checked(record("Tick", "symbol: int8; symbol_length: uint32;")).message(), "");
}

TEST(NamesCheck, RefusesCount)
{
    EXPECT_EQ(Checked(record("Tick", "count: int8;")).message(),
              "field 'count' gets the C name 'tick_rows_count', which record 'Tick' has already");
}

TEST(NamesCheck, RefusesFieldsThatDifferInCaseOnly)
{
    EXPECT_EQ(Checked(record("Tick", "openTime: int8; open_time: int8;")).list.count, 1u);
}

TEST(NamesCheck, RefusesRecordsWithOneNameInC)
{
    EXPECT_EQ(Checked(record("HTTPTick", "a: int8;") + record("HttpTick", "a: int8;")).list.count,
              1u); // the record only: its fields clash as a consequence
}

// tick_store_rows is a function of record Tick and a type of record TickStore.
TEST(NamesCheck, RefusesRecordsWhoseFunctionsClash)
{
    EXPECT_NE(Checked(record("Tick", "a: int8;") + record("TickStore", "b: int8;")).message(), "");
}

// tick_record_set_x_rows sets a string of record Tick, and is a type of record TickRecordSetX.
TEST(NamesCheck, RefusesARecordNamedLikeTheSetterOfAString)
{
    const std::string other = record("TickRecordSetX", "b: int8;");
    EXPECT_EQ(Checked(record("Tick", "x_rows: string[4];") + other).message(),
              "record 'TickRecordSetX' gets the C name 'tick_record_set_x_rows', which record "
              "'Tick' has already");
    EXPECT_EQ(Checked(record("Tick", "x_rows: bytes[4];") + other).list.count, 1u);
    EXPECT_EQ(Checked(record("Tick", "x_rows: int8;") + other).message(), ""); // has no setter
}

TEST(NamesCheck, RefusesKeywordsOfC)
{
    for (const char *word :
         {"int", "class", "NULL", "bool", "while", "static_assert", "xor_eq", "EOF", "typeof",
          "FILE", "co_await", "co_return", "co_yield", "reinterpret_cast", "typeof_unqual"})
        EXPECT_EQ(Checked(record("Tick", std::string(word) + ": int8;")).message(),
                  "'" + std::string(word) +
                      "' cannot name a field: the word has a meaning in C or C++");
}

// A member named size_t changes the meaning of the word in its struct, which C++ refuses.
TEST(NamesCheck, RefusesTypesThatARecordUses)
{
    for (const char *word : {"size_t", "int8_t", "uint8_t", "int16_t", "uint16_t", "int32_t",
                             "uint32_t", "int64_t", "uint64_t"})
        EXPECT_EQ(Checked(record("Tick", std::string(word) + ": int8;")).list.count, 1u) << word;
}

TEST(NamesCheck, RefusesMacrosOfTheSystemsHeaders)
{
    for (const char *word :
         {"st_mtime", "si_pid", "sa_handler", "I", "complex", "noreturn", "h_errno", "errno",
          "unix", "linux", "stdin", "s6_addr", "INT64_MAX", "PATH_MAX", "ECHO", "basename"})
        EXPECT_EQ(Checked(record("Tick", std::string(word) + ": int8;")).message(),
                  "'" + std::string(word) +
                      "' cannot name a field: a system header defines it as a macro");
    for (const char *word : {"mtime", "pid", "handler", "bid", "BID", "error", "max"})
        EXPECT_EQ(Checked(record("Tick", std::string(word) + ": int8;")).message(), "") << word;
}

// Two valid names may be combined to the name of a macro.
TEST(NamesCheck, RefusesGeneratedMacrosThatTheSystemHas)
{
    Checked host(record("Host", "id: int8;\nname: string[64];"));
    ASSERT_EQ(host.list.count, 1u);
    EXPECT_EQ(host.message(), "field 'name' gets the C name 'HOST_NAME_MAX', which a system "
                              "header defines as a macro");
    EXPECT_STREQ(host.list.errors[0].hint, "rename it, for example to 'name_value'");
    EXPECT_EQ(Checked(record("Login", "name: string[64];")).list.count, 1u);
    EXPECT_EQ(Checked(record("Host", "name: int8;")).message(), "");
}

// The table is searched by bisection, and has only names that a schema can have.
TEST(NamesMacros, AreSortedAndCanNameAField)
{
    ASSERT_GT(NAMES_MACRO_COUNT, 2000u);
    for (size_t i = 0; i < NAMES_MACRO_COUNT; i++) {
        const std::string name = NAMES_MACROS[i];
        EXPECT_EQ(name.find("__"), std::string::npos) << name;
        EXPECT_NE(name[0], '_') << name;
        EXPECT_LT(std::string(i > 0 ? NAMES_MACROS[i - 1] : ""), name);
    }
}

TEST(NamesStore, RefusesModulesAndHeadersThatAStoreWouldHide)
{
    EXPECT_EQ(names_store_problem("tick_store"), nullptr);
    EXPECT_EQ(names_store_problem("ticks"), nullptr);
    for (const char *name :
         {"",          "_s",      "s_",       "s__t",      "1s",          "S",      "class",
          "lambda",    "abc",     "types",    "json",      "time",        "typing", "struct",
          "token",     "numbers", "zoneinfo", "formatter", "compression", "numpy",  "cffi",
          "mmapforge", "stdint",  "assert",   "wctype"})
        EXPECT_NE(names_store_problem(name), nullptr) << name;
    EXPECT_STREQ(names_store_problem("types"), "it is a module of Python's standard library, which "
                                               "the store's module would hide");
}

TEST(NamesCheck, RefusesNamesOfTheLibrarysMacros)
{
    for (const char *word : {"MMF_OK", "MMF_X", "MMFI_X"}) {
        Checked checked(record("Tick", std::string(word) + ": int8;"));
        EXPECT_EQ(checked.message(), "'" + std::string(word) +
                                         "' cannot name a field: names that begin with MMF_ or "
                                         "MMFI_ are reserved for the library");
        EXPECT_STREQ(checked.list.errors[0].hint, "choose a name that does not begin with MMF");
    }
    EXPECT_EQ(Checked(record("Tick", "mmf_id: int8; MMFX: int8;")).message(), "");
}

// The class of a record has the record's name, and the class of its store the suffix "Store".
TEST(NamesCheck, RefusesRecordsWhoseClassesClash)
{
    EXPECT_EQ(Checked(record("X_", "a: int8;") + record("X_Store", "b: int8;")).message(),
              "record 'X_Store' gets the Python name 'X_Store', which record 'X_' has already");
    EXPECT_EQ(Checked(record("X_", "a: int8;") + record("X_Shop", "b: int8;")).message(), "");
}

TEST(NamesCheck, RefusesKeywordsOfPython)
{
    for (const char *word : {"False", "None", "True", "def", "self", "yield"})
        EXPECT_EQ(Checked(record("Tick", std::string(word) + ": int8;")).list.count, 1u) << word;
    // A name that the module uses itself may name a field.
    for (const char *word : {"str", "bytes", "open", "typing", "row", "record", "define"})
        EXPECT_EQ(Checked(record("Tick", std::string(word) + ": int8;")).message(), "") << word;
}

TEST(NamesCheck, RefusesNamesThatTheModuleUses)
{
    for (const char *word : {"False", "class", "create", "define", "int", "lambda", "mmapforge",
                             "open", "opener", "os", "str", "typing", "yield"}) {
        EXPECT_EQ(Checked(record(word, "a: int8;")).message(),
                  "'" + std::string(word) +
                      "' cannot name a record: the word has a meaning in its Python module");
    }
    for (const char *word : {"Open", "Class", "self", "row", "Any", "Union", "list"})
        EXPECT_EQ(Checked(record(word, "a: int8;")).message(), "") << word;
}

TEST(NamesCheck, RefusesConstantsThatAreNoMacros)
{
    const std::string tick = record("Tick", "x: int8;");
    EXPECT_EQ(Checked("const DEPTH_2 = 1;\n" + tick).message(), "");
    for (const char *word : {"depth", "Depth", "dEPTH", "int"})
        EXPECT_EQ(Checked("const " + std::string(word) + " = 1;\n" + tick).message(),
                  "'" + std::string(word) +
                      "' cannot name a constant: write it in capital letters, since it is a macro "
                      "in C");
    EXPECT_EQ(Checked("const PATH_MAX = 1;\n" + tick).message(),
              "'PATH_MAX' cannot name a constant: a system header defines it as a macro");
    EXPECT_EQ(Checked("const NULL = 1;\n" + tick).list.count, 1u);
    EXPECT_EQ(Checked("const MMF_X = 1;\n" + tick).list.count, 1u);
    EXPECT_EQ(Checked("const TICK_X_OFFSET = 1;\n" + tick).list.count, 1u);
}

std::string side(const std::string &name, const std::string &members = "Buy = 1;")
{
    return "enum " + name + " : int8 {\n" + members + "\n}\n";
}

TEST(NamesCheck, RefusesTypesThatAreTakenInC)
{
    const std::string tick = record("Tick", "x: int8;");
    const struct {
        const char *name;
        const char *problem;
    } CASES[] = {
        {"Int", "the word has a meaning in C or C++"},
        {"Class", "the word has a meaning in C or C++"},
        {"Status", "generated code uses the word itself"},
        {"Part", "generated code uses the word itself"}, // mmfi_part_check is one of the library
        {"Checksum", "generated code uses the word itself"}, // mmfi_checksum_load
        {"Sequence", "generated code uses the word itself"}, // mmfi_sequence_load
        {"Undo", "generated code uses the word itself"},     // mmfi_undo_save
        {"Index2", "generated code uses the word itself"},
        {"Read", "a system header declares it"},
        {"Time", "a system header declares it"},
        {"Stat", "a system header declares it"},
        {"DivT", "a system header declares it"},
        {"Timespec", "a system header declares it"},
    };
    for (const auto &with : CASES) {
        char lower[NAMES_SIZE];
        names_lower(with.name, lower);
        EXPECT_EQ(Checked(side(with.name) + tick).message(), "enum '" + std::string(with.name) +
                                                                 "' gets the C name '" + lower +
                                                                 "': " + with.problem);
        EXPECT_EQ(
            Checked("struct " + std::string(with.name) + " {\na: bool;\n}\n" + tick).list.count,
            1u);
        // Another prefix helps.
        EXPECT_EQ(Checked("enum " + std::string(with.name) + " : int8 @prefix(my_" + lower +
                          ") { Buy = 1; }\n" + tick)
                      .message(),
                  "");
    }
    EXPECT_EQ(Checked(side("Side") + "struct Level {\na: bool;\n}\n" + tick).message(), "");
}

TEST(NamesCheck, RefusesMembersThatClash)
{
    const std::string tick = record("Tick", "x: int8;");
    EXPECT_EQ(
        Checked(side("Side", "openBuy = 1;\nOpenBuy = 2;") + tick).message(),
        "member 'OpenBuy' gets the C name 'SIDE_OPEN_BUY', which member 'openBuy' has already");
    EXPECT_EQ(Checked(side("Side", "Doc = 1;") + tick).message(),
              "member 'Doc' gets the C name 'SIDE_DOC', which enum 'Side' has already");
    EXPECT_EQ(Checked(side("Side", "Members = 1;") + tick).list.count, 1u);
    for (const char *word : {"None", "name", "value", "mro", "for"})
        EXPECT_EQ(Checked(side("Side", std::string(word) + " = 1;") + tick).message(),
                  "'" + std::string(word) +
                      "' cannot name a member: the word has a meaning in Python");
    EXPECT_EQ(Checked(side("Side", "Names = 1;\nvalues = 2;\nswitch = 3;") + tick).message(), "");
}

TEST(NamesCheck, RefusesPartsWithOneNameInC)
{
    EXPECT_EQ(Checked(side("Tick") + record("Tick", "x: int8;")).list.count, 1u);
    EXPECT_EQ(Checked(side("Level") + "struct level {\na: bool;\n}\n" + record("Tick", "x: int8;"))
                  .list.count,
              1u);
    EXPECT_EQ(
        Checked(record("Tick", "x: int8;") + "record Bar version 1 @prefix(Tick) { x: int8; }")
            .list.count,
        1u); // the record only
    EXPECT_EQ(
        Checked(record("Tick", "x: int8;") + "record Bar version 1 @prefix(tick2) { x: int8; }")
            .message(),
        "");
    EXPECT_EQ(Checked("record Bar version 1 @prefix(mmf_bar) { x: int8; }").list.count, 1u);
}

TEST(NamesCheck, RefusesFieldsBesideElementsAndMembers)
{
    const std::string level = "struct Level {\nprice: int8;\n}\n";
    EXPECT_EQ(Checked(level + record("Tick", "best: Level;\nbest_price: int8;")).list.count, 1u);
    EXPECT_EQ(Checked(level + record("Tick", "bids: Level[2];\nbids_price_at: int8;")).list.count,
              1u);
    EXPECT_EQ(Checked(record("Tick", "bids: int8[2];\nbids_at: int8;")).list.count, 1u);
    EXPECT_EQ(Checked(record("Tick", "fee: int8?;\nfee_is_null: int8;")).list.count, 1u);
    // Neither has calls of this name.
    EXPECT_EQ(Checked(level + record("Tick", "best: Level?;\nbest_price: int8;")).message(), "");
    EXPECT_EQ(Checked(record("Tick", "fee: int8;\nfee_is_null: int8;")).message(), "");
}

TEST(NamesCheck, KeepsTheLibrarysPrefix)
{
    EXPECT_EQ(Checked(record("Mmf", "a: int8;")).list.count, 1u);
    EXPECT_EQ(Checked(record("MmfTick", "a: int8;")).list.count, 1u);
    EXPECT_EQ(Checked(record("Mmfx", "a: int8;")).list.count, 0u);
}

bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Every identifier in the text that begins with the name of the record.
std::set<std::string> words_of(const char *text, const std::string &prefix)
{
    std::set<std::string> out;
    for (const char *at = text; *at != '\0';) {
        const char *end = at;
        while (is_word(*end))
            end++;
        const std::string word(at, end);
        if (word.compare(0, prefix.size(), prefix) == 0)
            out.insert(word);
        at = end > at ? end : at + 1;
    }
    return out;
}

// The line of a header that begins with "#ifndef ".
std::string guard_of(Checked &checked, const char *store)
{
    emitter header;
    emit_init(&header);
    emit_header(&header, &checked.model, store);
    const std::string text = header.out.data;
    emit_free(&header);
    const size_t begin = text.find("#ifndef ") + 8;
    return text.substr(begin, text.find('\n', begin) - begin);
}

// Two packages may both have a tick_store, and one program may include both headers.
TEST(Guard, DiffersWhereTheHeaderDoes)
{
    Checked a(record("Tick", "a: int8;"));
    Checked same(record("Tick", "a:   int8; // as above"));
    Checked field(record("Tick", "b: int8;"));
    Checked name(record("Bar", "a: int8;"));
    Checked more(record("Tick", "a: int8;") + record("Bar", "a: int8;"));
    const std::string guard = guard_of(a, "tick_store");
    EXPECT_EQ(guard.find("MMF_GENERATED_TICK_STORE_"), 0u) << guard;
    EXPECT_EQ(guard.size(), std::string("MMF_GENERATED_TICK_STORE_0123456789ABCDEF_H").size());
    EXPECT_EQ(guard_of(same, "tick_store"), guard);
    EXPECT_NE(guard_of(field, "tick_store"), guard);
    EXPECT_NE(guard_of(name, "tick_store"), guard);
    EXPECT_NE(guard_of(more, "tick_store"), guard);
    EXPECT_NE(guard_of(a, "ticks"), guard);
}

// Every kind of part and field; each name begins with q, and no other word of generated code does.
const char RICH[] = R"(
/// of a constant
const QDEPTH = 3;
/// of an enum
enum Qside : int8 { /// of a member
  Qbuy = 1; Qsell = -1; }
struct Qlevel { /// of a field
  qprice: decimal(18,4); qsize: uint32 = 7; qorders: uint16?; }
struct Qplain { qx: bool; }
struct Qnote @align(16) { qtext: string[20]; qraw: bytes[4]?; qby: Qlevel; qkinds: Qside[3]; qp: Qplain; }
record Qbook version 2 @checksums @align(64) {
  qsymbol: string[16]; qdata: bytes[3]; qat: timestamp[ns]; qday: date; qway: Qside = Qbuy;
  qbids: Qlevel[QDEPTH]; qbest: Qlevel; qgreeks: float64[5]; qdays: date[2]; qfees: decimal(3,1)[2];
  qfee: decimal(10,4)? = 1.5; qmemo: string[12]?; qblob: bytes[12]?; qnull: bool?; qsome: Qside?;
  qnote: Qnote; qmaybe: Qnote?; qnotes: Qnote[2]?; qmany: Qnote[2]; qflags: bool[3]; qnums: int8[3]?;
  qkinds: Qside[2]; qtags: Qside[4]? @align(64); qold: int32 @deprecated; qname: string[8] = "abc";
}
record Qbare version 1 @prefix(qother) { qflag: bool; qall: Qplain[2]; qone: Qplain; qlone: int8?; }
)";

std::string text_of(const emitter &from)
{
    return std::string(from.out.data, from.out.size);
}

// The header and the source of the model.
std::string generated_c(const Checked &checked)
{
    emitter header;
    emitter code;
    emit_init(&header);
    emit_init(&code);
    emit_header(&header, &checked.model, "s");
    emit_source(&code, &checked.model, "s");
    const std::string all = text_of(header) + text_of(code);
    emit_free(&header);
    emit_free(&code);
    return all;
}

std::string without_comments_and_texts(const std::string &code)
{
    std::string out;
    for (size_t at = 0; at < code.size(); at++) {
        if (code.compare(at, 2, "/*") == 0) {
            at = code.find("*/", at) + 1;
        } else if (code[at] == '"') {
            while (code[++at] != '"')
                at += code[at] == '\\';
            out += ' ';
        } else if (code[at] == '#') {
            at = code.find('\n', at);
        } else if (code[at] == '.' || code.compare(at, 2, "->") == 0) { // a member
            at += code[at] == '.' ? 1 : 2;
            while (is_word(code[at]))
                at++;
            at--;
        } else {
            out += code[at];
        }
    }
    return out;
}

TEST(NamesList, HasExactlyWhatIsGeneratedOfARichSchema)
{
    Checked checked(RICH);
    ASSERT_EQ(checked.message(), "");
    const std::string code = generated_c(checked);
    std::set<std::string> written;
    for (const char *prefix : {"q", "Q"})
        for (const std::string &word : words_of(code.c_str(), prefix))
            written.insert(word);
    // In the text of the schema: members are SIDE_BUY in C, and attributes of a class in Python; a
    // record of another prefix has its name in Python only.
    for (const char *word : {"Qbuy", "Qsell"})
        EXPECT_EQ(written.erase(word), 1u) << word;
    std::set<std::string> listed = checked.identifiers();
    for (const char *word : {"QbookStore", "QbareStore"}) // in Python
        EXPECT_EQ(listed.erase(word), 1u) << word;
    for (const std::string &word : written)
        EXPECT_EQ(listed.count(word), 1u) << word << " is generated, and not in the list";
    // Only a long doc has a macro; HasExactlyWhatIsGenerated has those.
    for (const std::string &word : listed)
        if (written.count(word) == 0) {
            EXPECT_EQ(word.substr(word.size() - 4), "_DOC") << word << " is not generated";
        }
}

bool ends_with(const std::string &text, const std::string &end)
{
    return text.size() >= end.size() &&
           text.compare(text.size() - end.size(), end.size(), end) == 0;
}

/*
 * What generated code keeps to itself is called mmfi_, the name of the call or struct that it is
 * for, and a suffix: as those names differ, so do these. The library has no such name.
 */
TEST(NamesList, GivesWhatIsInternalANameOfItsOwn)
{
    Checked checked(RICH);
    const std::set<std::string> listed = checked.identifiers();
    const std::string code = generated_c(checked);
    size_t found = 0;
    for (const std::string &word : words_of(code.c_str(), "mmfi_q")) {
        bool known = false;
        for (const std::string suffix : {"_slow", "_image", "_from", "_load", "_save", "_check"}) {
            const size_t length = word.size() - 5 - std::min(word.size() - 5, suffix.size());
            known = known || (ends_with(word, suffix) && listed.count(word.substr(5, length)) == 1);
        }
        EXPECT_TRUE(known) << word;
        found++;
    }
    EXPECT_GT(found, 50u);
}

// mmfi_set_image is a call of the library, and record Set has none of that name.
TEST(NamesList, GivesRecordsNoNamesOfTheLibrary)
{
    const std::string fields = "get: int8?; load: int8[2]; x: string[4]?;";
    for (const std::string name : {"Set", "Append", "Copy", "Slow", "Get", "Rows", "Read"}) {
        Checked checked(record(name, fields));
        const std::string code = generated_c(checked);
        const std::string mine = "mmfi_" + lower(name.c_str()) + "_store_";
        size_t found = 0;
        for (size_t at = code.find(" unused)) "); at != std::string::npos;
             at = code.find(" unused)) ", at + 1)) {
            const size_t begin = code.find("mmfi_", at);
            EXPECT_EQ(code.compare(begin, mine.size(), mine), 0) << code.substr(begin, 40);
            found++;
        }
        EXPECT_GT(found, 10u);
    }
}

// A type of the name of a parameter or variable of generated code would not compile.
TEST(NamesCheck, RefusesTypesThatGeneratedCodeWouldHide)
{
    Checked checked(RICH);
    const std::string code = without_comments_and_texts(generated_c(checked));
    const std::string tick = record("Tick", "x: int8;");
    std::set<std::string> tried;
    for (const std::string &word : words_of(code.c_str(), "")) {
        if (word.empty() || word[0] < 'a' || word[0] > 'z' || word[0] == 'q' ||
            word.compare(0, 4, "mmf_") == 0 || word.compare(0, 5, "mmfi_") == 0 ||
            word.find("__") != std::string::npos || word == "cold" || word == "noinline" ||
            word == "unused") // attributes of gcc
            continue;
        tried.insert(word);
        EXPECT_NE(Checked("struct X @prefix(" + word + ") { a: bool; }\n" + tick).message(), "")
            << word;
    }
    for (const char *word : {"row", "out", "status", "int64_t", "static", "memset"})
        EXPECT_EQ(tried.count(word), 1u) << word;
}

// The table of names must have all identifiers that the emitters write, and no others.
TEST(NamesList, HasExactlyWhatIsGenerated)
{
    const std::string longest(200, 'w');
    Checked checked("/// " + longest +
                    "\nrecord Qq version 1 {\n"
                    "/// " +
                    longest + "\na: string[4];\n/// " + longest + "\nb: bytes[4];\n/// " + longest +
                    "\nc: float64;\n}\n");
    emitter header;
    emitter code;
    emit_init(&header);
    emit_init(&code);
    emit_header(&header, &checked.model, "s");
    emit_source(&code, &checked.model, "s");
    std::set<std::string> written;
    for (const char *text : {header.out.data, code.out.data})
        for (const char *prefix : {"qq_", "QQ_"})
            for (const std::string &word : words_of(text, prefix))
                written.insert(word);
    emitter module;
    emitter stub;
    emit_init(&module);
    emit_init(&stub);
    emit_python(&module, &checked.model, "s");
    emit_python_stub(&stub, &checked.model, "s");
    for (const emitter *python : {&module, &stub})
        for (const std::string &word : words_of(python->out.data, "Qq"))
            written.insert(word);
    std::set<std::string> listed = checked.identifiers();
    for (const char *member : {"a", "b", "c", "a_length", "b_length"})
        EXPECT_EQ(listed.erase(member), 1u) << member;
    EXPECT_EQ(written, listed);
    for (emitter *each : {&header, &code, &module, &stub})
        emit_free(each);
}

} // namespace
