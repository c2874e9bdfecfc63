// A SIGBUS that is none of a store's is dealt with as it would be without the guard.
#include "core/store/sigbus.h"
#include "mmapforge/sigbus.h"

#include <sys/mman.h>

#include <cerrno>
#include <csetjmp>
#include <csignal>
#include <vector>

#include "tests/support/refuse.h"
#include "tests/support/store_fixture.h"

namespace {

constexpr off_t kPage = 4096;
volatile sig_atomic_t other_faults = 0;
void *other_page = nullptr;

// A handler that was there before: it makes the page good and counts.
void other_handler(int)
{
    other_faults = other_faults + 1;
    mmap(other_page, kPage, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

// A mapping that is not a store's, of a file without bytes.
char *empty_mapping(const std::string &directory)
{
    FILE *file = fopen((directory + "/empty").c_str(), "w+");
    other_page = mmap(nullptr, kPage, PROT_READ, MAP_SHARED, fileno(file), 0);
    fclose(file);
    return static_cast<char *>(other_page);
}

// A handler with the longer form, which was there before.
sigjmp_buf out_of_the_fault;
volatile sig_atomic_t long_faults = 0;
void *long_address = nullptr;

void long_handler(int, siginfo_t *info, void *)
{
    long_faults = long_faults + 1;
    long_address = info->si_addr;
    siglongjmp(out_of_the_fault, 1);
}

void install_long_handler()
{
    struct sigaction action = {};
    action.sa_sigaction = long_handler;
    action.sa_flags = SA_SIGINFO | SA_NODEFER;
    sigaction(SIGBUS, &action, nullptr);
}

// Touches memory whose fault ends in long_handler.
void touch(const volatile char *memory)
{
    if (sigsetjmp(out_of_the_fault, 1) == 0)
        (void)memory[0];
}

} // namespace

class GuardHandlerTest : public StoreTest {};

TEST_F(GuardHandlerTest, FaultsOfOthersGoToWhoWasThereBefore)
{
    EXPECT_EQ(t_in_child([&] {
                  signal(SIGBUS, other_handler);
                  if (mmf_guard_install(nullptr) != MMF_OK || mmf_guard_install(nullptr) != MMF_OK)
                      return 1;
                  volatile char *memory = empty_mapping(directory);
                  const char found = memory[0];
                  if (found != 0 || other_faults != 1)
                      return 2;
                  mmf_guard_remove();
                  mmf_guard_remove();
                  volatile char *again = empty_mapping(directory);
                  return again[0] == 0 && other_faults == 2 ? 0 : 3;
              }),
              0);
    EXPECT_EQ(t_in_child([&] {
                  signal(SIGBUS, SIG_DFL);
                  (void)mmf_guard_install(nullptr);
                  volatile char *memory = empty_mapping(directory);
                  return static_cast<int>(memory[0]) + 1;
              }),
              -SIGBUS);
}

// A closed store has no mapping: a fault at its old place is not handled.
TEST_F(GuardHandlerTest, ClosedStoresAreForgotten)
{
    EXPECT_EQ(t_in_child([&] {
                  signal(SIGBUS, other_handler);
                  (void)mmf_guard_install(nullptr);
                  for (int i = 0; i < 3000; i++) { // more than there are places
                      tick_store *store = i == 0 ? create() : open();
                      if (store == nullptr || tick_store_close(store) != MMF_OK)
                          return 1;
                  }
                  tick_store *reader = open();
                  if (truncate(path.c_str(), 4096) != 0)
                      return 2;
                  double price = 0;
                  (void)tick_store_get_price(reader, 0, &price);
                  return tick_store_close(reader) == MMF_OK && other_faults == 0 ? 0 : 3;
              }),
              0);
}

// A signal that somebody sent is none of ours, whatever address the message seems to have.
TEST_F(GuardHandlerTest, ASignalThatWasSentDoesWhatItDidBefore)
{
    tick_store *store = create();
    EXPECT_EQ(t_in_child([&] {
                  signal(SIGBUS, SIG_DFL);
                  (void)mmf_guard_install(nullptr);
                  raise(SIGBUS);
                  return 0;
              }),
              -SIGBUS);
    EXPECT_EQ(t_in_child([&] {
                  signal(SIGBUS, SIG_IGN);
                  (void)mmf_guard_install(nullptr);
                  raise(SIGBUS);
                  return mmf_store_count(tick_store_base(store)) == 0 ? 7 : 8;
              }),
              7);
    EXPECT_EQ(t_in_child([&] {
                  other_page = mmap(nullptr, kPage, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
                  signal(SIGBUS, other_handler);
                  (void)mmf_guard_install(nullptr);
                  raise(SIGBUS);
                  return static_cast<int>(other_faults);
              }),
              1);
    EXPECT_EQ(tick_store_close(store), MMF_OK);
}

// A kernel says so where the disk has no such block; a process may say it to itself.
TEST_F(GuardHandlerTest, ADiskThatLosesABlockIsToldFromAFileThatWasTruncated)
{
    tick_store *made = create();
    fill(made, 3);
    ASSERT_EQ(tick_store_close(made), MMF_OK);
    EXPECT_EQ(t_in_child([&] {
                  install_long_handler();
                  if (mmf_guard_install(nullptr) != MMF_OK)
                      return 1;
                  tick_store *reader = open();
                  siginfo_t info = {};
                  info.si_signo = SIGBUS;
                  info.si_addr = const_cast<unsigned char *>(tick_store_base(reader)->records);
                  // Of the processor, though it is in the mapping: not ours.
                  info.si_code = BUS_ADRALN;
                  if (sigsetjmp(out_of_the_fault, 1) == 0)
                      (void)syscall(SYS_rt_sigqueueinfo, getpid(), SIGBUS, &info);
                  double price = 0;
                  if (long_faults != 1 || long_address != info.si_addr ||
                      tick_store_get_price(reader, 2, &price) != MMF_OK || price != t_tick(2).price)
                      return 2;
                  info.si_code = BUS_OBJERR;
                  if (syscall(SYS_rt_sigqueueinfo, getpid(), SIGBUS, &info) != 0)
                      return 3;
                  if (long_faults != 1 || tick_store_get_price(reader, 2, &price) != MMF_ERR_IO)
                      return 4;
                  mmf_error why;
                  (void)mmf_store_explain(tick_store_base(reader), MMF_ERR_IO, 2, nullptr, &why);
                  if (strstr(why.message, "within the file") == nullptr ||
                      strstr(why.message, "truncated") != nullptr)
                      return 6;
                  return tick_store_close(reader) == MMF_OK ? 0 : 5;
              }),
              0);
}

TEST_F(GuardHandlerTest, AHandlerThatWantsToKnowWhereIsTold)
{
    EXPECT_EQ(t_in_child([&] {
                  install_long_handler();
                  if (mmf_guard_install(nullptr) != MMF_OK)
                      return 1;
                  // Mappings of stores end before it and begin after it.
                  char *memory = empty_mapping(directory);
                  auto *place = reinterpret_cast<unsigned char *>(memory);
                  mmf_store before = {};
                  mmf_store after = {};
                  mmfi_guard_add(&before, place - kPage, kPage);
                  mmfi_guard_add(&after, place + kPage, kPage);
                  touch(memory);
                  return long_faults == 1 && long_address == memory ? 0 : 2;
              }),
              0);
}

// A handler that was installed later keeps the signal, and the guard goes on when it is gone.
TEST_F(GuardHandlerTest, ALaterHandlerIsNotRemoved)
{
    EXPECT_EQ(t_in_child([&] {
                  signal(SIGBUS, SIG_DFL); // a sanitizer has a handler, too
                  if (mmf_guard_install(nullptr) != MMF_OK)
                      return 1;
                  struct sigaction ours;
                  struct sigaction now;
                  sigaction(SIGBUS, nullptr, &ours);
                  install_long_handler();
                  mmf_guard_remove();
                  sigaction(SIGBUS, nullptr, &now);
                  if (now.sa_sigaction != long_handler)
                      return 2;
                  signal(SIGBUS, other_handler);
                  mmf_guard_remove();
                  sigaction(SIGBUS, nullptr, &now);
                  if (now.sa_handler != other_handler)
                      return 3;
                  sigaction(SIGBUS, &ours, nullptr);
                  mmf_guard_remove();
                  sigaction(SIGBUS, nullptr, &now);
                  return now.sa_handler == SIG_DFL ? 0 : 4;
              }),
              0);
}

// An ignored SIGBUS is one that ends the process: the instruction cannot go on.
TEST_F(GuardHandlerTest, IgnoringSigbusEndsTheProcessAsWithoutAGuard)
{
    EXPECT_EQ(t_in_child([&] {
                  signal(SIGBUS, SIG_IGN);
                  (void)mmf_guard_install(nullptr);
                  touch(empty_mapping(directory));
                  return 1;
              }),
              -SIGBUS);
}

TEST_F(GuardHandlerTest, WhereTheKernelRefusesItIsAStatus)
{
    mmf_status status = MMF_OK;
    if (!t_while_refused(SYS_rt_sigaction, EPERM, [&] {
            mmf_guard_remove(); // nothing to remove
            status = mmf_guard_install(&error);
        }))
        GTEST_SKIP() << "this kernel takes no filter of system calls";
    EXPECT_EQ(status, MMF_ERR_IO);
    EXPECT_EQ(error.os_error, EPERM);
    // Nor is one taken away whose place cannot be looked at.
    ASSERT_EQ(mmf_guard_install(&error), MMF_OK);
    struct sigaction ours;
    struct sigaction now;
    ASSERT_EQ(sigaction(SIGBUS, nullptr, &ours), 0);
    ASSERT_TRUE(t_while_refused(SYS_rt_sigaction, EPERM, [] { mmf_guard_remove(); }));
    ASSERT_EQ(sigaction(SIGBUS, nullptr, &now), 0);
    EXPECT_EQ(now.sa_sigaction, ours.sa_sigaction);
    mmf_guard_remove();
    ASSERT_EQ(sigaction(SIGBUS, nullptr, &now), 0);
    EXPECT_NE(now.sa_sigaction, ours.sa_sigaction);
}

// Zeroes cannot be had for the hole: the fault is the next one's.
TEST_F(GuardHandlerTest, AHoleThatCannotBeCoveredGoesToWhoWasThereBefore)
{
    if (T_SANITIZER)
        GTEST_SKIP() << "a sanitizer asks for memory itself while it is refused";
    tick_store *made = create();
    fill(made, 10);
    ASSERT_EQ(tick_store_close(made), MMF_OK);
    const int result = t_in_child([&] {
        install_long_handler();
        if (mmf_guard_install(nullptr) != MMF_OK)
            return 1;
        tick_store *store = open();
        if (truncate(path.c_str(), 65536) != 0)
            return 2;
        // Not in a thread of its own: a sanitizer wants memory for one.
        if (!t_refuse(SYS_mmap, ENOMEM))
            return 77;
        touch(reinterpret_cast<const char *>(tick_store_base(store)->records));
        double price = 0;
        return long_faults == 1 && tick_store_get_price(store, 0, &price) == MMF_ERR_CORRUPT ? 0
                                                                                             : 3;
    });
    if (result == 77)
        GTEST_SKIP() << "this kernel takes no filter of system calls";
    EXPECT_EQ(result, 0);
}

// Places for 1024; the next store is as without the guard, and a place that is given back is had.
TEST_F(GuardHandlerTest, OnlySoManyMappingsAreKnown)
{
    EXPECT_EQ(t_in_child([&] {
                  install_long_handler();
                  if (mmf_guard_install(nullptr) != MMF_OK)
                      return 1;
                  std::vector<mmf_store> others(1024);
                  for (size_t i = 0; i < others.size(); i++)
                      mmfi_guard_add(&others[i], reinterpret_cast<unsigned char *>(4096 * (i + 1)),
                                     4096);
                  tick_store *store = create();
                  fill(store, 10);
                  mmfi_guard_forget(&others[500]);
                  tick_store *known = open();
                  if (truncate(path.c_str(), 65536) != 0)
                      return 2;
                  tick_record tick;
                  if (tick_store_get(known, 0, &tick) != MMF_ERR_CORRUPT)
                      return 3;
                  touch(reinterpret_cast<const char *>(tick_store_base(store)->records));
                  return long_faults == 1 ? 0 : 4;
              }),
              0);
}

namespace {

// What a handler that was there before finds when it is called.
sigset_t found_mask;
char *found_stack = nullptr;

void look_around(int, siginfo_t *info, void *context)
{
    // Not the address of a variable: a sanitizer keeps those elsewhere.
    found_stack = static_cast<char *>(__builtin_frame_address(0));
    pthread_sigmask(SIG_SETMASK, nullptr, &found_mask);
    long_handler(0, info, context);
}

bool is_on(const char *address, const std::vector<char> &stack)
{
    const auto at = reinterpret_cast<uintptr_t>(address);
    const auto begin = reinterpret_cast<uintptr_t>(stack.data());
    return at >= begin && at < begin + stack.size();
}

} // namespace

// A runtime with little stacks gives its threads another one for signals.
TEST_F(GuardHandlerTest, ItRunsOnTheAlternateStack)
{
    std::vector<char> other_stack(size_t{1} << 18);
    EXPECT_EQ(t_in_child([&] {
                  struct sigaction action = {};
                  action.sa_sigaction = look_around;
                  action.sa_flags = SA_SIGINFO; // and it never asked for the stack
                  sigaction(SIGBUS, &action, nullptr);
                  stack_t stack = {};
                  stack.ss_sp = other_stack.data();
                  stack.ss_size = other_stack.size();
                  if (sigaltstack(&stack, nullptr) != 0 || mmf_guard_install(nullptr) != MMF_OK)
                      return 1;
                  touch(empty_mapping(directory));
                  if (long_faults != 1 || !is_on(found_stack, other_stack))
                      return 2;
                  // A thread without one has its own.
                  std::thread([&] { touch(static_cast<char *>(other_page)); }).join();
                  return long_faults == 2 && !is_on(found_stack, other_stack) ? 0 : 3;
              }),
              0);
}

// The signals that wait while a handler runs, its own among them or not, and EINTR or not.
TEST_F(GuardHandlerTest, AHandlerBeforeHasTheMaskAndFlagsThatItAskedFor)
{
    for (const int flags : {0, SA_NODEFER, SA_RESTART})
        EXPECT_EQ(t_in_child([&] {
                      struct sigaction action = {};
                      action.sa_sigaction = look_around;
                      action.sa_flags = SA_SIGINFO | flags;
                      sigaddset(&action.sa_mask, SIGUSR1);
                      sigaction(SIGBUS, &action, nullptr);
                      if (mmf_guard_install(nullptr) != MMF_OK)
                          return 1;
                      touch(empty_mapping(directory));
                      if (long_faults != 1 || sigismember(&found_mask, SIGUSR1) != 1 ||
                          sigismember(&found_mask, SIGUSR2) != 0)
                          return 2;
                      if (sigismember(&found_mask, SIGBUS) != (flags == SA_NODEFER ? 0 : 1))
                          return 3;
                      struct sigaction now = {};
                      sigaction(SIGBUS, nullptr, &now);
                      return (now.sa_flags & SA_RESTART) == (flags & SA_RESTART) ? 0 : 4;
                  }),
                  0)
            << flags;
}

// A handler for one signal only is called once; the next one ends the process.
TEST_F(GuardHandlerTest, AHandlerForOneSignalIsCalledOnce)
{
    for (const bool again : {false, true})
        EXPECT_EQ(t_in_child([&] {
                      struct sigaction action = {};
                      action.sa_sigaction = look_around;
                      action.sa_flags = SA_SIGINFO | static_cast<int>(SA_RESETHAND);
                      sigaction(SIGBUS, &action, nullptr);
                      if (mmf_guard_install(nullptr) != MMF_OK)
                          return 1;
                      touch(empty_mapping(directory));
                      if (long_faults != 1)
                          return 2;
                      if (again)
                          touch(static_cast<char *>(other_page));
                      mmf_guard_remove();
                      struct sigaction now = {};
                      sigaction(SIGBUS, nullptr, &now);
                      return now.sa_handler == SIG_DFL ? 0 : 3;
                  }),
                  again ? -SIGBUS : 0)
            << again;
}
