// Memory that is released all at once.
#include "gen/front/arena.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>

namespace {

TEST(Arena, PiecesAreZeroedAlignedAndApart)
{
    arena memory;
    arena_init(&memory, 1000);
    unsigned char *pieces[8];
    for (size_t i = 0; i < 8; i++) {
        pieces[i] = static_cast<unsigned char *>(arena_take(&memory, i + 1));
        ASSERT_NE(pieces[i], nullptr);
        EXPECT_EQ(reinterpret_cast<uintptr_t>(pieces[i]) % alignof(max_align_t), 0u);
        for (size_t at = 0; at <= i; at++)
            EXPECT_EQ(pieces[i][at], 0u);
        memset(pieces[i], static_cast<int>(i), i + 1);
    }
    for (size_t i = 0; i < 8; i++)
        EXPECT_EQ(pieces[i][i], i); // a later piece did not write over it
    EXPECT_EQ(memory.used, 36u);
    arena_free(&memory);
}

TEST(Arena, NoMoreThanTheMaximumIsGiven)
{
    arena memory;
    arena_init(&memory, 10);
    EXPECT_EQ(arena_take(&memory, 11), nullptr);
    EXPECT_EQ(arena_take(&memory, SIZE_MAX), nullptr);
    ASSERT_NE(arena_take(&memory, 4), nullptr);
    EXPECT_EQ(arena_take(&memory, 7), nullptr);
    EXPECT_EQ(arena_take(&memory, SIZE_MAX - 3), nullptr); // with what is used, a sum of 0
    EXPECT_EQ(memory.used, 4u);                            // a refusal costs nothing
    EXPECT_NE(arena_take(&memory, 6), nullptr);
    EXPECT_EQ(arena_take(&memory, 1), nullptr);
    EXPECT_NE(arena_take(&memory, 0), nullptr);
    arena_free(&memory);
}

TEST(Arena, ACopyEndsInNul)
{
    arena memory;
    arena_init(&memory, 100);
    const char *copy = arena_copy(&memory, "abc\0def", 5);
    ASSERT_NE(copy, nullptr);
    EXPECT_EQ(memcmp(copy, "abc\0d", 6), 0);
    EXPECT_STREQ(arena_copy(&memory, nullptr, 0), "");
    EXPECT_STREQ(arena_copy(&memory, "abc", 0), "");
    arena_free(&memory);
}

TEST(Arena, ACopyNeedsRoomForItsNul)
{
    arena memory;
    arena_init(&memory, 3);
    EXPECT_EQ(arena_copy(&memory, "abc", 3), nullptr);
    EXPECT_STREQ(arena_copy(&memory, "ab", 2), "ab");
    arena_free(&memory);
}

TEST(Arena, FreeingMakesItEmpty)
{
    arena memory;
    arena_init(&memory, 10);
    ASSERT_NE(arena_take(&memory, 10), nullptr);
    arena_free(&memory);
    EXPECT_EQ(memory.used, 0u);
    EXPECT_EQ(memory.size_max, 10u);
    ASSERT_NE(arena_take(&memory, 10), nullptr);
    arena_free(&memory);
    arena_free(&memory); // nothing is freed twice
}

} // namespace
