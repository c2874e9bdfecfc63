/* Processes that sleep until a row is there: none sleeps on when it is. */
#include "tests/robustness/model/parts.h"

/* A process of its own, which stores its word for the writer. */
#define SLEEPER(row, index)                                                                        \
    {                                                                                              \
        "sleeper", sleep_for_##row, NUMBER(index), MODEL_NO_THREAD, MODEL_NEVER, false,            \
            OWN(index), FAKE_HANDLE_SIZE, NULL                                                     \
    }

static void waiting(void)
{
    fake_make((fake_options){.count = 1, .waiting = true});
}

/* A process that died in its sleep has left its word, for the row that comes next. */
static void waiting_after_a_death(void)
{
    waiting();
    ((mmfi_live *)(void *)fake_live())->waiters = 2;
}

static void waiting_without_membarrier(void)
{
    fake_make((fake_options){.count = 1, .waiting = true, .no_membarrier = true});
}

static void append_one(const void *argument)
{
    (void)argument;
    append(open_writer(0), 2);
}

static void append_one_with_a_fence(const void *argument)
{
    (void)argument;
    mmf_store *store = open_writer(0);
    store->writer->last = MMFI_LAST_FENCE;
    append(store, 2);
}

static void sleep_for(const void *argument, uint64_t row)
{
    const unsigned index = number_of(argument);
    const mmf_store *store = fake_open_reader(index);
    fake_sleeps_as(index);
    const mmf_status status = mmf_store_wait(store, row, UINT64_MAX);
    model_check(status == MMF_OK, "a wait for row %d: status %d", (int)row, (int)status);
    check_appended(store, row);
}

static void sleep_for_row_1(const void *argument)
{
    sleep_for(argument, 1);
}

static void sleep_for_row_2(const void *argument)
{
    sleep_for(argument, 2);
}

static const char *missed(const uint64_t observed[MODEL_OBSERVED_MAX])
{
    for (unsigned i = 0; i < MODEL_OBSERVED_MAX; i++)
        if (fake_is_asleep(observed[i]))
            return "the row is there, and a process sleeps on";
    return NULL;
}

/* ---- The table ---- */

static const protocol all[] = {
    {
        .name = "waiting",
        .what = "an append wakes the process that waits for its row",
        .prepare = waiting,
        .threads = {WRITER(append_one), SLEEPER(row_1, 3)},
        .wrong = missed,
    },
    {
        .name = "waiting, later row",
        .what = "so does a later append",
        .prepare = waiting,
        .threads = {WRITER(append_two), SLEEPER(row_2, 3)},
        .wrong = missed,
    },
    {
        .name = "waiting, two",
        .what = "it wakes all, of whom the word has but one",
        .prepare = waiting,
        .threads = {WRITER(append_one), SLEEPER(row_1, 3), SLEEPER(row_1, 4)},
        .wrong = missed,
    },
    {
        .name = "waiting, after a death",
        .what = "the word of a dead process does no harm",
        .prepare = waiting_after_a_death,
        .threads = {WRITER(append_two), SLEEPER(row_2, 3)},
        .wrong = missed,
    },
    {
        .name = "waiting, no membarrier",
        .what = "a fence of the writer serves as well",
        .prepare = waiting_without_membarrier,
        .threads = {WRITER(append_one_with_a_fence), SLEEPER(row_1, 3)},
        .wrong = missed,
    },
};

const protocol_group protocols_waiting = {all, sizeof all / sizeof all[0]};
