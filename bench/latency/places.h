// Where files of the measuring programs may go, and how much room there is.
#ifndef MMF_BENCH_PLACES_H
#define MMF_BENCH_PLACES_H

#include <cstdint>
#include <string>

// The file system in memory, where there is one.
extern const char kMemoryDirectory[];

// Bytes that files in that directory can still take.
uint64_t room_in(const std::string &directory);

// Bytes that programs can have without others being moved out.
uint64_t free_memory();

// How the file system there is called, such as "ext4".
std::string file_system_of(const std::string &directory);

#endif
