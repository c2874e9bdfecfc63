// Arguments of the measuring programs, and the process that waits and tidies up.
#include "bench/latency/program.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>

std::string directory_in_memory(const Run &run)
{
    if (access(kMemoryDirectory, W_OK) != 0 || file_system_of(kMemoryDirectory) != "tmpfs" ||
        file_system_of(run.directory) == "tmpfs")
        return "";
    /* The process that waits knows this name, and removes it, too. */
    const std::string made = std::string(kMemoryDirectory) + "/" +
                             std::filesystem::path(run.directory).filename().string();
    std::error_code why;
    return std::filesystem::create_directory(made, why) ? made : "";
}

namespace {

struct Arguments {
    bool quick = false;
    std::string directory;
    std::vector<Part> parts;
};

void print_usage(FILE *to, const char *name, const char *about, const std::vector<Part> &parts)
{
    std::fprintf(to,
                 "usage: %s [--quick] [--dir DIR] [--only PART]\n"
                 "%s\n"
                 "Prints results as lines of JSON, and what goes on to standard error.\n\n"
                 "  --quick      a few seconds, to see that it works; the figures mean little\n"
                 "  --dir DIR    where files go for the time; else $TMPDIR, else /tmp\n"
                 "  --only PART  one of:\n",
                 name, about);
    for (const Part &part : parts)
        std::fprintf(to, "      %-10s %s\n", part.name, part.about);
}

const char *base_name(const char *path)
{
    const char *slash = std::strrchr(path, '/');
    return slash != nullptr ? slash + 1 : path;
}

// Ends the process with 2, or with 0 for --help.
Arguments parse(int argc, char **argv, const char *about, const std::vector<Part> &parts)
{
    const char *name = base_name(argv[0]);
    Arguments out;
    out.parts = parts;
    const auto refuse = [&](const std::string &why) {
        std::fprintf(stderr, "%s: %s\n", name, why.c_str());
        print_usage(stderr, name, about, parts);
        std::exit(2);
    };
    for (int i = 1; i < argc; i++) {
        const std::string argument = argv[i];
        if (argument == "--help") {
            print_usage(stdout, name, about, parts);
            std::exit(0);
        }
        if (argument == "--quick") {
            out.quick = true;
            continue;
        }
        if (argument != "--dir" && argument != "--only")
            refuse("unknown argument '" + argument + "'");
        if (++i == argc)
            refuse(argument + " takes a value");
        if (argument == "--dir") {
            out.directory = argv[i];
            continue;
        }
        out.parts.clear();
        for (const Part &part : parts)
            if (std::string(argv[i]) == part.name)
                out.parts.push_back(part);
        if (out.parts.empty())
            refuse("there is no part '" + std::string(argv[i]) + "'");
    }
    if (out.directory.empty()) {
        const char *preset = std::getenv("TMPDIR");
        out.directory = preset != nullptr && preset[0] != '\0' ? preset : "/tmp";
    }
    std::error_code why;
    if (!std::filesystem::is_directory(out.directory, why))
        refuse("'" + out.directory + "' is no directory; give another with --dir");
    return out;
}

void check_room(const Arguments &arguments)
{
    for (const Part &part : arguments.parts) {
        const uint64_t needed = arguments.quick ? part.bytes_quick : part.bytes;
        const uint64_t room = room_in(arguments.directory);
        if (needed > room)
            die("'%s' needs %llu MB in %s, which has room for %llu MB; free some, or name another "
                "directory with --dir",
                part.name, static_cast<unsigned long long>(needed / 1000000),
                arguments.directory.c_str(), static_cast<unsigned long long>(room / 1000000));
    }
}

void say_load(const char *when)
{
    double load[1] = {0};
    if (getloadavg(load, 1) == 1)
        say("load average %.1f %s, %ld processors", load[0], when, sysconf(_SC_NPROCESSORS_ONLN));
}

void run_parts(const Arguments &arguments, const Run &run)
{
    say_load("at the start");
    for (const Part &part : arguments.parts) {
        say("%s: %s", part.name, part.about);
        part.run(run);
    }
    say_load("at the end");
}

void remove_directories(const Run &run)
{
    std::error_code ignored;
    std::filesystem::remove_all(run.directory, ignored);
    const std::filesystem::path name = std::filesystem::path(run.directory).filename();
    std::filesystem::remove_all(std::filesystem::path(kMemoryDirectory) / name, ignored);
}

/*
 * Waits until the worker is gone, which a signal that is meant to end this process hastens. The
 * worker leads a process group, so its own children end with it. Returns the worker's wait
 * status; *signal is what came, or 0.
 */
int wait_worker(pid_t worker, const sigset_t *signals, int *signal)
{
    int status = 0;
    *signal = 0;
    while (waitpid(worker, &status, WNOHANG) == 0) {
        const int came = sigwaitinfo(signals, nullptr);
        if (came <= 0 || came == SIGCHLD)
            continue;
        *signal = came;
        (void)kill(-worker, SIGKILL);
    }
    (void)kill(-worker, SIGKILL);
    return status;
}

} // namespace

int program_main(int argc, char **argv, const char *about, const std::vector<Part> &parts)
{
    const Arguments arguments = parse(argc, argv, about, parts);
    check_room(arguments);
    (void)std::signal(SIGCHLD, SIG_DFL); // if the caller ignores it, waitpid fails
    sigset_t signals;
    sigset_t before;
    (void)sigemptyset(&signals);
    for (const int each : {SIGINT, SIGTERM, SIGHUP, SIGCHLD})
        (void)sigaddset(&signals, each);
    (void)sigprocmask(SIG_BLOCK, &signals, &before);

    std::string directory = arguments.directory + "/mmf_bench.XXXXXX";
    if (mkdtemp(directory.data()) == nullptr)
        die("%s: %s; name another directory with --dir", arguments.directory.c_str(),
            std::strerror(errno));
    const Run run = {arguments.quick, directory};
    const pid_t worker = start_child([&] {
        (void)setpgid(0, 0);
        (void)sigprocmask(SIG_SETMASK, &before, nullptr);
        run_parts(arguments, run);
    });
    (void)setpgid(worker, worker); // whichever of the two is first
    int signal = 0;
    const int status = wait_worker(worker, &signals, &signal);
    remove_directories(run);
    if (signal != 0) {
        (void)std::signal(signal, SIG_DFL);
        (void)raise(signal);
        (void)sigprocmask(SIG_SETMASK, &before, nullptr);
    }
    if (WIFSIGNALED(status))
        die("the measuring process was ended by signal %d", WTERMSIG(status));
    return WEXITSTATUS(status);
}
