/*
 * What the measuring programs share that print lines of JSON: arguments, parts, and a directory of
 * their own for files.
 *
 * The work is done in a child of the process that was started, which waits for it, and removes the
 * directory however the child ended: done, failed, crashed, or interrupted. If the waiting
 * process itself is killed by SIGKILL, files are left in a directory named mmf_bench.XXXXXX.
 */
#ifndef MMF_BENCH_PROGRAM_H
#define MMF_BENCH_PROGRAM_H

#include <cstdint>
#include <string>
#include <vector>

#include "bench/latency/child.h"
#include "bench/latency/places.h"
#include "bench/latency/say.h"

// What a part of a program gets.
struct Run {
    bool quick;            // a few seconds for all parts together, for a look whether they work
    std::string directory; // for files; removed at the end
};

struct Part {
    const char *name;
    const char *about;
    uint64_t bytes;       // room that its files take at least
    uint64_t bytes_quick; // the same with --quick
    void (*run)(const Run &run);
};

/*
 * What main returns. Arguments: --quick, --dir DIR (else $TMPDIR or /tmp), --only PART, --help. 0
 * when all went well; 1 when a part failed or the disk lacks room, which standard error says; 2 for
 * arguments that make no sense. Interrupted, the process ends by that signal.
 */
int program_main(int argc, char **argv, const char *about, const std::vector<Part> &parts);

// A directory in memory, of its own like the run's; "" where there is none, or the run's is in
// memory itself.
std::string directory_in_memory(const Run &run);

#endif
