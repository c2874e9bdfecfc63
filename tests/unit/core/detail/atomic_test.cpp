// Accesses to shared memory: each touches its own bytes, and copies are right at every alignment.
//
// Built twice: with the copies that the compiler chooses, and with those by words.
#include "mmapforge/detail/atomic.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <string>
#include <thread>

namespace {

const size_t SIZE = 40;
const size_t MIDDLE = 16; // where a test writes, with guards on both sides

struct alignas(16) Memory {
    Memory()
    {
        for (size_t i = 0; i < SIZE; i++)
            bytes[i] = static_cast<unsigned char>(0xa0 + i);
    }
    unsigned char bytes[SIZE];
};

// memory must be as new but for the `size` bytes of `value` in its middle.
void expect_written(const Memory &memory, const void *value, size_t size)
{
    Memory expected;
    memcpy(expected.bytes + MIDDLE, value, size);
    EXPECT_EQ(memcmp(memory.bytes, expected.bytes, SIZE), 0) << size << " bytes";
}

template <typename Word> void expect_load(Word (*load)(const void *))
{
    const Memory memory;
    Word expected;
    memcpy(&expected, memory.bytes + MIDDLE, sizeof expected);
    EXPECT_EQ(load(memory.bytes + MIDDLE), expected);
}

template <typename Word> void expect_store(void (*store)(void *, Word))
{
    Memory memory;
    const Word value = static_cast<Word>(UINT64_C(0x8123456789abcdef));
    store(memory.bytes + MIDDLE, value);
    expect_written(memory, &value, sizeof value);
}

TEST(Atomic, LoadsReadTheirOwnBytes)
{
    expect_load<uint8_t>([](const void *from) { return mmfi_load8(from); });
    expect_load<uint16_t>([](const void *from) { return mmfi_load16(from); });
    expect_load<uint32_t>([](const void *from) { return mmfi_load32(from); });
    expect_load<uint64_t>([](const void *from) { return mmfi_load64(from); });
    expect_load<uint64_t>([](const void *from) { return mmfi_load64_acquire(from); });
}

TEST(Atomic, StoresWriteTheirOwnBytes)
{
    expect_store<uint8_t>([](void *to, uint8_t value) { mmfi_store8(to, value); });
    expect_store<uint16_t>([](void *to, uint16_t value) { mmfi_store16(to, value); });
    expect_store<uint32_t>([](void *to, uint32_t value) { mmfi_store32(to, value); });
    expect_store<uint64_t>([](void *to, uint64_t value) { mmfi_store64(to, value); });
    expect_store<uint8_t>([](void *to, uint8_t value) { mmfi_store8_release(to, value); });
    expect_store<uint16_t>([](void *to, uint16_t value) { mmfi_store16_release(to, value); });
    expect_store<uint32_t>([](void *to, uint32_t value) { mmfi_store32_release(to, value); });
    expect_store<uint64_t>([](void *to, uint64_t value) { mmfi_store64_release(to, value); });
}

TEST(Atomic, AddGivesTheValueBefore)
{
    uint64_t counter = UINT64_MAX - 1;
    EXPECT_EQ(mmfi_add64(&counter, 1), UINT64_MAX - 1);
    EXPECT_EQ(mmfi_add64(&counter, 3), UINT64_MAX);
    EXPECT_EQ(counter, 2u); // it wraps
}

TEST(Atomic, ExchangeGivesThePointerBefore)
{
    int first = 1;
    int second = 2;
    void *place = nullptr;
    EXPECT_EQ(mmfi_exchange_pointer(&place, &first), nullptr);
    EXPECT_EQ(mmfi_exchange_pointer(&place, &second), &first);
    EXPECT_EQ(mmfi_exchange_pointer(&place, nullptr), &second);
    EXPECT_EQ(place, nullptr);
}

// Of many that add and that take a pointer, each gets its own.
TEST(Atomic, NoAdditionAndNoPointerIsLost)
{
    const uint64_t turns = 20000;
    uint64_t counter = 0;
    int token = 0;
    void *place = &token;
    uint64_t taken[2] = {};
    const auto work = [&](uint64_t *own) {
        for (uint64_t i = 0; i < turns; i++) {
            mmfi_add64(&counter, 1);
            void *mine = mmfi_exchange_pointer(&place, nullptr);
            if (mine != nullptr) {
                (*own)++;
                EXPECT_EQ(mmfi_exchange_pointer(&place, mine), nullptr);
            }
            mmfi_pause();
        }
    };
    std::thread other(work, &taken[1]);
    work(&taken[0]);
    other.join();
    EXPECT_EQ(counter, 2 * turns);
    EXPECT_EQ(place, &token);
    EXPECT_GE(taken[0] + taken[1], 1u);
}

// Fences and barriers have no result; that they order is what the tests of the protocols are for.
TEST(Atomic, AReleaseCarriesWhatWasWrittenBefore)
{
    uint64_t payload = 0;
    uint64_t flag = 0;
    std::thread writer([&] {
        mmfi_store64(&payload, 42);
        mmfi_store64_release(&flag, 1);
    });
    while (mmfi_load64_acquire(&flag) == 0)
        mmfi_pause();
    EXPECT_EQ(mmfi_load64(&payload), 42u);
    writer.join();
}

using Copy = void (*)(unsigned char *to, const unsigned char *from, size_t size);

// Every alignment of either side, every size that a copy treats differently, guards around it.
void expect_copies(Copy copy)
{
    const Memory from;
    for (size_t from_at = 0; from_at < 8; from_at++)
        for (size_t to_at = 0; to_at < 8; to_at++)
            for (size_t size = 0; size <= 24; size++) {
                Memory to;
                memset(to.bytes, 0xee, SIZE);
                unsigned char expected[SIZE];
                memset(expected, 0xee, SIZE);
                memcpy(expected + to_at, from.bytes + from_at, size);
                copy(to.bytes + to_at, from.bytes + from_at, size);
                ASSERT_EQ(memcmp(to.bytes, expected, SIZE), 0)
                    << "from " << from_at << " to " << to_at << " size " << size;
            }
}

TEST(Atomic, CopiesAreExactAtEveryAlignment)
{
    expect_copies([](unsigned char *to, const unsigned char *from, size_t size) {
        mmfi_copy_out(to, from, size);
    });
    expect_copies([](unsigned char *to, const unsigned char *from, size_t size) {
        mmfi_copy_in(to, from, size);
    });
    expect_copies([](unsigned char *to, const unsigned char *from, size_t size) {
        mmfi_copy_out_words(to, from, size);
    });
    expect_copies([](unsigned char *to, const unsigned char *from, size_t size) {
        mmfi_copy_in_words(to, from, size);
    });
}

TEST(Atomic, WordsAreCopiedWhole)
{
    for (size_t size = 0; size <= 24; size += 8) {
        const Memory from;
        Memory to;
        mmfi_copy_words(to.bytes + 8, from.bytes + MIDDLE, size);
        Memory expected;
        memcpy(expected.bytes + 8, from.bytes + MIDDLE, size);
        EXPECT_EQ(memcmp(to.bytes, expected.bytes, SIZE), 0) << size;
    }
}

TEST(Atomic, ZeroesReachAsFarAsToldAndNoFurther)
{
    for (size_t at = 0; at < 8; at++)
        for (size_t size = 0; size <= 24; size++) {
            Memory memory;
            mmfi_zero(memory.bytes + at, size);
            Memory expected;
            memset(expected.bytes + at, 0, size);
            ASSERT_EQ(memcmp(memory.bytes, expected.bytes, SIZE), 0) << at << ' ' << size;
        }
}

} // namespace

// The form that orders: threads that count in and out of a section lose nothing.
TEST(Atomic, OrderedAddGivesTheValueBefore)
{
    uint64_t counter = 5;
    EXPECT_EQ(mmfi_add64_ordered(&counter, 3), 5u);
    EXPECT_EQ(mmfi_add64_ordered(&counter, 0 - UINT64_C(8)), 8u);
    EXPECT_EQ(counter, 0u);
}
