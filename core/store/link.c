/*
 * Whether the path of a store still leads to the file that the handle has: it may have been
 * removed, replaced by another file, or written over.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "link.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The ids that the two superblocks have now; false when the file is too short for one. */
static bool read_ids(const mmfi_file *file, mmfi_file_ids *out)
{
    for (uint64_t copy = 0; copy < MMFI_SUPERBLOCK_COPIES; copy++) {
        const uint64_t at =
            MMFI_SUPERBLOCK_OFFSET + copy * MMFI_PAGE_SIZE + offsetof(mmfi_superblock, file_id);
        if (mmfi_file_read(file, at, out->copy[copy], MMFI_FILE_ID_SIZE, NULL) != MMF_OK)
            return false;
    }
    return true;
}

/* A path that stays right when the process changes its directory; NULL when it cannot be had. */
static char *absolute(const char *path)
{
    char *directory = path[0] != '/' ? getcwd(NULL, 0) : strdup("");
    if (directory == NULL)
        return NULL;
    const size_t size = strlen(directory) + 1 + strlen(path) + 1;
    char *whole = malloc(size);
    if (whole != NULL) {
        whole[0] = '\0';
        (void)strncat(whole, directory, size - 1);
        if (path[0] != '/')
            (void)strncat(whole, "/", size - 1 - strlen(whole));
        (void)strncat(whole, path, size - 1 - strlen(whole));
    }
    free(directory);
    return whole;
}

/* A path such as /proc/PID/fd/N leads elsewhere once that process closes the descriptor. */
static bool is_of_descriptor(const char *path)
{
    return strncmp(path, "/proc/", 6) == 0 || strncmp(path, "/dev/fd/", 8) == 0;
}

void mmfi_link_note(mmfi_state *state)
{
    mmfi_link *link = &state->link;
    struct stat file;
    if (fstat(state->file.fd, &file) != 0 || !read_ids(&state->file, &link->ids))
        return;
    link->device = (uint64_t)file.st_dev;
    link->inode = (uint64_t)file.st_ino;
    link->path = is_of_descriptor(state->file.path) ? NULL : absolute(state->file.path);
    /* A file that never had a name (memfd_create) cannot lose it. */
    link->had_name = file.st_nlink > 0;
    link->known = true;
}

static bool is_same_file(const mmfi_link *link, const struct stat *file)
{
    return (uint64_t)file->st_dev == link->device && (uint64_t)file->st_ino == link->inode;
}

bool mmfi_link_is_own_descriptor(const mmfi_state *state)
{
    struct stat file;
    return !state->link.known ||
           (fstat(state->file.fd, &file) == 0 && is_same_file(&state->link, &file));
}

/* Both superblocks have another id: damage to one of them is not that. */
static bool is_other_store(const mmfi_state *state)
{
    mmfi_file_ids now;
    return read_ids(&state->file, &now) &&
           memcmp(now.copy[0], state->link.ids.copy[0], MMFI_FILE_ID_SIZE) != 0 &&
           memcmp(now.copy[1], state->link.ids.copy[1], MMFI_FILE_ID_SIZE) != 0;
}

/* The system may read the eight bytes of a count one by one while it changes; not every time. */
#define COUNT_ATTEMPTS 3

/*
 * The descriptor leads to other bytes than the mapping: on overlayfs, the file was copied up when
 * another process opened it for writing. It shows as soon as that one has appended: the count that
 * is read lies outside of what the mapping had before and after.
 */
static bool is_detached(const mmfi_state *state)
{
    const uint64_t at = MMFI_LIVE_OFFSET + offsetof(mmfi_live, count);
    for (int attempt = 0; attempt < COUNT_ATTEMPTS; attempt++) {
        uint64_t found = 0;
        const uint64_t before = mmfi_load64_acquire(state->map.base + at);
        if (mmfi_file_read(&state->file, at, &found, sizeof found, NULL) != MMF_OK)
            return false;
        const uint64_t after = mmfi_load64_acquire(state->map.base + at);
        if (found >= before && found <= after)
            return false;
    }
    return true;
}

mmf_replaced mmfi_link_find(const mmfi_state *state)
{
    const mmfi_link *link = &state->link;
    struct stat file;
    struct stat named;
    if (!link->known || fstat(state->file.fd, &file) != 0)
        return MMF_REPLACED_NO;
    if (is_other_store(state))
        return MMF_REPLACED_BY_STORE;
    if (mmfi_pages_status(state) == MMF_OK && is_detached(state))
        return MMF_REPLACED_COPIED_UP;
    if (link->path != NULL && stat(link->path, &named) == 0)
        return is_same_file(link, &named) ? MMF_REPLACED_NO : MMF_REPLACED_BY_FILE;
    if (link->had_name && file.st_nlink == 0)
        return MMF_REPLACED_UNLINKED;
    /* Nothing is known of a path that may not be examined. */
    return link->path != NULL && (errno == ENOENT || errno == ENOTDIR) ? MMF_REPLACED_MOVED
                                                                       : MMF_REPLACED_NO;
}

mmf_status mmfi_link_say(const mmfi_state *state, mmf_status status, mmf_error *error)
{
    const char *path = state->file.path;
    if (status == MMF_ERR_NOT_FOUND)
        return mmfi_fail(error, status, 0, path,
                         "%s: the file was removed or replaced while it was open: it has no name "
                         "any more, and its records are gone when the last process closes it; copy "
                         "them to a new store",
                         path);
    return mmfi_fail(error, status, 0, path,
                     "%s: another store was written over the file while it was open; nothing was "
                     "written to it, open it again",
                     path);
}

/* Leaves the shared page alone, which belongs to another store now. */
static void stop_writing(mmfi_state *state)
{
    mmfi_store64(&state->failed, 1);
    state->writer->count = 0;
    state->room = 0;
    state->writer->capacity = 0;
}

mmf_status mmfi_link_check(mmfi_state *state, mmf_error *error)
{
    struct stat file;
    if (!state->link.known || fstat(state->file.fd, &file) != 0)
        return MMF_OK;
    if (!is_same_file(&state->link, &file)) {
        stop_writing(state);
        return mmfi_fail(error, MMF_ERR_IO, 0, state->file.path,
                         "%s: the program closed descriptor %d, which is of this store, and "
                         "another file has it now; nothing was written to that, open the store "
                         "again",
                         state->file.path, state->file.fd);
    }
    if (is_other_store(state)) {
        stop_writing(state);
        return mmfi_link_say(state, MMF_ERR_CORRUPT, error);
    }
    if (state->link.had_name && file.st_nlink == 0)
        return mmfi_link_say(state, MMF_ERR_NOT_FOUND, error);
    return MMF_OK;
}
