// Everything that a program may do with a file that it does not trust.
#ifndef MMF_TESTS_ROBUSTNESS_HOSTILE_USE_H
#define MMF_TESTS_ROBUSTNESS_HOSTILE_USE_H

#include "mmapforge/value.h"
#include "mmapforge/verify.h"
#include "tests/robustness/crash/image.h"
#include "tests/robustness/crash/workload.h"

constexpr uint64_t kLook = 64; // rows at either end that are read

// One row by every call. What comes back may be anything; that it comes back is what counts.
inline void read_row(const tick_store *store, uint64_t row)
{
    tick_record tick;
    char symbol[TICK_SYMBOL_MAX + 1];
    size_t length = 0;
    double price = 0;
    mmf_str view;
    mmf_value value;
    uint64_t sequence = 0;
    (void)tick_store_get_price(store, row, &price);
    if (tick_store_get(store, row, &tick) == MMF_OK) {
        EXPECT_LE(tick.symbol_length, TICK_SYMBOL_MAX);
    }
    if (tick_store_get_symbol(store, row, symbol, sizeof symbol, &length) == MMF_OK) {
        EXPECT_LE(length, TICK_SYMBOL_MAX);
    }
    if (tick_store_view_symbol(store, row, &view) == MMF_OK) {
        EXPECT_LE(view.length, TICK_SYMBOL_MAX);
        volatile char last = view.length > 0 ? view.data[view.length - 1] : '\0';
        (void)last;
    }
    if (tick_store_read_begin(store, row, &sequence) == MMF_OK)
        (void)tick_store_read_retry(store, row, sequence);
    (void)parts_are_whole(store, row);
    Image image;
    (void)mmf_store_copy_rows(tick_store_base(store), row, 1, &image, sizeof image, nullptr);
    const mmf_schema *schema = mmf_store_schema(tick_store_base(store));
    for (uint32_t i = 0; i < schema->field_count; i++)
        (void)mmf_store_get_value(tick_store_base(store), row, &schema->fields[i], symbol,
                                  sizeof symbol, &value);
}

inline void read_all(const tick_store *store)
{
    mmf_info info;
    mmf_column_float64 column;
    mmf_error error;
    uint64_t bad_row = 0;
    (void)mmf_store_info(tick_store_base(store), &info);
    for (uint64_t first = 0, rows = 0; rows < 2 * kLook; rows++, first = bad_row + 1)
        if (mmf_store_verify(tick_store_base(store), first, MMF_TO_END, &bad_row, &error) !=
                MMF_ERR_CORRUPT ||
            bad_row == UINT64_MAX)
            break;
    const uint64_t count = tick_store_count(store);
    for (uint64_t row = 0; row < count && row < kLook; row++)
        read_row(store, row);
    for (uint64_t row = count > kLook ? count - kLook : 0; row < count; row++)
        read_row(store, row);
    for (const uint64_t row : {count, count + 1, UINT64_MAX})
        read_row(store, row);
    if (tick_store_column_price(store, 0, MMF_TO_END, &column) == MMF_OK && column.count < 100000) {
        volatile double sum = 0;
        for (uint64_t i = 0; i < column.count; i++)
            sum = sum + mmf_column_float64_at(column, i);
    }
}

inline void write_all(tick_store *store)
{
    const tick_record tick = marked_tick(5);
    const uint64_t count = tick_store_count(store);
    for (const uint64_t row : {UINT64_C(0), count / 2, count - 1, count, UINT64_MAX}) {
        (void)tick_store_set(store, row, &tick);
        (void)tick_store_set_price(store, row, 1);
        (void)tick_store_set_symbol(store, row, "X", 1);
        (void)alternate(store, row, tick, row % 4);
    }
    for (int i = 0; i < 50; i++)
        (void)tick_store_append(store, &tick, nullptr);
    (void)tick_store_sync(store, nullptr);
}

// As a reader, as any store, as its only writer and as one of several. How many of them opened it.
inline int use_file(const MemoryFile &file)
{
    int opened = 0;
    mmf_error error;
    for (int how = 0; how < 4; how++) {
        mmf_options options = MMF_OPTIONS_INIT;
        options.reserve_bytes = UINT64_C(16) << 20;
        options.mode = how < 2 ? MMF_READ_ONLY : MMF_READ_WRITE;
        options.shared_writers = how == 3;
        tick_store *store = nullptr;
        mmf_status status;
        if (how == 1) {
            mmf_store *any = nullptr;
            status = mmf_store_open(file.path().c_str(), &options, &any, &error);
            EXPECT_EQ(status == MMF_OK, any != nullptr);
            (void)mmf_store_close(any);
        } else {
            status = tick_store_open(file.path().c_str(), &options, &store, &error);
            EXPECT_EQ(status == MMF_OK, store != nullptr);
        }
        if (status != MMF_OK) {
            EXPECT_NE(error.message[0], '\0') << mmf_status_name(status);
            continue;
        }
        opened++;
        if (store != nullptr) {
            read_all(store);
            if (how >= 2)
                write_all(store);
            (void)tick_store_close(store);
        }
    }
    return opened;
}

// A store of twenty ticks, as bytes.
inline Bytes good_store()
{
    const MemoryFile file(new_store(30));
    mmf_error error;
    tick_store *store = open_image(file, MMF_READ_WRITE, &error);
    EXPECT_NE(store, nullptr) << error.message;
    for (uint64_t i = 0; i < 20; i++) {
        const tick_record tick = marked_tick(i);
        EXPECT_EQ(tick_store_append(store, &tick, nullptr), MMF_OK);
        EXPECT_EQ(tick_store_set(store, i / 2, &tick), MMF_OK);
    }
    EXPECT_EQ(tick_store_close(store), MMF_OK);
    Bytes bytes(file.size());
    EXPECT_EQ(pread(file.fd, bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
    return bytes;
}

#endif
