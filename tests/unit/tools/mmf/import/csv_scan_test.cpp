// Both ways to find delimiters, beside a loop over the bytes.
#include <gtest/gtest.h>
#include <random>

#include "tools/mmf/import/csv_scan.h"

TEST(CsvScan, FindsWhatALoopFinds)
{
    static const char BYTES[] = {',',    '"',    '\n',   'a',  '\r',   '-', '\x7f', '\x80',
                                 '\xac', '\xa2', '\x8a', '\0', '\x0b', '#', '!',    '\xff'};
    std::mt19937_64 random(1);
    for (int i = 0; i < 2000; i++) {
        char block[CSV_SCAN_SIZE];
        for (char &byte : block)
            byte = i % 2 == 0 ? BYTES[random() % sizeof BYTES] : (char)random();
        const char delimiter = i % 3 == 0 ? '\t' : ',';
        uint64_t expected = 0;
        for (unsigned at = 0; at < CSV_SCAN_SIZE; at++)
            if (block[at] == delimiter || block[at] == '"' || block[at] == '\n')
                expected |= UINT64_C(1) << at;
        ASSERT_EQ(csv_scan(block, delimiter), expected);
        ASSERT_EQ(csv_scan_words(block, delimiter), expected);
    }
}
