// Room on disks and in memory.
#include "bench/latency/places.h"

#include <sys/statvfs.h>
#include <sys/vfs.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "bench/latency/say.h"

const char kMemoryDirectory[] = "/dev/shm";

uint64_t room_in(const std::string &directory)
{
    struct statvfs disk;
    if (statvfs(directory.c_str(), &disk) != 0)
        die("%s: %s", directory.c_str(), std::strerror(errno));
    return static_cast<uint64_t>(disk.f_bavail) * disk.f_frsize;
}

uint64_t free_memory()
{
    std::ifstream file("/proc/meminfo");
    std::string name;
    uint64_t kib = 0;
    for (std::string unit; file >> name >> kib; std::getline(file, unit))
        if (name == "MemAvailable:")
            return kib * 1024;
    die("/proc/meminfo does not say how much memory is available");
}

std::string file_system_of(const std::string &directory)
{
    struct statfs found;
    if (statfs(directory.c_str(), &found) != 0)
        die("%s: %s", directory.c_str(), std::strerror(errno));
    switch (static_cast<uint32_t>(found.f_type)) { // numbers of statfs(2)
    case 0xef53:
        return "ext4";
    case 0x01021994:
        return "tmpfs";
    case 0x58465342:
        return "xfs";
    case 0x9123683e:
        return "btrfs";
    case 0x794c7630:
        return "overlayfs";
    default:
        return "another file system";
    }
}
