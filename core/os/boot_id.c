/* The id of this boot, and whether what is found may be taken for it. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "boot_id.h"
#include "system_call.h"

#include "mmapforge/detail/atomic.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define BOOT_ID_PATH "/proc/sys/kernel/random/boot_id"
#define BOOT_ID_ROOT "/proc/sys"

/* f_type; <linux/magic.h> is not everywhere. */
#define MAGIC_PROC  0x9fa0
#define MAGIC_TMPFS 0x01021994

static uint64_t boot_words[2];
static uint64_t boot_is_final; /* the words will not change any more */

static int hex_digit(char c)
{
    static const char DIGITS[] = "0123456789abcdef";
    const char *found = memchr(DIGITS, c, sizeof DIGITS - 1);
    return found != NULL ? (int)(found - DIGITS) : -1;
}

/* 32 hexadecimal digits with dashes between; anything else leaves the id unknown. */
static void parse_boot_id(const char *text, size_t length, uint64_t words[2])
{
    uint64_t found[2] = {0, 0};
    unsigned digits = 0;
    for (size_t i = 0; i < length && digits < 32; i++) {
        const int digit = hex_digit(text[i]);
        if (digit < 0)
            continue;
        found[digits / 16] = found[digits / 16] << 4 | (uint64_t)digit;
        digits++;
    }
    if (digits == 32)
        memcpy(words, found, sizeof found);
}

/*
 * LXC and systemd-nspawn mount a file of a tmpfs over the id, with another text at each start of a
 * container. Within one start it tells as much as the kernel's, once it is mixed with what tells
 * the file from that of any other start: no tmpfs survives a boot. Of any other file nothing is
 * known.
 */
static void judge_boot_id(int fd, uint64_t words[2])
{
    struct statfs system;
    struct stat file;
    struct stat root;
    const bool known =
        (words[0] | words[1]) != 0 && fstatfs(fd, &system) == 0 && fstat(fd, &file) == 0;
    if (known && system.f_type == MAGIC_PROC && stat(BOOT_ID_ROOT, &root) == 0 &&
        root.st_dev == file.st_dev)
        return;
    if (known && system.f_type == MAGIC_TMPFS) {
        words[0] ^= (uint64_t)file.st_dev << 32 ^ (uint64_t)file.st_ino;
        words[1] ^= (uint64_t)file.st_ctim.tv_sec << 30 ^ (uint64_t)file.st_ctim.tv_nsec;
        return;
    }
    words[0] = words[1] = 0;
}

static int open_boot_id(int *why)
{
    for (int attempt = 0;; attempt++) {
        const int fd = open(BOOT_ID_PATH, O_RDONLY | O_CLOEXEC);
        *why = fd < 0 ? errno : 0;
        if (!mmfi_file_again(*why, attempt))
            return fd;
    }
}

/* All that fits the buffer, in as many pieces as it comes: 0, or the error of the system. */
static int read_text(int fd, char *text, size_t size, size_t *length)
{
    *length = 0;
    for (int attempt = 0; *length < size;) {
        const ssize_t got = read(fd, text + *length, size - *length);
        if (got == 0)
            break;
        if (got > 0)
            *length += (size_t)got;
        else if (!mmfi_file_again(errno, attempt++))
            return errno;
    }
    return 0;
}

/* 0 with the id, or zeroes where there is none for good; or an error that may pass. */
static int read_boot_id(uint64_t words[2])
{
    char text[64];
    size_t length = 0;
    int why = 0;
    const int fd = open_boot_id(&why);
    if (fd < 0)
        return why == ENOENT || why == ENOTDIR || why == EACCES || why == EPERM ? 0 : why;
    why = read_text(fd, text, sizeof text, &length);
    if (why == 0) {
        parse_boot_id(text, length, words);
        judge_boot_id(fd, words);
    }
    (void)close(fd);
    return why;
}

/* 0, or why the id is not known yet. Threads that meet here read the same. */
static int find_boot_id(void)
{
    if (mmfi_load64_acquire(&boot_is_final) != 0)
        return 0;
    uint64_t words[2] = {0, 0};
    const int why = read_boot_id(words);
    if (why != 0)
        return why;
    mmfi_store64(&boot_words[0], words[0]);
    mmfi_store64(&boot_words[1], words[1]);
    mmfi_store64_release(&boot_is_final, 1);
    return 0;
}

mmf_status mmfi_boot_id_find(const char *path, mmf_error *error)
{
    const int why = find_boot_id();
    return why == 0 ? MMF_OK : mmfi_file_fail(error, why, path, "read " BOOT_ID_PATH);
}

void mmfi_boot_id(uint64_t out[2])
{
    (void)find_boot_id();
    out[0] = mmfi_load64(&boot_words[0]);
    out[1] = mmfi_load64(&boot_words[1]);
}
