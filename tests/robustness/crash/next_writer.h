// The next writer of a file whose last one was killed, and a reader that was there all the while.
#ifndef MMF_TESTS_ROBUSTNESS_CRASH_NEXT_WRITER_H
#define MMF_TESTS_ROBUSTNESS_CRASH_NEXT_WRITER_H

#include "tests/robustness/crash/image.h"
#include "tests/robustness/crash/workload.h"

// The machine starts anew after a recovery, before anything was appended: of a file whose pages all
// reached the disk. There are no more records than there were, and those are the same.
inline std::string restart(const MemoryFile &recovered, const Records &expected)
{
    Bytes image = recovered.bytes();
    image[MMFI_LIVE_OFFSET + offsetof(mmfi_live, boot_id)] ^= 1;
    const MemoryFile copy(image);
    mmf_error error;
    tick_store *writer = open_image(copy, MMF_READ_WRITE, &error);
    if (writer == nullptr)
        return std::string("after a restart: ") + error.message;
    const uint64_t count = tick_store_count(writer);
    std::string wrong;
    if (count > expected.size())
        wrong = "after a restart: " + std::to_string(count) + " records instead of " +
                std::to_string(expected.size());
    else
        wrong = difference(
            writer, Records(expected.begin(), expected.begin() + static_cast<ptrdiff_t>(count)));
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
    return wrong;
}

// Opens a copy of the image as a reader, then as a writer, and says what is wrong. The records must
// be those of one of the two, for the reader before, and for both after; *which: 0 before, 1 after.
// With `committed`, the reader before may also have those of the last commit alone, of which the
// rest proves itself to a writer.
inline std::string check_recovery(const Bytes &image, const Records &before, const Records &after,
                                  int *which, bool shared = false,
                                  const Records *committed = nullptr)
{
    const MemoryFile copy(image);
    mmf_error error;
    tick_store *reader = open_image(copy, MMF_READ_ONLY, &error);
    if (reader == nullptr)
        return std::string("reader: ") + error.message;
    const std::string old = difference(reader, before);
    std::string wrong = old.empty() ? "" : difference(reader, after);
    *which = old.empty() ? 0 : 1;
    const Records &expected = old.empty() ? before : after;
    if (!wrong.empty() && committed != nullptr && difference(reader, *committed).empty())
        wrong = unsound(reader, 0, committed->size());
    else if (!wrong.empty())
        wrong = "reader: neither old (" + old + ") nor new (" + wrong + ")";
    else
        wrong = unsound(reader, 0, expected.size());
    tick_store *writer = open_image(copy, MMF_READ_WRITE, &error, shared);
    if (writer == nullptr)
        return std::string("writer: ") + error.message;
    for (const tick_store *store : {writer, reader}) {
        const std::string differs = difference(store, expected);
        if (wrong.empty() && !differs.empty())
            wrong = "after recovery: " + differs;
        if (wrong.empty())
            wrong = unsound(store, 0, expected.size());
    }
    if (wrong.empty())
        wrong = restart(copy, expected);
    const tick_record next = marked_tick(9);
    if (wrong.empty() && (tick_store_append(writer, &next, nullptr) != MMF_OK ||
                          tick_store_count(reader) != expected.size() + 1))
        wrong = "an append after recovery is not seen";
    // Nor is a record stuck: each can be replaced.
    for (uint64_t row = 0; wrong.empty() && row < expected.size(); row++)
        if (tick_store_set(writer, row, &next) != MMF_OK)
            wrong = "row " + std::to_string(row) + " cannot be replaced after recovery";
    if (wrong.empty())
        wrong = unsound(reader, 0, expected.size() + 1);
    EXPECT_EQ(tick_store_close(writer), MMF_OK);
    EXPECT_EQ(tick_store_close(reader), MMF_OK);
    return wrong;
}

#endif
