// What a file's bytes may be: anything. Used by the fuzzer, and by the replay of its seeds.
#ifndef MMF_TESTS_ROBUSTNESS_FUZZ_IMAGE_CHECK_H
#define MMF_TESTS_ROBUSTNESS_FUZZ_IMAGE_CHECK_H

#include "mmapforge/detail/crc32c.h"
#include "mmapforge/detail/format.h"
#include "tests/robustness/hostile/use.h"

// Edits of a good store: each of 11 bytes, where (3), how many bytes (1), and the bytes (up to 7).
// Checksums are made right, because an attacker does so, too; the last byte says of which.
inline void check_image(const uint8_t *data, size_t size)
{
    static const Bytes good = good_store();
    Bytes image = good;
    size_t at = 0;
    for (; at + 11 <= size; at += 11) {
        const size_t offset = (data[at] | static_cast<size_t>(data[at + 1]) << 8 |
                               static_cast<size_t>(data[at + 2]) << 16) %
                              image.size();
        const size_t count = data[at + 3] % 8;
        for (size_t i = 0; i < count && offset + i < image.size(); i++)
            image[offset + i] = data[at + 4 + i];
    }
    const uint8_t seal = size > 0 ? data[size - 1] : 0;
    for (const size_t page : {size_t{0}, size_t{4096}}) {
        const uint32_t crc = mmfi_crc32c(image.data() + page, offsetof(mmfi_superblock, crc));
        if ((seal & 1) != 0)
            memcpy(image.data() + page + offsetof(mmfi_superblock, crc), &crc, sizeof crc);
    }
    for (const size_t page : {size_t{8192}, size_t{12288}}) {
        const uint32_t crc = mmfi_crc32c(image.data() + page, offsetof(mmfi_commit, crc));
        if ((seal & 2) != 0)
            memcpy(image.data() + page + offsetof(mmfi_commit, crc), &crc, sizeof crc);
    }
    if ((seal & 4) != 0)
        image.resize(image.size() - (seal >> 3) * 997 % image.size());
    (void)use_file(MemoryFile(image));
}

#endif
