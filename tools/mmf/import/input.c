#undef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L /* open and fstat under -std=c11 */

#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *input_name(const input *in)
{
    return strcmp(in->path, "-") == 0 ? "(standard input)" : in->path;
}

/* With bytes of any content, which a sanitizer would otherwise call unset. */
static bool make_buffer(input *in, size_t capacity)
{
    char *buffer = (char *)calloc(capacity + INPUT_PADDING, 1);
    if (buffer == NULL)
        return false;
    const size_t kept = (size_t)(in->end - in->begin);
    if (kept > 0)
        memcpy(buffer, in->begin, kept);
    free(in->buffer);
    in->buffer = buffer;
    in->capacity = capacity;
    in->begin = buffer;
    in->end = buffer + kept;
    return true;
}

static mmf_status fail_open(mmf_error *error, const char *path)
{
    const int why = errno;
    return mmfi_fail(error, why == ENOENT ? MMF_ERR_NOT_FOUND : MMF_ERR_IO, why, path,
                     "%s: cannot be opened: %s; check the path", path, mmfi_os_describe(why).text);
}

/* Bytes from here to the end of a regular file. */
static uint64_t size_of(int fd)
{
    struct stat about;
    if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode))
        return 0;
    const off_t at = lseek(fd, 0, SEEK_CUR);
    return at >= 0 && at < about.st_size ? (uint64_t)(about.st_size - at) : 0;
}

mmf_status input_open(input *in, const char *path, mmf_error *error)
{
    memset(in, 0, sizeof *in);
    in->path = path;
    in->fd = STDIN_FILENO;
    if (strcmp(path, "-") != 0) {
        in->fd = open(path, O_RDONLY | O_CLOEXEC);
        if (in->fd < 0)
            return fail_open(error, path);
        in->is_ours = true;
    }
    struct stat about;
    if (fstat(in->fd, &about) == 0 && S_ISDIR(about.st_mode)) {
        errno = EISDIR;
        return fail_open(error, path);
    }
    in->total = size_of(in->fd);
    if (in->total > 0)
        (void)posix_fadvise(in->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    if (make_buffer(in, INPUT_BLOCK_SIZE))
        return MMF_OK;
    return mmfi_fail(error, MMF_ERR_NO_MEMORY, ENOMEM, path, "%s: no memory to read it", path);
}

mmf_status input_open_memory(input *in, const char *name, const char *bytes, size_t size)
{
    memset(in, 0, sizeof *in);
    in->path = name;
    in->fd = -1;
    in->ended = true;
    in->begin = (char *)bytes;
    in->end = in->begin + size;
    const bool made = make_buffer(in, size); /* a copy, for the padding */
    in->total = size;
    in->read = size;
    return made ? MMF_OK : MMF_ERR_NO_MEMORY;
}

void input_close(input *in)
{
    free(in->buffer);
    if (in->is_ours && in->fd >= 0)
        (void)close(in->fd);
    in->buffer = NULL;
    in->is_ours = false;
}

/* Room for another read, at the end of the buffer. */
static input_result make_room(input *in)
{
    const size_t kept = (size_t)(in->end - in->begin);
    if (kept >= INPUT_ROW_SIZE_MAX)
        return INPUT_TOO_LONG;
    if (kept > in->capacity / 2)
        return make_buffer(in, in->capacity * 2) ? INPUT_MORE : INPUT_NO_MEMORY;
    memmove(in->buffer, in->begin, kept);
    in->begin = in->buffer;
    in->end = in->buffer + kept;
    return INPUT_MORE;
}

input_result input_more(input *in)
{
    if (in->ended)
        return INPUT_ENDED;
    const input_result room = make_room(in);
    if (room != INPUT_MORE)
        return room;
    ssize_t got;
    do
        got = read(in->fd, in->end, (size_t)(in->buffer + in->capacity - in->end));
    while (got < 0 && errno == EINTR);
    if (got <= 0) {
        in->ended = true;
        in->failed = got < 0 ? errno : 0;
        return INPUT_ENDED;
    }
    in->end += got;
    in->read += (uint64_t)got;
    return INPUT_MORE;
}
