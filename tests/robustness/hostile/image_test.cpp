// Files that somebody made to hurt: a status or right data, never a signal or a hang.
#include <cstddef>
#include <random>

#include "mmapforge/detail/crc32c.h"
#include "mmapforge/detail/format.h"
#include "tests/robustness/hostile/use.h"

namespace {

struct Region {
    const char *name;
    size_t offset;
    size_t size;
    size_t checked; // bytes before its checksum; 0 when it has none
};

constexpr Region kRegions[] = {
    {"superblock", 0, 512, 508},
    {"second superblock", 4096, 512, 508},
    {"commit slot 0", 8192, 512, 508},
    {"commit slot 1", 12288, 512, 508},
    {"the shared page", 16384, 576, 0},
    {"undo slot 0", 20480, 64 + 16, 0},
    {"undo slot 1", 20480 + 192, 64, 0},
    {"record 0", 65536, TICK_RECORD_SIZE, 0},
    {"record 19", 65536 + 19 * TICK_RECORD_SIZE, TICK_RECORD_SIZE, 0},
};

// With a checksum that is right, which an attacker can make as well as we can.
void seal(Bytes &image, const Region &region)
{
    if (region.checked == 0)
        return;
    const uint32_t crc = mmfi_crc32c(image.data() + region.offset, region.checked);
    memcpy(image.data() + region.offset + region.checked, &crc, sizeof crc);
}

} // namespace

TEST(Hostile, EveryByteOfTheHeader)
{
    const Bytes good = good_store();
    uint64_t images = 0;
    uint64_t opened = 0;
    for (const Region &region : kRegions)
        for (size_t at = region.offset; at < region.offset + region.size; at++) {
            const unsigned char was = good[at];
            for (const int value : {0, 1, 0x7f, 0x80, 0xff, was ^ 1, was + 1, was - 1}) {
                for (const bool checksummed : {false, true}) {
                    if (checksummed && region.checked == 0)
                        continue;
                    SCOPED_TRACE(std::string(region.name) + " byte " +
                                 std::to_string(at - region.offset));
                    Bytes image = good;
                    image[at] = static_cast<unsigned char>(value);
                    if (checksummed)
                        seal(image, region);
                    // One copy serves for the other, so both are damaged the same way, too.
                    if (region.offset == 0 && checksummed)
                        memcpy(image.data() + 4096, image.data(), 512);
                    images++;
                    opened += use_file(MemoryFile(image)) > 0 ? 1 : 0;
                    if (HasFailure())
                        return;
                }
            }
        }
    printf("%llu images, %llu opened by someone\n", static_cast<unsigned long long>(images),
           static_cast<unsigned long long>(opened));
    EXPECT_GT(opened, 0u);
    EXPECT_LT(opened, images);
}

// Whole words, which bytes alone never make: sizes and counts at every limit.
TEST(Hostile, EveryWordOfTheHeader)
{
    const Bytes good = good_store();
    uint64_t images = 0;
    for (const Region &region : kRegions)
        for (size_t at = region.offset; at + 8 <= region.offset + region.size; at += 4)
            for (const uint64_t value :
                 {UINT64_C(0), UINT64_C(1), UINT64_C(7), UINT64_C(4095), UINT64_C(65537),
                  UINT64_C(1) << 31, UINT64_C(1) << 32, UINT64_C(1) << 62, UINT64_C(1) << 63,
                  UINT64_MAX / TICK_RECORD_SIZE, UINT64_MAX - 4095, UINT64_MAX}) {
                SCOPED_TRACE(std::string(region.name) + " word at " +
                             std::to_string(at - region.offset));
                Bytes image = good;
                memcpy(image.data() + at, &value, sizeof value);
                seal(image, region);
                if (region.offset == 0)
                    memcpy(image.data() + 4096, image.data(), 512);
                images++;
                (void)use_file(MemoryFile(image));
                if (HasFailure())
                    return;
            }
    printf("%llu images\n", static_cast<unsigned long long>(images));
}

TEST(Hostile, EveryLengthOfAFile)
{
    const Bytes good = good_store();
    uint64_t images = 0;
    for (size_t size = 0; size < good.size(); size += size < 512 || size > 65400 ? 7 : 509) {
        SCOPED_TRACE(size);
        (void)use_file(MemoryFile(Bytes(good.begin(), good.begin() + static_cast<long>(size))));
        images++;
        if (HasFailure())
            return;
    }
    printf("%llu lengths\n", static_cast<unsigned long long>(images));
}

// Meaningless bytes after a header that is right, and before one.
TEST(Hostile, RandomBytes)
{
    const Bytes good = good_store();
    std::mt19937_64 random(7);
    for (int round = 0; round < 1500; round++) {
        SCOPED_TRACE(round);
        Bytes image = good;
        const size_t begin = round % 3 == 0 ? 0 : round % 3 == 1 ? 8192 : 16384;
        const uint64_t every = 1 + random() % 2000; // few bytes, or nearly all
        for (size_t at = begin; at < image.size(); at++)
            if (random() % every == 0)
                image[at] = static_cast<unsigned char>(random());
        if (round % 2 == 0)
            for (const Region &region : kRegions)
                if (region.offset >= begin)
                    seal(image, region);
        (void)use_file(MemoryFile(image));
        if (HasFailure())
            return;
    }
}
