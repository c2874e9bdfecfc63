// A prototype of a columnar layout: blocks of N records, and columns inside a block.
//
// A block begins with the sequence words of its records; then comes each field as a column of its
// own, at a multiple of a cache line. A value lies at
//
//     records + row / N * kBlockSize + kColumns[field] + row % N * kSizes[field]
//
// The protocol is that of rows, by the same primitives: the sequence word of a record says whether
// it is whole, the undo slot keeps a record that is being replaced, packed as a row; a reader that
// meets an odd sequence takes it from there. One writer; readers need not be in its process.
//
// It is for measuring beside rows (README.md), and no more: memory is the caller's, nothing grows,
// no file is opened, and messages are bare statuses.
#ifndef MMF_BENCH_COLUMNAR_H
#define MMF_BENCH_COLUMNAR_H

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "bench/columnar/fields.h"
#include "mmapforge/detail/format.h"
#include "mmapforge/detail/undo.h"
#include "mmapforge/status.h"

namespace columnar {

constexpr size_t kLine = 64;

constexpr size_t aligned(size_t size, size_t to)
{
    return (size + to - 1) / to * to;
}

// Where things lie in a block of N records.
template <typename Fields, uint64_t N> struct Layout {
    static_assert((N & (N - 1)) == 0, "a row's block is found by a shift");
    static constexpr size_t kCount = Fields::kCount;

    size_t columns[kCount] = {};
    size_t block_size = 0;
    size_t images[kCount] = {}; // in an undo slot, behind the sequence
    size_t image_size = 8;

    constexpr Layout()
    {
        block_size = aligned(N * sizeof(uint64_t), kLine);
        for (size_t i = 0; i < kCount; i++) {
            columns[i] = block_size;
            block_size += aligned(N * Fields::kSizes[i], kLine);
            images[i] = image_size;
            image_size += aligned(Fields::kSizes[i], 8);
        }
    }
};

template <typename Fields_, uint64_t N_> class Store {
public:
    using Fields = Fields_;
    using Record = typename Fields::Record;
    static constexpr uint64_t N = N_;
    static constexpr Layout<Fields, N> kLayout = {};

    // Memory that a store of that many records takes, in bytes.
    static size_t size(uint64_t capacity)
    {
        return kHeader + blocks(capacity) * kLayout.block_size;
    }

    // An empty store in size(capacity) zero bytes, at an address that is a multiple of 64. They
    // are the caller's, and must outlive it.
    Store(unsigned char *memory, uint64_t capacity)
        : records_(memory + kHeader), live_(reinterpret_cast<mmfi_live *>(memory)),
          writer_(new Writer{0, blocks(capacity) * N, memory + kUndo, live_})
    {
        static_assert(sizeof(mmfi_live) <= kUndo, "the undo slot is behind live control");
        static_assert(kUndo + sizeof(mmfi_undo) + kLayout.image_size <= kHeader, "and fits");
    }
    Store(const Store &) = delete;
    Store &operator=(const Store &) = delete;
    ~Store()
    {
        delete writer_;
    }

    uint64_t count() const
    {
        return mmfi_load64_acquire(&live_->count);
    }

    // ---- One field, of 8 bytes ----

    template <size_t Field> mmf_status get_word(uint64_t row, uint64_t *out) const
    {
        static_assert(Fields::kSizes[Field] == 8, "a word");
        if (MMFI_UNLIKELY(!is_known(row)))
            return MMF_ERR_RANGE;
        *out = mmfi_load64(cell(row, Field));
        return MMF_OK;
    }

    template <size_t Field> mmf_status set_word(uint64_t row, uint64_t value)
    {
        static_assert(Fields::kSizes[Field] == 8, "a word");
        if (MMFI_UNLIKELY(row >= writer_->count))
            return MMF_ERR_RANGE;
        mmfi_store64_release(cell(row, Field), value);
        mmfi_sequence_bump(sequence(row));
        return MMF_OK;
    }

    // ---- Whole records ----

    mmf_status append(const Record *in)
    {
        Writer *writer = writer_;
        if (MMFI_UNLIKELY(writer->count >= writer->capacity))
            return MMF_ERR_CAPACITY;
        const uint64_t row = writer->count;
        save(row, in);
        mmfi_store64(sequence(row), MMFI_SEQUENCE_FIRST);
        writer->count = row + 1;
        mmfi_store64_release(&bound_, row + 1);
        mmfi_store64_release(&writer->live->count, row + 1);
        return MMF_OK;
    }

    mmf_status get(uint64_t row, Record *out) const
    {
        if (MMFI_UNLIKELY(!is_known(row)))
            return MMF_ERR_RANGE;
        const unsigned char *word = sequence(row);
        const uint64_t found = mmfi_sequence_load(word);
        if (MMFI_LIKELY(mmfi_sequence_is_whole(found))) {
            load(row, out);
            if (MMFI_LIKELY(mmfi_sequence_is(word, found)))
                return MMF_OK;
        }
        return reread(row, out);
    }

    mmf_status set(uint64_t row, const Record *in)
    {
        if (MMFI_UNLIKELY(row >= writer_->count))
            return MMF_ERR_RANGE;
        const uint64_t odd = set_begin(row);
        save(row, in);
        set_end(row, odd);
        return MMF_OK;
    }

    // The halves of set, between which a writer may die: what is saved to the undo slot is the
    // sequence word and then every field, each from its own place.
    uint64_t set_begin(uint64_t row)
    {
        unsigned char *word = sequence(row);
        unsigned char *undo = writer_->undo;
        const uint64_t found = mmfi_load64(word);
        mmfi_undo_save(undo, row, word, found, sizeof(uint64_t));
        unsigned char *image = undo + sizeof(mmfi_undo);
        Fields::each([&](auto field) {
            mmfi_copy_in(image + kLayout.images[field], cell(row, field), Fields::kSizes[field]);
        });
        return mmfi_sequence_enter(word, found);
    }

    void set_end(uint64_t row, uint64_t odd)
    {
        mmfi_sequence_leave(sequence(row), odd);
    }

    // What the next writer does first: the record that was being replaced is as it was before.
    void recover()
    {
        const unsigned char *undo = writer_->undo;
        const uint64_t row = mmfi_load64(undo + offsetof(mmfi_undo, row));
        if (row >= writer_->count || !mmfi_undo_holds(undo, row, mmfi_load64(sequence(row))))
            return;
        mmfi_fence_release();
        const unsigned char *image = mmfi_undo_image(undo);
        Fields::each([&](auto field) {
            mmfi_copy_in(cell(row, field), image + kLayout.images[field], Fields::kSizes[field]);
        });
        mmfi_sequence_leave(sequence(row), mmfi_load64(undo + offsetof(mmfi_undo, sequence)));
    }

    // ---- Columns, for loops ----

    // The words of one block's sequences, and the values of a field in it: N of them one after
    // another, of which those below count() are there. block is not checked.
    const unsigned char *sequences(uint64_t block) const
    {
        return records_ + block * kLayout.block_size;
    }
    template <size_t Field> const unsigned char *column(uint64_t block) const
    {
        return sequences(block) + kLayout.columns[Field];
    }

    // Where the sequence word and the fields of a row lie. row is not checked.
    unsigned char *sequence(uint64_t row) const
    {
        return records_ + row / N * kLayout.block_size + row % N * sizeof(uint64_t);
    }
    unsigned char *cell(uint64_t row, size_t field) const
    {
        return records_ + row / N * kLayout.block_size + kLayout.columns[field] +
               row % N * Fields::kSizes[field];
    }

    // For copies that prove nothing: no checks, no ordering.
    void load(uint64_t row, Record *out) const
    {
        Fields::load([&](size_t field) { return cell(row, field); }, out);
    }

private:
    // As in core/include/mmapforge/detail/handle.h: the writing half of a handle.
    struct Writer {
        uint64_t count;
        uint64_t capacity;
        unsigned char *undo;
        mmfi_live *live;
    };

    static constexpr size_t kUndo = 4096;
    static constexpr size_t kHeader = 8192;
    static constexpr int kAttemptsMax = 1000;

    static uint64_t blocks(uint64_t capacity)
    {
        return (capacity + N - 1) / N;
    }

    bool is_known(uint64_t row) const
    {
        return MMFI_LIKELY(row < mmfi_load64_acquire(&bound_));
    }

    void save(uint64_t row, const Record *in)
    {
        Fields::save([&](size_t field) { return cell(row, field); }, in);
    }

    // From the record, or from the undo slot while that has it.
    MMFI_COLD mmf_status reread(uint64_t row, Record *out) const
    {
        const unsigned char *word = sequence(row);
        const unsigned char *undo = writer_->undo;
        for (int i = 0; i < kAttemptsMax; i++) {
            const uint64_t found = mmfi_sequence_load(word);
            if (found == 0)
                return MMF_ERR_CORRUPT;
            if (mmfi_sequence_is_whole(found)) {
                load(row, out);
            } else if (mmfi_undo_holds(undo, row, found)) {
                const unsigned char *image = mmfi_undo_image(undo);
                Fields::load([&](size_t field) { return image + kLayout.images[field]; }, out);
            } else {
                continue;
            }
            if (mmfi_sequence_is(word, found))
                return MMF_OK;
        }
        return MMF_ERR_BUSY;
    }

    unsigned char *records_;
    uint64_t bound_ = 0;
    mmfi_live *live_;
    Writer *writer_;
};

} // namespace columnar

#endif
