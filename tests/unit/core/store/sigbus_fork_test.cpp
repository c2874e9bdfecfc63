// A process that forks while a thread of it opens or closes a store.
#include "core/store/sigbus.h"
#include "mmapforge/sigbus.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "tests/support/store_fixture.h"

// The processor stops after each instruction.
#if defined(__x86_64__)
#define T_CAN_STEP 1
#else
#define T_CAN_STEP 0
#endif

#if T_CAN_STEP

namespace {

alignas(8) unsigned char other[64]; // stands for the handle of a store, and is never looked into
std::string place;
int steps;
int unguarded;

// The child of a fork at that moment, which closes what it inherited and opens a store of its own.
int in_child()
{
    mmfi_guard_forget(reinterpret_cast<mmf_store *>(other));
    const std::string path = place + "/" + std::to_string(getpid()) + ".mmf";
    tick_store *store = nullptr;
    mmf_options options = MMF_OPTIONS_INIT;
    options.reserve_bytes = 1 << 20; // so that burying it is cheap
    if (tick_store_create(path.c_str(), &options, &store, nullptr) != MMF_OK)
        return 1;
    tick_record tick = t_tick(0);
    if (tick_store_append(store, &tick, nullptr) != MMF_OK || truncate(path.c_str(), 0) != 0 ||
        unlink(path.c_str()) != 0)
        return 2;
    return tick_store_get(store, 0, &tick) == MMF_ERR_CORRUPT ? 0 : 3;
}

// What changes a place comes first; a thousand other places are checked after it.
constexpr int kSteps = 300;

void on_step(int)
{
    if (steps++ >= kSteps)
        return;
    const int result = t_in_child(in_child);
    if (result != 0 && unguarded++ == 0)
        fprintf(stderr, "the first after %d steps: %d\n", steps, result);
}

template <typename Body> void step_through(Body body)
{
    const unsigned long long trap = 0x100; // a step for each instruction
    __builtin_ia32_writeeflags_u64(__builtin_ia32_readeflags_u64() | trap);
    body();
    __builtin_ia32_writeeflags_u64(__builtin_ia32_readeflags_u64() & ~trap);
}

} // namespace

class GuardForkTest : public StoreTest {};

TEST_F(GuardForkTest, TheChildsStoresAreGuarded)
{
    place = path.substr(0, path.rfind('/'));
    ASSERT_EQ(mmf_guard_install(&error), MMF_OK) << error.message;
    ASSERT_NE(signal(SIGTRAP, on_step), SIG_ERR);
    mmf_store *handle = reinterpret_cast<mmf_store *>(other);
    step_through([handle] { mmfi_guard_add(handle, other, sizeof other); });
    EXPECT_GT(steps, 10);
    steps = 0;
    step_through([handle] { mmfi_guard_forget(handle); });
    EXPECT_GT(steps, 10);
    EXPECT_EQ(unguarded, 0);
    (void)signal(SIGTRAP, SIG_DFL);
    mmf_guard_remove();
}

#else

TEST(GuardForkTest, NotHere)
{
    GTEST_SKIP() << "this test knows no steps on this processor";
}

#endif
