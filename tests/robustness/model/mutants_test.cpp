// Every order and fence of core that the protocols meet, weakened: each that something catches
// alone, and those that nothing does all at once.
#include "tests/robustness/model/protocols.h"
#include "tests/robustness/model/report.h"
#include "tests/robustness/model/site.h"

#include <gtest/gtest.h>

#include <cstring>
#include <set>
#include <string>
#include <vector>

namespace {

struct Mutant {
    const char *function;
    const char *operation;
    const char *argument;
    const char *caught_by; // the protocol that breaks without this order; or nullptr,
    const char *reason;    // and why none does
};

// A place that is written anew must be entered here anew: the texts are those of the source.
const Mutant mutants[] = {
    // core/include/mmapforge/detail/seqlock.h
    {"mmfi_sequence_load", "load acquire", "record", "record", nullptr},
    {"mmfi_sequence_validate", "fence acquire", "", "record", nullptr},
    {"mmfi_sequence_write_begin", "store release", "record", "record", nullptr},
    {"mmfi_sequence_write_begin", "fence release", "", "record", nullptr},
    {"mmfi_sequence_write_end", "store release", "record", "record", nullptr},
    {"mmfi_sequence_advance", "store release", "record", "scalars", nullptr},
    // core/include/mmapforge/detail/undo.h
    {"mmfi_undo_save", "fence release", "", "undo slot of two rows", nullptr},
    {"mmfi_undo_announce", "fence release", "", "two repairers, two rows", nullptr},
    // core/include/mmapforge/detail/access.h
    {"mmfi_row_is_known", "load acquire", "&mmfi_some(store)->row_bound", "shared handle, scalar",
     nullptr},
    {"mmfi_append_end", "store release", "append.record", "append over what was seen", nullptr},
    {"mmfi_append_end", "store release", "&append.store->row_bound", "writer's handle", nullptr},
    {"mmfi_append_end", "store release", "&append.writer->live->count", "append", nullptr},
    {"mmfi_append_finish", "store release", "&writer->live->append_owner", "two writers, append",
     nullptr},
    {"mmfi_set_uint64", "store release", "record + offset", "scalars", nullptr},
    // core/include/mmapforge/detail/columns.h, core/include/mmapforge/store.h
    {"mmfi_rows", "load acquire", "&mmfi_some(store)->row_bound", "shared handle, range of one",
     nullptr},
    {"mmf_store_count", "load acquire", "&store->live->count", "shared handle, signal", nullptr},
    // core/format/recover.c
    {"mmfi_live_is_trusted", "load acquire", "LIVE(base, boot_id) + 8", "another boot", nullptr},
    {"restore_record", "fence release", "", "death of one", nullptr},
    {"find_count", "load acquire", "LIVE(base, count)", "join", nullptr},
    {"mmfi_recover", "store release", "LIVE(base, capacity)", "death, capacity", nullptr},
    {"mmfi_recover", "store release", "LIVE(base, count)", "death in append", nullptr},
    {"mmfi_recover", "store release", "LIVE(base, boot_id) + 8", "another boot", nullptr},
    // core/store/bounds.c
    {"count_now", "load acquire", "live + offsetof(mmfi_live, count)", "append", nullptr},
    {"count_now", "load acquire", "live + offsetof(mmfi_live, capacity)", nullptr,
     "the count, which is loaded before with an acquire, comes after the room for it"},
    {"mmfi_bounds_now", "load acquire", "&state->map.size", nullptr,
     "the system orders a mapping and an access to it, and no handle is extended here"},
    {"bounds_to_follow", "load acquire", "&state->map.size", nullptr,
     "the system orders a mapping and an access to it, and no handle is extended here"},
    {"raise_bound", "load acquire", "place", nullptr,
     "its callers load the bound with an acquire before they read a record"},
    {"raise_bound", "update release", "place", "shared handle", nullptr},
    {"raise_bound", "update acquire", "place", nullptr,
     "a thread that raises a bound has acquired the count that it raises it to"},
    {"mmfi_refresh", "load acquire", "&store->row_bound", "shared handle", nullptr},
    {"mmfi_count_slow", "load acquire", "&store->row_bound", "shared handle, signal", nullptr},
    {"find_rows", "load acquire", "&store->row_bound", "shared handle, range", nullptr},
    // core/store/grow.c, sync.c, write.h, value_write.c
    {"mmfi_store_grow", "store release", "&writer->live->capacity", "capacity", nullptr},
    {"mmfi_state_poison", "store release", "&state->writer->live->poisoned", nullptr,
     "a recovering writer sees it by the lock, and others of several writers read nothing by it"},
    {"mmfi_save_scalar", "store release", "to", "scalars, by a call", nullptr},
    {"mmfi_append_rows_end", "store release", "&store->row_bound", "writer's handle, rows",
     nullptr},
    {"mmfi_append_rows_end", "store release", "&writer->live->count", "append of rows", nullptr},
    // core/include/mmapforge/detail/access.h, core/store/wake.c, sleep.c
    {"mmfi_append_finish", "fence light", "", "waiting", nullptr},
    {"mmfi_append_finish_slow", "fence full", "", "waiting, no membarrier", nullptr},
    {"mmfi_fence_others", "fence heavy", "", "waiting", nullptr},
    {"mmfi_wake", "add release", "&live->wake", "waiting, after a death", nullptr},
    {"mmfi_wake", "add acquire", "&live->wake", nullptr, "the writer takes nothing from others"},
    {"mmfi_wake_page", "load acquire", "&state->wake_page", nullptr,
     "for threads of one process, and the page is there from the start here"},
    {"mmfi_wake_ask", "update acquire", "&live->waiters", nullptr, "a full fence follows"},
    {"mmfi_wake_ask", "update release", "&live->waiters", nullptr, "a full fence follows"},
    {"prepare_sleep", "load acquire", "of->wake", "waiting, after a death", nullptr},
    // core/store/claim.h
    {"mmfi_claim", "update release", "record", "two writers", nullptr},
    {"mmfi_claim", "update acquire", "record", nullptr,
     "the sequence that it replaces was loaded with an acquire"},
    {"mmfi_claim", "fence release", "", "two writers", nullptr},
    {"mmfi_claim_torn", "update release", "record", "two repairers", nullptr},
    {"mmfi_claim_torn", "update acquire", "record", nullptr,
     "the sequence that it replaces was loaded with an acquire"},
    // core/store/several_writers.c, shared.h, append_lock.h, append_lock.c
    {"owner_of", "fence acquire", "", "two repairers, two rows", nullptr},
    {"mmfi_append_lock_try", "update acquire", "lock", "two writers, append", nullptr},
    {"mmfi_append_lock_try", "update release", "lock", nullptr,
     "no writer takes anything from the owner of the lock, only from who freed it"},
    {"take_dead_append_lock", "update acquire", "lock", nullptr,
     "the lock of the dead owner's slot hands on what it had done"},
    {"take_dead_append_lock", "update release", "lock", nullptr,
     "no writer takes anything from the owner of the lock, only from who freed it"},
    {"make_room", "load acquire", "&writer->live->count", nullptr,
     "the append lock hands on what its last owner did"},
    {"mmfi_shared_count", "load acquire", "&mmfi_shared_live(state)->count", nullptr,
     "the append lock, or the lock of its dead owner's slot, hands on what was published"},
    {"mmfi_append_lock_free", "store release", "&mmfi_shared_live(state)->append_owner",
     "a joiner frees the append lock", nullptr},
};

const size_t MUTANTS = sizeof mutants / sizeof mutants[0];

protocol_result result;

const protocol *find(const char *name)
{
    for (size_t i = 0; protocol_at(i) != nullptr; i++)
        if (strcmp(protocol_at(i)->name, name) == 0)
            return protocol_at(i);
    return nullptr;
}

using Places = std::set<std::string>;

Places without(Places places, const Places &others)
{
    for (const std::string &place : others)
        places.erase(place);
    return places;
}

std::string text_of(const std::string &function, const std::string &operation,
                    const std::string &argument)
{
    return function + ": " + operation + (argument.empty() ? "" : " " + argument);
}

std::string text_of(const Mutant &mutant)
{
    return text_of(mutant.function, mutant.operation, mutant.argument);
}

model_site site_of(const Mutant &mutant)
{
    return {mutant.function, mutant.operation, mutant.argument, 0, false};
}

class Mutants : public testing::TestWithParam<size_t> {
protected:
    void TearDown() override
    {
        model_weaken(nullptr, 0);
    }
};

using MutantTable = Mutants;

} // namespace

TEST_P(Mutants, AreCaughtOrHaveAReason)
{
    const Mutant &mutant = mutants[GetParam()];
    const std::string text = text_of(mutant);
    if (mutant.caught_by == nullptr) {
        EXPECT_NE(mutant.reason, nullptr) << text;
        printf("| `%s` | | not caught: %s |\n", text.c_str(), mutant.reason);
        return;
    }
    const protocol *catcher = find(mutant.caught_by);
    ASSERT_NE(catcher, nullptr) << "no protocol is called " << mutant.caught_by;
    const model_site site = site_of(mutant);
    model_weaken(&site, 1);
    protocol_explore(catcher, &result);
    EXPECT_EQ(result.last.verdict, MODEL_WRONG) << text << " is not caught by " << catcher->name;
    printf("| `%s` | %s | %s |\n", text.c_str(), catcher->name, result.last.what);
}

INSTANTIATE_TEST_SUITE_P(All, Mutants, testing::Range<size_t>(0, MUTANTS),
                         [](const testing::TestParamInfo<size_t> &tested) {
                             return std::to_string(tested.param) + "_" +
                                    test_name(text_of(mutants[tested.param]));
                         });

// The orders of a record's protocol are those of every reader of records: each of these programs
// breaks without each of them.
TEST_F(MutantTable, OrdersOfRecordsAreThoseOfAllTheirReaders)
{
    const model_site sites[] = {
        {"mmfi_sequence_load", "load acquire", "record", 0, false},
        {"mmfi_sequence_validate", "fence acquire", "", 0, false},
        {"mmfi_sequence_write_begin", "fence release", "", 0, false},
        {"mmfi_sequence_write_end", "store release", "record", 0, false},
    };
    for (const char *name : {"record by an adapter", "nullable"}) {
        const protocol *catcher = find(name);
        ASSERT_NE(catcher, nullptr) << name;
        for (const model_site &site : sites) {
            model_weaken(&site, 1);
            protocol_explore(catcher, &result);
            EXPECT_EQ(result.last.verdict, MODEL_WRONG)
                << site.function << ": " << site.operation << " is not caught by " << name;
        }
    }
    const model_site scalar = {"mmfi_sequence_advance", "store release", "record", 0, false};
    model_weaken(&scalar, 1);
    protocol_explore(find("scalars by an adapter"), &result);
    EXPECT_EQ(result.last.verdict, MODEL_WRONG);
}

// Those that nothing catches are weakened all at once: every execution with one of them weakened is
// among these, too, and so is every execution of the source as it is, which protocols_test
// explores. And the table has every place that the protocols meet, and no other.
TEST_F(MutantTable, IsThatOfTheSourceAndTheRestHoldsTogether)
{
    Places expected;
    std::vector<model_site> needless;
    for (const Mutant &mutant : mutants) {
        expected.insert(text_of(mutant));
        if (mutant.caught_by == nullptr)
            needless.push_back(site_of(mutant));
    }
    EXPECT_EQ(expected.size(), MUTANTS) << "a place is entered twice";
    model_sites_forget();
    model_weaken(needless.data(), needless.size());
    for (size_t i = 0; protocol_at(i) != nullptr; i++) {
        protocol_explore(protocol_at(i), &result);
        EXPECT_EQ(result.last.verdict, MODEL_RIGHT)
            << protocol_at(i)->name << ": " << result.last.what << "\n"
            << result.last.steps;
        expect_explored(*protocol_at(i), result);
    }
    Places found;
    const model_site *met = nullptr;
    const size_t count = model_sites(&met);
    for (size_t i = 0; i < count; i++)
        found.insert(text_of(met[i].function, met[i].operation, met[i].argument));
    EXPECT_EQ(without(found, expected), Places{}) << "not in the table";
    EXPECT_EQ(without(expected, found), Places{}) << "not in the source";
}
